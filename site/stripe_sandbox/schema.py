"""Derives Stripe's wire contract from the installed SDK's own source.

The SDK is generated from Stripe's API description, so its services name every route, its ``params`` package every
request and its resource classes every response. Reading them with ``ast`` gives a contract that cannot drift from
the pinned version and needs no download. Schemas are small JSON lists, so that they can be cached in a file.
"""

from __future__ import annotations

import ast
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Schema = list[Any]

PRIMITIVES = {
    "str": "str",
    "int": "int",
    "bool": "bool",
    "float": "float",
    "Decimal": "decimal",
    "Any": "any",
    "object": "any",
}
WRAPPERS = {"NotRequired", "Required", "ClassVar", "Annotated"}


@dataclass(frozen=True)
class Module:
    name: str
    classes: dict[str, ast.ClassDef]
    imports: dict[str, str]
    typed_dicts: dict[str, ast.Dict]


def sdk_root() -> Path:
    """The folder of the installed ``stripe`` package, found without importing it."""
    spec = importlib.util.find_spec("stripe")
    if spec is None or spec.origin is None:
        raise RuntimeError("The stripe package is not installed; the sandbox derives its contract from it.")
    return Path(spec.origin).parent


def sdk_constant(root: Path, file: str, name: str) -> str:
    for node in ast.walk(ast.parse((root / file).read_text())):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return str(ast.literal_eval(node.value))
    raise RuntimeError(f"{file} of the installed stripe package names no {name}.")


