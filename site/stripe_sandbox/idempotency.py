"""Idempotency keys as in v1: the first answer is kept and given again, a 500 too; other parameters are an error."""

from __future__ import annotations

import json

from stripe_sandbox.account import Account
from stripe_sandbox.errors import ApiError
from stripe_sandbox.forgetting import ANSWERS_KEPT_FOR
from stripe_sandbox.store import Json


def fingerprint(method: str, path: str, text: str) -> str:
    return f"{method} {path}?{text}"


def recall(account: Account, key: str, print_of_call: str) -> Json | None:
    kept = account.store.get("_answer", f"answer:{key}")
    if kept is None:
        return None
    if account.now() - kept["at"] > ANSWERS_KEPT_FOR:
        account.store.forget(kept["id"])
        return None
    if kept["fingerprint"] != print_of_call:
        raise ApiError(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try"
            f" using a key other than '{key}' if you meant to execute a different request.",
            kind="idempotency_error",
        )
    return kept


def keep(account: Account, key: str, print_of_call: str, status: int, body: Json) -> None:
    account.store.put(
        {
            "id": f"answer:{key}",
            "fingerprint": print_of_call,
            "status": status,
            "body": json.dumps(body),
            "at": account.now(),
        },
        "_answer",
    )
