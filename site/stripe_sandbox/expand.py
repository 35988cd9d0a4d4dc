"""``expand[]``: replaces ids by objects along dotted paths, without touching what is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stripe_sandbox.account import Account
from stripe_sandbox.errors import ApiError
from stripe_sandbox.store import Json

DEEPEST = 4

Expansion = Callable[[Account, Json], Json]
# Lists that an object carries only when asked: (object, field) -> how to build it.
LISTS: dict[tuple[str, str], Expansion] = {}


def expandable_list(kind: str, field: str) -> Callable[[Expansion], Expansion]:
    def register(expansion: Expansion) -> Expansion:
        LISTS[kind, field] = expansion
        return expansion

    return register


def expand(account: Account, answer: Json, paths: list[str]) -> Json:
    for path in paths:
        keys = path.split(".")
        if len(keys) > DEEPEST:
            raise ApiError(f"You cannot expand more than {DEEPEST} levels of a property: {path}", param="expand")
        answer = expand_path(account, answer, keys, path)
    return answer


def expand_path(account: Account, value: Any, keys: list[str], path: str) -> Any:
    if isinstance(value, list):
        return [expand_path(account, item, keys, path) for item in value]
    if value is None:
        return None
    if isinstance(value, str):
        found = account.store.find(value)
        if found is None:
            raise not_expandable(path)
        return expand_path(account, found, keys, path) if keys else found
    if not isinstance(value, dict):
        raise not_expandable(path)
    if not keys:
        return value
    field = keys[0]
    if field not in value and (value.get("object"), field) in LISTS:
        return {
            **value,
            field: expand_path(account, LISTS[value["object"], field](account, value), keys[1:], path),
        }
    if value.get("deleted"):
        return value
    if field not in value:
        raise not_expandable(path)
    return {**value, field: expand_path(account, value[field], keys[1:], path)}


def not_expandable(path: str) -> ApiError:
    return ApiError(f"This property cannot be expanded ({path}).", param="expand")
