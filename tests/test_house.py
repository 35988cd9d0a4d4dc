"""The house stands as it was drawn: layers, deletable offerings, exact money, pinned libraries, listed settings."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from wagtail.models import Page

from tests.template_database import SQLiteDatabase

REPOSITORY = Path(__file__).resolve().parents[1]
OFFERINGS = ("membership", "shop", "training")
LONG = bool(os.environ.get("STEADFAST_LONG"))
MONEY_FOLDERS = ("receipts", "site/payments", *OFFERINGS)

# Runs in a copy of the house from which offerings were taken away.
STAND_WITHOUT = """
import importlib, pkgutil, sys
import django
django.setup()
from django.core.management import call_command
import config
for module in pkgutil.walk_packages(config.__path__, "config."):
    importlib.import_module(module.name)
call_command("check", fail_level="WARNING")
call_command("makemigrations", "--check", "--dry-run")
call_command("migrate", verbosity=0)
"""


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def run_python(*words: str, folder: Path = REPOSITORY, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "STEADFAST_TEST_VAR")
    }
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**inherited, "PYTHONPATH": f"{folder / 'site'}{os.pathsep}{folder}", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


def must_succeed(finished: subprocess.CompletedProcess[str]) -> None:
    if finished.returncode != 0:
        pytest.fail(finished.stdout[-3000:] + finished.stderr[-3000:], pytrace=False)


# -- Layers -------------------------------------------------------------------------------------------------


def test_site_is_a_folder_and_no_package() -> None:
    assert not (REPOSITORY / "site" / "__init__.py").exists()


def test_imports_point_down() -> None:
    lint = "from importlinter.cli import lint_imports_command as lint; lint()"
    must_succeed(run_python("-c", lint, "--cache-dir", "var/cache/importlinter"))


def test_the_layers_name_every_package_of_ours() -> None:
    """A new app that nobody put into the picture would be free to import anything."""
    apps = {path.parent.name for path in [*REPOSITORY.glob("*/apps.py"), *REPOSITORY.glob("site/*/apps.py")]}
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        layers = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]["layers"]
    assert apps == {name.strip() for layer in layers for name in layer.split("|")}


def test_no_import_hides_in_a_function_to_reach_another_app() -> None:
    ours = {path.name for folder in (REPOSITORY, REPOSITORY / "site") for path in folder.iterdir() if path.is_dir()}
    hidden = []
    for path in python_files("site", "receipts", *OFFERINGS):
        app = path.relative_to(REPOSITORY).parts[path.is_relative_to(REPOSITORY / "site")]
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                hidden += [
                    f"{path.relative_to(REPOSITORY)}:{node.lineno} {name}"
                    for name in names
                    if name.split(".")[0] in ours - {app}
                    # AppConfig.ready() is Django's own place for an import that must come late.
                    and function.name != "ready"
                ]
    assert hidden == []


# -- Each offering can be deleted ---------------------------------------------------------------------------


def copy_without(offerings: tuple[str, ...], target: Path) -> None:
    ignored = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis", ".env")
    shutil.copytree(REPOSITORY, target, ignore=ignored)
    for offering in offerings:
        delete(offering, target)


def delete(offering: str, house: Path) -> None:
    shutil.rmtree(house / offering)
    shutil.rmtree(house / "tests" / offering, ignore_errors=True)
    for name, line in (
        ("settings.py", rf'    "{offering}",'),
        ("urls.py", rf'    path\(.*include\("{offering}\.urls.*'),
    ):
        path = house / "site" / "config" / name
        kept = [text for text in path.read_text().splitlines() if not re.fullmatch(line, text)]
        lost = len(path.read_text().splitlines()) - len(kept)
        assert lost <= 1, f"{offering} has {lost} lines in {name}; one is what a deletion may cost"
        path.write_text("\n".join(kept) + "\n")


def stands(house: Path, database: Path) -> subprocess.CompletedProcess[str]:
    """Checked, complete in its migrations, and migrated."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": f"sqlite:///{database}"}
    return run_python("-c", STAND_WITHOUT, folder=house, **settings)


