"""Reads the parameters of a request: typed as the SDK says, or refused as Stripe would."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from stripe_sandbox.errors import ApiError
from stripe_sandbox.schema import Schema

WHOLE_NUMBER = re.compile(r"-?\d+")
DECIMAL_NUMBER = re.compile(r"-?\d+(\.\d+)?")
Fields = dict[str, Any]


class Requests:
    """``fields`` gives the fields of a class of the SDK by its reference."""

    def __init__(self, fields: Callable[[str], Fields]) -> None:
        self.fields = fields

    def read(self, fields: Fields, form: dict[str, Any]) -> dict[str, Any]:
        """Typed parameters, or the error Stripe would answer."""
        if "payment_method_types" in form and "payment_method_types" not in fields:
            raise ApiError(
                "`payment_method_types` is no longer supported; use dynamic payment methods instead.",
                code="payment_method_types_no_longer_supported",
                param="payment_method_types",
            )
        params = self._object(fields, form, "")
        check_metadata(params)
        return params

    def _object(self, fields: dict[str, Any], form: Any, path: str) -> dict[str, Any]:
        if not isinstance(form, dict):
            raise ApiError(f"Invalid object: {path} must be a hash", param=path)
        for name in form:
            if name not in fields:
                raise ApiError(
                    f"Received unknown parameter: {below(path, name)}",
                    code="parameter_unknown",
                    param=below(path, name),
                )
        for name, (_, required) in fields.items():
            if required and form.get(name, "") == "":
                raise ApiError(
                    f"Missing required param: {below(path, name)}.", code="parameter_missing", param=below(path, name)
                )
        return {name: self._value(fields[name][0], value, below(path, name)) for name, value in form.items()}

    def _value(self, schema: Schema, value: Any, path: str) -> Any:
        kind = schema[0]
        if kind == "union":
            return self._one_of(schema[1], value, path)
        if kind == "ref":
            return self._object(self.fields(schema[1]), value, path)
        if kind == "list":
            return self._list(schema[1], value, path)
        if kind == "map":
            return self._map(schema[1], value, path)
        if kind == "any":
            return value
        if not isinstance(value, str):
            raise ApiError(f"Invalid {kind}: {path} must not be a hash or a list", param=path)
        return scalar(schema, value, path)

    def _one_of(self, options: list[Schema], value: Any, path: str) -> Any:
        problem: ApiError | None = None
        for option in options:
            try:
                return self._value(option, value, path)
            except ApiError as error:
                fits = (option[0] in {"ref", "list", "map"}) is isinstance(value, dict)
                problem = error if problem is None or fits else problem
        raise problem or ApiError(f"Invalid value: {path}", param=path)

    def _list(self, schema: Schema, value: Any, path: str) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise ApiError("Invalid array", param=path)
        return [self._value(schema, value[key], f"{path}[{key}]") for key in sorted(value, key=int)]

    def _map(self, schema: Schema, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ApiError("Invalid hash", param=path)
        return {key: self._value(schema, inner, f"{path}[{key}]") for key, inner in value.items()}


def scalar(schema: Schema, value: str, path: str) -> Any:
    kind = schema[0]
    if kind == "int":
        if not WHOLE_NUMBER.fullmatch(value) or not value.isascii():
            raise ApiError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
        return int(value)
    if kind == "bool":
        if value not in {"true", "false"}:
            raise ApiError(f"Invalid boolean: {value}", param=path)
        return value == "true"
    if kind in {"float", "decimal"}:
        if not DECIMAL_NUMBER.fullmatch(value) or not value.isascii():
            raise ApiError(f"Invalid decimal: {value}", code="parameter_invalid_string_blank", param=path)
        return float(value) if kind == "float" else value
    if kind == "enum" and value not in map(str, schema[1]):
        known = ", ".join(str(option) for option in schema[1] if option)
        raise ApiError(f"Invalid {path}: must be one of {known}", param=path)
    if kind == "null":
        raise ApiError(f"Invalid value: {path}", param=path)
    return value


def below(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def check_metadata(params: dict[str, Any]) -> None:
    metadata = params.get("metadata")
    if isinstance(metadata, dict):
        if len(metadata) > 50:
            raise ApiError("Metadata can have at most 50 keys.", param="metadata")
        for key, value in metadata.items():
            if len(key) > 40:
                raise ApiError(f"Invalid metadata key: '{key}' is longer than 40 characters.", param="metadata")
            if len(value) > 500:
                raise ApiError(
                    f"Metadata values can have up to 500 characters, but '{key}' has {len(value)}.",
                    param=f"metadata[{key}]",
                )
    for name in ("payment_intent_data", "subscription_data"):
        if isinstance(params.get(name), dict):
            check_metadata(params[name])
