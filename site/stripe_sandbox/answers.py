"""Finds what an answer has that the SDK's types do not allow, or lacks that they require."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stripe_sandbox.requests import DECIMAL_NUMBER, Fields
from stripe_sandbox.schema import Schema

CONTAINERS = {"ref", "list", "map", "page"}
PAGE = {"data", "has_more", "url"}


class Answers:
    """Each method returns None, or the first flaw as ``.path.to.field: what is wrong``.

    Every answer and every event passes here, so the path is put together only when there is a flaw to tell.
    """

    def __init__(self, fields: Callable[[str], Fields], object_names: dict[str, str]) -> None:
        self.fields = fields
        self.object_names = object_names

    def flaw(self, schema: Schema, value: Any) -> str | None:
        kind = schema[0]
        if kind == "ref":
            return self._flaw_in_fields(schema[1], value)
        if kind == "union":
            return self._flaw_in_union(schema[1], value)
        if kind == "list":
            return self._flaw_in_list(schema[1], value)
        if kind == "page":
            return self._flaw_in_page(schema[1], value)
        if kind == "map":
            return self._flaw_in_map(schema[1], value)
        return None if fits_scalar(schema, value) else wrong(value, " ".join(map(str, schema))[:80])

    def _flaw_in_fields(self, reference: str, value: Any) -> str | None:
        if not isinstance(value, dict):
            return wrong(value, reference)
        fields = self.fields(reference)
        for name, item in value.items():
            field = fields.get(name)
            if field is None:
                return f".{name}: the SDK knows no such field"
            schema, required = field
            if item is not None:
                found = self.flaw(schema, item)
            else:
                found = ": must not be null" if required and schema != ["any"] else None
            if found:
                return f".{name}{found}"
        if value.get("deleted") is True:
            return None
        missing = next((name for name, field in fields.items() if field[1] and name not in value), None)
        return f".{missing}: is missing" if missing else None

    def _flaw_in_union(self, options: list[Schema], value: Any) -> str | None:
        if value is None and ["null"] in options:
            return None
        nested = isinstance(value, (dict, list))
        candidates = [option for option in options if (option[0] in CONTAINERS) is nested]
        if len(candidates) > 1 and isinstance(value, dict) and "object" in value:
            # Of several resources, the one that the object says it is.
            named = self.object_names.get(str(value["object"]))
            candidates = [option for option in candidates if option[1] == named] or candidates
        found: str | None = wrong(value, "one of the allowed types")
        for option in candidates:
            found = self.flaw(option, value)
            if found is None:
                return None
        return found

    def _flaw_in_list(self, schema: Schema, value: Any) -> str | None:
        if not isinstance(value, list):
            return wrong(value, "a list")
        for position, item in enumerate(value):
            found = self.flaw(schema, item)
            if found:
                return f"[{position}]{found}"
        return None

    def _flaw_in_page(self, schema: Schema, value: Any) -> str | None:
        if not isinstance(value, dict) or value.get("object") != "list" or not set(value) >= PAGE:
            return wrong(value, "a list object with data, has_more and url")
        found = self._flaw_in_list(schema, value["data"])
        return f".data{found}" if found else None

    def _flaw_in_map(self, schema: Schema, value: Any) -> str | None:
        if not isinstance(value, dict):
            return wrong(value, "an object")
        if schema == ["any"]:
            return None
        for key, item in value.items():
            found = self.flaw(schema, item)
            if found:
                return f".{key}{found}"
        return None


def fits_scalar(schema: Schema, value: Any) -> bool:
    kind = schema[0]
    if kind == "any":
        return True
    if kind == "str":
        return isinstance(value, str)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "float":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "decimal":
        return isinstance(value, str) and bool(DECIMAL_NUMBER.fullmatch(value))
    if kind == "enum":
        return value in schema[1] or (bool(schema[2]) and isinstance(value, str))
    return value is None


def wrong(value: Any, wanted: str) -> str:
    return f": expected {wanted}, not {value!r}"[:400]