@pytest.mark.slow
@pytest.mark.usefixtures("django_db_setup")
@pytest.mark.parametrize("offering", OFFERINGS)
def test_an_offering_can_be_deleted(offering: str, tmp_path: Path) -> None:
    house, database = tmp_path / "house", tmp_path / "steadfast.sqlite3"
    copy_without((offering,), house)
    # As on a site that had it: what follows a migration runs, over a database that is there. The long run, and
    # PostgreSQL's, make it from nothing; that no migration needs another offering, the test after this one reads.
    if connection.vendor == "sqlite" and not LONG:
        shutil.copy(SQLiteDatabase(connection, tmp_path).template, database)
    must_succeed(stands(house, database))
    # Every other suite still imports; none needs the one that is gone.
    must_succeed(run_python("-m", "pytest", "--collect-only", "-qq", "--assert=plain", folder=house))


@pytest.mark.slow
def test_a_house_of_no_offering_is_made_from_nothing(tmp_path: Path) -> None:
    copy_without(OFFERINGS, tmp_path / "house")
    must_succeed(stands(tmp_path / "house", tmp_path / "steadfast.sqlite3"))


def offerings_named_in(source: str, offerings: set[str]) -> set[str]:
    texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return {name for name in offerings for text in texts if re.match(rf"{name}(\.|$)", str(text))}


def test_no_migration_needs_another_offering() -> None:
    named = {}
    for path in [*REPOSITORY.glob("*/migrations/*.py"), *REPOSITORY.glob("site/*/migrations/*.py")]:
        own = path.parent.parent.name
        if others := offerings_named_in(path.read_text(), set(OFFERINGS) - {own}):
            named[str(path.relative_to(REPOSITORY))] = others
    assert named == {}


@pytest.mark.parametrize("source", ["to = 'shop.product'", "apps.get_model('shop', 'Product')", "[('shop', '0001')]"])
def test_a_migration_that_does_would_be_found(source: str) -> None:
    assert offerings_named_in(source, {"shop", "training"}) == {"shop"}


# -- Money is exact -----------------------------------------------------------------------------------------


def float_in(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in ("float", "FloatField")
    if isinstance(node, ast.Attribute):
        return node.attr == "FloatField"
    if not isinstance(node, ast.BinOp) or not any(
        isinstance(side, ast.Constant) and side.value == 100 for side in (node.left, node.right)
    ):
        return False
    # 100 makes units of cents and cents of units; only receipts/money.py knows how many a currency has.
    names_money = re.search("amount|price|total|fee|due", ast.unparse(node))
    return isinstance(node.op, ast.Div) or (isinstance(node.op, ast.Mult) and names_money is not None)


def floats_in(source: str) -> list[int]:
    """The lines. A duration is no money: what is assigned to ``..._seconds`` may be a float."""
    tree = ast.parse(source)
    durations = [
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in [node.targets[0] if isinstance(node, ast.Assign) else node.target]
        if ast.unparse(target).endswith("_seconds")
        for child in ast.walk(node)
    ]
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and node not in durations and float_in(node)
    ]


def test_no_float_touches_money() -> None:
    touched = [
        f"{path.relative_to(REPOSITORY)}:{line}"
        for path in python_files(*MONEY_FOLDERS)
        for line in floats_in(path.read_text())
    ]
    assert touched == []


@pytest.mark.parametrize("source", ["float(amount)", "amount / 100", "100 * amount", "price = FloatField()"])
def test_a_float_would_be_found(source: str) -> None:
    assert floats_in(source) == [1]


# -- Libraries and settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_library_is_pinned_with_hashes_and_comes_from_nowhere_else(name: str) -> None:
    text = (REPOSITORY / name).read_text()
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host|file:", text)
    requirements = re.sub(r"\\\n", " ", text).splitlines()
    pins = [line for line in requirements if line.strip() and not line.startswith("#")]
    assert len(pins) > 50
    assert [pin for pin in pins if not re.match(r"[a-z0-9._-]+==\S+.*--hash=sha256:", pin)] == []


def test_the_development_set_holds_the_base_set() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9._-]+==\S+", (REPOSITORY / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()


