"""Stripe's error shape."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer that is an error; ``kept`` says whether an idempotency key remembers it."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        kept: bool = False,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        self.body: dict[str, Any] = {"error": {"message": message, "type": kind}}
        if code:
            self.body["error"]["code"] = code
            self.body["error"]["doc_url"] = f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}"
        if param:
            self.body["error"]["param"] = param
        self.body["error"].update(extra or {})


def no_such(kind: str, identifier: str, *, param: str = "id", status: int = 404) -> ApiError:
    return ApiError(f"No such {kind}: '{identifier}'", status=status, code="resource_missing", param=param)


class ContractViolation(Exception):
    """The sandbox itself answered something that the SDK's types do not allow."""