class Source:
    """Parses the SDK's modules as they are needed and compiles their classes to schemas."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.modules: dict[str, Module] = {}

    def module(self, name: str) -> Module:
        if name not in self.modules:
            path = self.root.joinpath(*name.split(".")[1:]).with_suffix(".py")
            self.modules[name] = read_module(name, path)
        return self.modules[name]

    def compile(self, reference: str) -> dict[str, Any]:
        """The fields of one class: ``{"object": name or None, "fields": {wire name: [schema, required]}}``."""
        module_name, qualified = reference.split(":")
        module = self.module(module_name)
        if qualified in module.typed_dicts:
            return {"object": None, "fields": self._functional(module, qualified)}
        node = module.classes[qualified]
        fields: dict[str, Any] = {}
        for base in node.bases:
            if isinstance(base, ast.Name) and (base.id in module.classes or base.id in module.typed_dicts):
                fields.update(self.compile(f"{module_name}:{base.id}")["fields"])
        renamed = field_remappings(node)
        object_name = None
        for statement in node.body:
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            name = statement.target.id
            if name == "OBJECT_NAME":
                object_name = ast.literal_eval(statement.value) if statement.value else None
            elif not name.startswith("_"):
                field = self.field(statement.annotation, module, qualified)
                fields[renamed.get(name, name)] = field
        return {"object": object_name, "fields": fields}

    def field(self, annotation: ast.expr, module: Module, scope: str) -> list[Any]:
        node = unquote(annotation)
        required = not (isinstance(node, ast.Subscript) and name_of(node.value) == "NotRequired")
        schema = self.type(node, module, scope)
        return [schema, required and not allows_null(schema)]

    def _functional(self, module: Module, name: str) -> dict[str, Any]:
        pairs = module.typed_dicts[name]
        return {
            str(ast.literal_eval(key)): self.field(value, module, name)
            for key, value in zip(pairs.keys, pairs.values, strict=True)
            if key is not None
        }

    def type(self, node: ast.expr, module: Module, scope: str) -> Schema:
        node = unquote(node)
        if isinstance(node, ast.Constant) and node.value is None:
            return ["null"]
        if isinstance(node, ast.BinOp):
            return union([self.type(node.left, module, scope), self.type(node.right, module, scope)])
        if isinstance(node, ast.Name):
            return self.named(node.id, module, scope)
        if isinstance(node, ast.Subscript):
            return self.subscript(node, module, scope)
        return ["any"]

    def named(self, name: str, module: Module, scope: str) -> Schema:
        if name in PRIMITIVES:
            return [PRIMITIVES[name]]
        parts = scope.split(".")
        for depth in range(len(parts), -1, -1):
            candidate = ".".join([*parts[:depth], name])
            if candidate in module.classes or candidate in module.typed_dicts:
                return ["ref", f"{module.name}:{candidate}"]
        if name in module.imports:
            return ["ref", module.imports[name]]
        return ["any"]

    def subscript(self, node: ast.Subscript, module: Module, scope: str) -> Schema:
        outer = name_of(node.value)
        arguments = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if outer == "Literal":
            return ["enum", [ast.literal_eval(argument) for argument in arguments], False]
        inner = [self.type(argument, module, scope) for argument in arguments]
        if outer in WRAPPERS:
            return inner[0]
        if outer == "Optional":
            return union([*inner, ["null"]])
        if outer == "Union":
            return union(inner)
        if outer == "ExpandableField":
            return union([["str"], *inner])
        if outer in {"List", "Sequence"}:
            return ["list", inner[0]]
        if outer == "ListObject":
            return ["page", inner[0]]
        if outer in {"Dict", "Mapping"}:
            return ["map", inner[1]]
        if outer == "UntypedStripeObject":
            return ["map", inner[0]]
        return ["any"]


def read_module(name: str, path: Path) -> Module:
    tree = ast.parse(path.read_text())
    classes: dict[str, ast.ClassDef] = {}
    imports: dict[str, str] = {}
    typed_dicts: dict[str, ast.Dict] = {}

    def collect(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                classes[prefix + node.name] = node
                collect(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.If):
                collect(node.body, prefix)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stripe"):
                for alias in node.names:
                    imports[alias.asname or alias.name] = f"{node.module}:{alias.name}"
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                call, target = node.value, node.targets[0]
                if name_of(call.func) == "TypedDict" and isinstance(target, ast.Name):
                    pairs = call.args[1]
                    if isinstance(pairs, ast.Dict):
                        typed_dicts[target.id] = pairs

    collect(tree.body, "")
    return Module(name, classes, imports, typed_dicts)


def read_routes(source: Source) -> list[dict[str, Any]]:
    """Every v1 route the SDK knows: verb, template, the class of its parameters and the schema of its answer."""
    found = []
    for path in sorted(source.root.rglob("_*_service.py")):
        module_name = ".".join(["stripe", *path.relative_to(source.root).with_suffix("").parts])
        if module_name.startswith("stripe.v2"):
            continue
        module = source.module(module_name)
        for qualified, service in module.classes.items():
            for method in service.body:
                if isinstance(method, ast.FunctionDef):
                    found += routes_of(source, module, qualified, method)
    return found


def routes_of(source: Source, module: Module, scope: str, method: ast.FunctionDef) -> list[dict[str, Any]]:
    found = []
    for call in ast.walk(method):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr not in {"_request", "_request_stream"} or len(call.args) < 2:
            continue
        verb, template = ast.literal_eval(call.args[0]), template_of(call.args[1])
        if not template.startswith("/v1/"):
            continue
        answer = source.type(method.returns, module, scope) if method.returns else ["any"]
        found.append(
            {
                "method": verb.upper(),
                "template": template,
                "params": params_class(source, module, scope, method),
                "answer": answer,
            }
        )
    return found


def params_class(source: Source, module: Module, scope: str, method: ast.FunctionDef) -> str | None:
    for argument in [*method.args.args, *method.args.kwonlyargs]:
        if argument.arg == "params" and argument.annotation is not None:
            schema = source.type(argument.annotation, module, scope)
            options = schema[1] if schema[0] == "union" else [schema]
            return next((option[1] for option in options if option[0] == "ref"), None)
    return None


def read_object_names(source: Source) -> dict[str, str]:
    """``{"charge": "stripe._charge:Charge", ...}``, as the SDK itself maps objects to classes."""
    tree = ast.parse((source.root / "_object_classes.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and name_of(node.target) == "OBJECT_CLASSES" and node.value is not None:
            return {name: f"{module}:{klass}" for name, (module, klass) in ast.literal_eval(node.value).items()}
    raise RuntimeError("The installed stripe package maps no object names to classes.")


def union(options: list[Schema]) -> Schema:
    """Flatten, and fold ``Literal[...] | str`` into one open enum (requests treat it as closed)."""
    flat: list[Schema] = []
    for option in options:
        flat += option[1] if option[0] == "union" else [option]
    values = [value for option in flat if option[0] == "enum" for value in option[1]]
    is_open = ["str"] in flat or any(option[0] == "enum" and option[2] for option in flat)
    rest = [option for option in flat if option[0] != "enum" and option != ["str"]]
    if values and set(values) != {""}:
        rest.insert(0, ["enum", values, is_open])
    elif is_open:
        rest.insert(0, ["str"])
    elif values:
        rest.insert(0, ["enum", values, False])
    unique = [option for position, option in enumerate(rest) if option not in rest[:position]]
    return unique[0] if len(unique) == 1 else ["union", unique]


def allows_null(schema: Schema) -> bool:
    return schema == ["null"] or (schema[0] == "union" and ["null"] in schema[1])


def unquote(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return unquote(ast.parse(node.value, mode="eval").body)
    return node


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def template_of(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return template_of(node.func.value)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def field_remappings(node: ast.ClassDef) -> dict[str, str]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and name_of(statement.targets[0]) == "_field_remappings":
            return dict(ast.literal_eval(statement.value))
    return {}
