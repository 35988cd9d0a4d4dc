"""Setting the webhook up at a real account: the one step that happens before there is a secret."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from payments import gateway
from payments.mirror import EVENT_TYPES

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

REPOSITORY = Path(__file__).resolve().parents[2]
URL = "https://www.example.org/stripe/webhook/"


def run(**options: Any) -> str:
    out = StringIO()
    call_command("create_webhook", url=URL, stdout=out, **options)
    return out.getvalue()


def test_it_makes_the_endpoint_and_prints_the_line_for_env(connected_sandbox: Sandbox) -> None:
    said = run()
    (endpoint,) = gateway.list_webhook_endpoints()
    assert (endpoint.url, endpoint.api_version) == (URL, gateway.API_VERSION)
    assert set(endpoint.enabled_events) == set(EVENT_TYPES)
    assert "\nSTRIPE_WEBHOOK_SECRETS=whsec_" in said


def test_a_second_one_is_made_only_when_asked_for(connected_sandbox: Sandbox) -> None:
    run()
    with pytest.raises(CommandError, match="already sends to"):
        run()
    assert len(gateway.list_webhook_endpoints()) == 1
    run(force=True)
    assert len(gateway.list_webhook_endpoints()) == 2


def test_stripe_down_is_a_sentence(connected_sandbox: Sandbox) -> None:
    connected_sandbox.fault("*", "503", times=20)
    with pytest.raises(CommandError, match="did not create the endpoint"):
        run()


def test_live_events_need_https(connected_sandbox: Sandbox, settings: Any) -> None:
    settings.STRIPE_MODE = "live"
    with pytest.raises(CommandError, match="https://"):
        call_command("create_webhook", url="http://www.example.org/")


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line of an installation whose .env has everything but the webhook's secret."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "STEADFAST_TEST_VAR") if name in os.environ}
    given = {
        "STEADFAST_VAR": os.environ["STEADFAST_TEST_VAR"],
        "SECRET_KEY": "x",
        "STRIPE_SECRET_KEY": "sk_test_x",
        "STRIPE_WEBHOOK_SECRETS": "",
        **environment,
    }
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=REPOSITORY, env={**kept, **given}, capture_output=True, text=True, timeout=120)


def test_it_runs_before_there_is_a_secret_and_nothing_else_does(connected_sandbox: Sandbox) -> None:
    made = manage("create_webhook", "--url", URL, STRIPE_SANDBOX_URL=connected_sandbox.url)
    assert "STRIPE_WEBHOOK_SECRETS=whsec_" in made.stdout, made.stderr[-1500:]
    refused = manage("check")
    assert refused.returncode and "STRIPE_WEBHOOK_SECRETS is not set." in refused.stderr
