"""The first start of the demo can be interrupted, and nothing that somebody made is ever thrown away."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection

from config import demo_state


@pytest.fixture
def var(settings: Any, tmp_path: Path) -> Path:
    """A folder of one's own; the test's database stays where it is."""
    settings.DEMO = True
    settings.VAR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path


@pytest.fixture
def demo_database(var: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file where the demo's SQLite would be; nothing connects to it."""
    database = var / "steadfast.sqlite3"
    database.write_text("the books")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(database))
    monkeypatch.setattr(connection, "vendor", "sqlite")
    return database


def test_a_demo_is_ready_only_when_it_was_filled_to_the_end(demo_database: Path) -> None:
    assert not demo_state.is_ready()
    demo_state.begin()
    assert not demo_state.is_ready()
    demo_state.finish()
    assert demo_state.is_ready()


def test_a_demo_without_its_database_is_not_ready(demo_database: Path) -> None:
    demo_state.begin()
    demo_state.finish()
    demo_database.unlink()
    assert not demo_state.is_ready()


def test_a_demo_of_another_database_is_not_ready(demo_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_state.begin()
    demo_state.finish()
    other = demo_database.with_name("other.sqlite3")
    other.touch()
    monkeypatch.setitem(connection.settings_dict, "NAME", str(other))
    assert not demo_state.is_ready()


@pytest.mark.django_db
def test_an_interrupted_start_leaves_nothing_to_the_next(demo_database: Path, var: Path) -> None:
    (var / "media").mkdir()
    (var / "media" / "picture.webp").touch()
    for name in ("sandbox.sqlite3", "sandbox.sqlite3-wal", "steadfast.sqlite3-wal"):
        (var / name).touch()
    kept = var / "generated.env"
    kept.touch()
    demo_state.discard_unfinished()
    assert list(var.iterdir()) == [kept]


def test_two_demos_of_one_folder_are_one_too_many(var: Path) -> None:
    with demo_state.the_only_demo(), pytest.raises(demo_state.AlreadyRunning), demo_state.the_only_demo():
        pass
    with demo_state.the_only_demo():
        pass


@pytest.mark.django_db
def test_a_database_that_the_demo_did_not_make_is_kept_as_it_is(var: Path) -> None:
    Group.objects.create(name="somebody's own")
    said = io.StringIO()
    call_command("prepare_demo", stdout=said)
    assert "was not made by the demo" in said.getvalue()
    assert Group.objects.filter(name="somebody's own").exists()
    assert not demo_state.unfinished_file().exists()
    assert not demo_state.ready_file().exists()


@pytest.mark.django_db
def test_only_a_demo_is_filled_with_a_demo(var: Path, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="This fills a demo"):
        call_command("prepare_demo")


@pytest.mark.django_db
def test_a_half_filled_postgresql_is_said_and_left_alone(var: Path) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's file is thrown away; this is about a server's database")
    demo_state.begin()
    with pytest.raises(CommandError, match="half filled"):
        call_command("prepare_demo")
    assert Group._meta.db_table in connection.introspection.table_names()
