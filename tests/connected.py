"""The sandbox with the site connected to it: its settings, its client, and the processes that a test starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import stripe

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox


@pytest.fixture
def connected_sandbox(sandbox_process: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """An empty sandbox that the site talks to. It holds its webhooks back until a test fetches them."""
    from payments import gateway
    from payments.gateway import client

    # How often is asked again is ours to prove; how long to wait before it is not.
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(gateway, "BREATH", 0.01)
    sandbox_process.reset()
    settings.STRIPE_SANDBOX_URL = sandbox_process.url
    monkeypatch.setenv("STEADFAST_TEST_SANDBOX_URL", sandbox_process.url)
    client.cache_clear()
    yield sandbox_process
    client.cache_clear()
