"""Holds requests and answers to the schemas that ``schema`` derives from the installed SDK."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stripe_sandbox.answers import Answers
from stripe_sandbox.errors import ContractViolation
from stripe_sandbox.requests import Requests
from stripe_sandbox.schema import Schema, Source, read_object_names, read_routes, sdk_constant, sdk_root

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
        self.requests = Requests(self.fields)
        self.answers = Answers(self.fields, self.object_names)

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
        self.cache_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = self.cache_file.with_suffix(f".{os.getpid()}")
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

    def read_params(self, route: Route, form: dict[str, Any]) -> dict[str, Any]:
        fields = self.fields(route.params) if route.params else {"expand": [["list", ["str"]], False]}
        return self.requests.read(fields, form)

    def check_answer(self, route: Route, body: Any) -> None:
        self.check(route.answer, body, route.name)

    def check_object(self, body: dict[str, Any]) -> None:
        self.check(["ref", self.object_names[body["object"]]], body, str(body["object"]))

    def check(self, schema: Schema, value: Any, path: str) -> None:
        """Raise ``ContractViolation`` naming the field that the SDK's types do not allow."""
        flaw = self.answers.flaw(schema, value)
        if flaw:
            raise ContractViolation(path + flaw)

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
