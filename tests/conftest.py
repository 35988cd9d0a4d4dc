"""What every test may use: a fast database, an empty mailbox, a browser, the sandbox, the known people.

Fixtures of one app live in ``tests/<app>/conftest.py``; these belong to all.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from django.core.cache import cache
from django.db import connections

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

REPOSITORY = Path(__file__).resolve().parents[1]
# Fixtures that an app's tests share with everybody, each in a module named for what it gives.
pytest_plugins = [
    f"tests.{name}"
    for name in ("browser", "cast", "connected", "sandbox_client")
    if importlib.util.find_spec(f"tests.{name}") is not None
]


def pytest_configure(config: pytest.Config) -> None:
    from hypothesis import HealthCheck, settings
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(REPOSITORY / "var" / "cache" / "hypothesis")
    # That a machine with much to do draws its first examples slowly says nothing of the code.
    settings.register_profile("steadfast", suppress_health_check=[HealthCheck.too_slow], deadline=None)
    settings.load_profile("steadfast")


# Where the whole suite has run on another database just before, a third of these is enough on the second: pages and
# forms, which ask the database for little of its own. Without STEADFAST_SAMPLE all of them run.
SAMPLED = tuple(
    f"tests/{app}/" for app in ("accounts", "membership", "pages", "payments", "receipts", "shop", "training")
)


def is_for_both_databases(item: pytest.Item) -> bool:
    """What a database decides: marked, or really committed, as whatever runs at once is."""
    database = item.get_closest_marker("django_db")
    committed = database is not None and database.kwargs.get("transaction", False)
    fixtures = item.fixturenames  # type: ignore[attr-defined]
    return committed or "transactional_db" in fixtures or item.get_closest_marker("both_databases") is not None


def is_in_sample(item: pytest.Item, of: int) -> bool:
    """Whether this test is one of the part that is run; the same ones every time."""
    chosen = crc32(item.nodeid.encode()) % of == 0
    return chosen or not item.nodeid.startswith(SAMPLED) or is_for_both_databases(item)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if of := int(os.environ.get("STEADFAST_SAMPLE", "0")):
        left_out = [item for item in items if not is_in_sample(item, of)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_in_sample(item, of)]
    for item in items:
        if "browser" in item.fixturenames:  # type: ignore[attr-defined]
            item.add_marker("browser")
        # One Chromium at a time: two of them on two cores only wait for each other.
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where STEADFAST_NO_SKIPS is set, a missing browser or server is a failure and no excuse."""
    report: Any = yield
    if report.skipped and os.environ.get("STEADFAST_NO_SKIPS"):
        reason = str(report.longrepr)
        if any(f"{what} is missing" in reason for what in ("Chromium", "PostgreSQL", "WeasyPrint")):
            report.outcome = "failed"
            report.longrepr = f"STEADFAST_NO_SKIPS is set, and this test was skipped: {reason}"
    return report


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Replaces pytest-django's own: a copy of a template, restored after each test that really commits."""
    from django.conf import settings
    from django.test import TransactionTestCase

    from tests.template_database import temporary_database

    with django_db_blocker.unblock():
        database = temporary_database(Path(settings.VAR))
        database.create()
    # For the processes that tests start.
    os.environ["DATABASE_URL"] = database.url

    def restore(case: TransactionTestCase) -> None:
        for connection in connections.all(initialized_only=True):
            connection.close()
        database.restore()

    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = restore
    yield
    TransactionTestCase._fixture_teardown = flush
    with django_db_blocker.unblock():
        database.destroy()


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Attempts counted and pages kept by one test must not be seen by the next."""
    yield
    cache.clear()
