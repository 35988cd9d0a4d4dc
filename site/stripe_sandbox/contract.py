"""Holds requests and answers to the schemas that ``schema`` derives from the installed SDK."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stripe_sandbox.errors import ApiError, ContractViolation
from stripe_sandbox.schema import Schema, Source, read_object_names, read_routes, sdk_constant, sdk_root

WHOLE_NUMBER = re.compile(r"-?\d+")
DECIMAL_NUMBER = re.compile(r"-?\d+(\.\d+)?")
LIST_PARAMETERS = ("limit", "starting_after", "ending_before", "expand")


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    params: str | None
    answer: Schema

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def key(self) -> str:
        return route_key(self.method, self.template)


def route_key(method: str, template: str) -> str:
    """A route's identity without the names of its path parameters."""
    return f"{method} {re.sub(r'{[^}]*}', '{}', template)}"


class Contract:
    def __init__(self, cache_dir: Path | None = None) -> None:
        root = sdk_root()
        self.sdk_version = sdk_constant(root, "_version.py", "VERSION")
        self.api_version = sdk_constant(root, "_api_version.py", "CURRENT")
        self.source = Source(root)
        self.cache_file = cache_dir / f"stripe-contract-{self.sdk_version}.json" if cache_dir else None
        cached = self._read_cache()
        self.classes: dict[str, Any] = cached.get("classes", {})
        self.object_names: dict[str, str] = cached.get("object_names") or read_object_names(self.source)
        rows = cached.get("routes") or read_routes(self.source)
        self.routes = [Route(**row) for row in rows]
        self.by_shape: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
        for route in self.routes:
            parts = route.template.split("/")[2:]
            self.by_shape.setdefault((route.method, len(parts)), []).append((parts, route))
        for candidates in self.by_shape.values():
            # A literal segment wins over a parameter: /subscriptions/search is not a subscription called "search".
            candidates.sort(key=lambda candidate: sum(part.startswith("{") for part in candidate[0]))
        self.clean = bool(cached)

    def _read_cache(self) -> dict[str, Any]:
        if self.cache_file is None or not self.cache_file.exists():
            return {}
        try:
            return dict(json.loads(self.cache_file.read_text()))
        except ValueError:
            return {}

    def save(self) -> None:
        if self.cache_file is None or self.clean:
            return
        rows = [vars(route) for route in self.routes]
        text = json.dumps({"routes": rows, "object_names": self.object_names, "classes": self.classes})
        self.cache_file.parent.mkdir(parents=True, exist_ok=True)
        partial = self.cache_file.with_suffix(".partial")
        partial.write_text(text)
        partial.replace(self.cache_file)
        self.clean = True

    def fields(self, reference: str) -> dict[str, Any]:
        if reference not in self.classes:
            self.classes[reference] = self.source.compile(reference)
            self.clean = False
        fields: dict[str, Any] = self.classes[reference]["fields"]
        return fields

    def match(self, method: str, path: str) -> tuple[Route | None, tuple[str, ...]]:
        parts = path.split("/")[2:]
        for template, route in self.by_shape.get((method, len(parts)), []):
            pairs = list(zip(template, parts, strict=True))
            if all(known == given or (known.startswith("{") and given) for known, given in pairs):
                return route, tuple(given for known, given in pairs if known.startswith("{"))
        return None, ()

    # -- Requests ------------------------------------------------------------------------------------------

    def read_params(self, route: Route, form: dict[str, Any]) -> dict[str, Any]:
        """Typed parameters, or the error Stripe would answer."""
        if route.params is None:
            fields: dict[str, Any] = {"expand": [["list", ["str"]], False]}
        else:
            fields = self.fields(route.params)
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

    # -- Answers -------------------------------------------------------------------------------------------

    def check_answer(self, route: Route, body: Any) -> None:
        self.check(route.answer, body, route.name)

    def check_object(self, body: dict[str, Any]) -> None:
        self.check(["ref", self.object_names[body["object"]]], body, str(body["object"]))

    def check(self, schema: Schema, value: Any, path: str) -> None:
        """Raise ``ContractViolation`` naming the field that the SDK's types do not allow."""
        kind = schema[0]
        if kind == "ref":
            self._check_fields(schema[1], value, path)
        elif kind == "union":
            self._check_union(schema[1], value, path)
        elif kind == "list":
            expect(isinstance(value, list), path, "a list", value)
            for position, item in enumerate(value):
                self.check(schema[1], item, f"{path}[{position}]")
        elif kind == "page":
            expect(isinstance(value, dict) and value.get("object") == "list", path, "a list object", value)
            expect(set(value) >= {"data", "has_more", "url"}, path, "data, has_more and url", value)
            self.check(["list", schema[1]], value["data"], f"{path}.data")
        elif kind == "map":
            expect(isinstance(value, dict), path, "an object", value)
            for key, item in value.items():
                self.check(schema[1], item, f"{path}.{key}")
        else:
            expect(fits_scalar(schema, value), path, " ".join(map(str, schema))[:80], value)

    def _check_fields(self, reference: str, value: Any, path: str) -> None:
        expect(isinstance(value, dict), path, reference, value)
        fields = self.fields(reference)
        for name, item in value.items():
            expect(name in fields, f"{path}.{name}", "a field the SDK knows", item)
            schema, required = fields[name]
            if item is None:
                expect(not required or schema == ["any"], f"{path}.{name}", "a value", item)
            else:
                self.check(schema, item, f"{path}.{name}")
        if value.get("deleted") is True:
            return
        for name, (_, required) in fields.items():
            expect(not required or name in value, f"{path}.{name}", "to be present", None)

    def _check_union(self, options: list[Schema], value: Any, path: str) -> None:
        if value is None and ["null"] in options:
            return
        containers = [option for option in options if option[0] in {"ref", "list", "map", "page"}]
        if isinstance(value, dict) and len(containers) > 1 and "object" in value:
            named = self.object_names.get(str(value["object"]))
            containers = [option for option in containers if option[1] == named] or containers
        candidates = containers if isinstance(value, (dict, list)) else [o for o in options if o not in containers]
        problem: ContractViolation | None = None
        for option in candidates:
            try:
                return self.check(option, value, path)
            except ContractViolation as error:
                problem = error
        raise problem or ContractViolation(f"{path}: {value!r} is none of the allowed types")

    def skeleton(self, object_name: str) -> dict[str, Any]:
        """Every field empty, so that a builder only sets what means something."""
        reference = self.object_names[object_name]
        made = self._empty(reference)
        made["object"] = object_name
        return made

    def _empty(self, reference: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, (schema, required) in self.fields(reference).items():
            if required:
                made[name] = self._blank(schema)
            elif name != "deleted" and not any(option[0] == "page" for option in schema[1]):
                made[name] = None
        return made

    def _blank(self, schema: Schema) -> Any:
        kind = schema[0]
        if kind == "union":
            return self._blank(schema[1][0])
        if kind == "enum":
            return schema[1][0]
        if kind == "ref":
            return self._empty(schema[1])
        if kind == "page":
            return {"object": "list", "data": [], "has_more": False, "url": "/v1/"}
        blanks: dict[str, Any] = {"str": "", "int": 0, "bool": False, "float": 0, "decimal": "0"}
        return {} if kind == "map" else [] if kind == "list" else blanks.get(kind)


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


def expect(holds: bool, path: str, wanted: str, value: Any) -> None:
    if not holds:
        raise ContractViolation(f"{path}: expected {wanted}, not {value!r}"[:400])


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
