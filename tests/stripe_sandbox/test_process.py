"""The process: how it starts, stops, refuses, and remembers."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.sandbox_client import ROOT, start_sandbox
from tests.stripe_sandbox.shop import Shop


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stripe_sandbox", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": str(ROOT / "site"), **environment},
    )


@pytest.mark.parametrize("key", ["sk_live_51abc", "rk_live_51abc"])
def test_it_does_not_start_beside_a_live_key(key: str) -> None:
    done = run("--port", "0", STRIPE_SECRET_KEY=key)
    assert done.returncode != 0
    assert "live key" in done.stderr
    assert key not in done.stderr


def test_a_taken_port_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("--port", str(taken.getsockname()[1]))
    assert done.returncode != 0
    assert "cannot listen on port" in done.stderr


def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    state = str(tmp_path / "sandbox.sqlite3")
    with start_sandbox(state=state) as sandbox:
        shop = Shop(sandbox)
        subscription = shop.join()
        sandbox.advance(days=10)
        sandbox.settings(fee_fixed=0)
        now, held, money = sandbox.now(), sandbox.held(), sandbox.money()
    with start_sandbox(state=state) as sandbox:
        again = Shop(sandbox)
        assert 0 <= sandbox.now() - now < 30
        assert [each["event_id"] for each in sandbox.held()] == [each["event_id"] for each in held]
        assert sandbox.money() == money
        assert sandbox.settings()["fee_fixed"] == 0
        sandbox.advance(days=25)
        assert len(again.invoices(subscription)) == 2


def test_a_state_from_an_older_sandbox_gets_the_settings_that_are_new(tmp_path: Path) -> None:
    state = str(tmp_path / "sandbox.sqlite3")
    with start_sandbox(state=state) as sandbox:
        sandbox.settings(fee_fixed=0)
    with closing(sqlite3.connect(state)) as connection, connection:
        connection.execute(
            "UPDATE objects SET body = json_remove(body, '$.event_days', '$.settlement_currency') WHERE id = 'settings'"
        )
    with start_sandbox(state=state) as sandbox:
        assert Shop(sandbox).give().paid is True
        assert (sandbox.settings()["event_days"], sandbox.settings()["fee_fixed"]) == (30, 0)


def test_it_stops_when_told_to() -> None:
    with start_sandbox() as sandbox:
        process = sandbox.process
    assert process.returncode == 0


def test_it_listens_on_loopback_only() -> None:
    with start_sandbox() as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        port = int(sandbox.url.rsplit(":", 1)[1])
        listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        assert [address for address in listening if address.endswith(f":{port:04X}")][0].startswith("0100007F")