def test_every_setting_is_in_the_example() -> None:
    settings = (REPOSITORY / "site" / "config" / "settings.py").read_text()
    names = set(re.findall(r'(?:env(?:\.\w+)?|required)\(\s*"([A-Z_]+)"', settings))
    assert {"SECRET_KEY", "DATABASE_URL", "STRIPE_WEBHOOK_SECRETS"} <= names
    example = set(re.findall(r"^(?:# )?([A-Z_]+)=", (REPOSITORY / ".env.example").read_text(), re.MULTILINE))
    assert names - example == set()


@pytest.mark.parametrize("name", ["SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS"])
def test_a_missing_secret_stops_the_start_with_a_sentence(name: str, tmp_path: Path) -> None:
    secrets = {"SECRET_KEY": "x", "STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_WEBHOOK_SECRETS": "whsec_x", name: ""}
    finished = run_python("-c", "import config.settings", STEADFAST_VAR=str(tmp_path), **secrets)
    assert finished.returncode != 0
    assert f"ImproperlyConfigured: {name} is not set. " in finished.stderr


# -- The tests' own ground ----------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_committed_test_leaves_the_database_as_migrations_made_it(turn: int) -> None:
    assert Page.objects.exists()
    assert not Group.objects.filter(name="left behind").exists()
    Group.objects.create(name="left behind")
    Page.objects.all().delete()


@pytest.mark.parametrize(("no_skips", "outcome"), [("", "1 skipped"), ("1", "1 error")])
def test_a_missing_browser_is_no_excuse_where_skips_are_forbidden(no_skips: str, outcome: str, tmp_path: Path) -> None:
    (tmp_path / "test_with_browser.py").write_text("def test_page(browser): pass\n")
    finished = run_python(
        *("-m", "pytest", "-c", "pyproject.toml", "-p", "tests.conftest", str(tmp_path)),
        PATH=str(tmp_path),
        CHROMIUM="/nowhere/chromium",
        STEADFAST_NO_SKIPS=no_skips,
    )
    assert outcome in finished.stdout
    assert "Chromium is missing" in finished.stdout


REAL = {
    "BASE_URL": "https://www.example.org",
    "STRIPE_MODE": "test",
    "EMAIL_URL": "smtp://mail.example.org",
    "SECRET_KEY": "x",
    "STRIPE_SECRET_KEY": "sk_test_x",
    "STRIPE_WEBHOOK_SECRETS": "whsec_long_enough",
}


def settings_say(tmp_path: Path, **changes: str) -> str:
    """What a real site's settings say when they are read: nothing, or why they stop the start."""
    environment = {"PATH": os.environ["PATH"], "STEADFAST_VAR": str(tmp_path), **REAL, **changes}
    script = "import sys; sys.path[:0] = ['.', 'site']; import config.settings"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=60
    )
    return done.stderr


def test_a_real_sites_settings_are_accepted(tmp_path: Path) -> None:
    assert settings_say(tmp_path) == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DEMO": "1"}, "DEMO shows everybody's mail"),
        ({"DEBUG": "1"}, "DEBUG shows settings"),
        ({"STAFF_SECOND_FACTOR": "0"}, "STAFF_SECOND_FACTOR is off"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
        ({"STRIPE_MODE": "live", "BASE_URL": "http://www.example.org"}, "Real money needs both"),
    ],
)
def test_what_is_for_a_demo_stops_a_real_site(tmp_path: Path, changes: dict[str, str], sentence: str) -> None:
    assert sentence in settings_say(tmp_path, **changes)


def test_behind_a_trusted_proxy_https_is_seen(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path[:0] = ['.', 'site']\n"
        "import django; django.setup()\n"
        "from django.test import RequestFactory\n"
        "request = RequestFactory().get('/', headers={'X-Forwarded-Proto': 'https'})\n"
        "print(request.is_secure())\n"
    )
    for proxies, seen in (("0", "False"), ("1", "True")):
        environment = {
            "PATH": os.environ["PATH"],
            "STEADFAST_VAR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TRUSTED_PROXIES": proxies,
            **REAL,
        }
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.stdout.strip() == seen, done.stderr
