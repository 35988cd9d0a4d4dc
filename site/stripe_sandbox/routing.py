"""Which function answers which route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe_sandbox.account import Account
from stripe_sandbox.contract import route_key

Params = dict[str, Any]
Handler = Callable[[Account, "Call"], dict[str, Any]]


@dataclass(frozen=True)
class Call:
    """One request: its typed parameters, the ids in its path, and the path itself."""

    params: Params
    ids: tuple[str, ...]
    path: str

    @property
    def id(self) -> str:
        return self.ids[0]


HANDLERS: dict[str, Handler] = {}


def route(method: str, template: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS[route_key(method, template)] = handler
        return handler

    return register
