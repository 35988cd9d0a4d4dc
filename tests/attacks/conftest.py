from __future__ import annotations

from typing import Any

import pytest

from config import settings as real

NAMES = ("GUARD_CHECKOUTS_PER_ADDRESS", "GUARD_CHECKOUTS_ON_SITE", "GUARD_SECONDS_TO_FILL_IN")


@pytest.fixture
def guarded(settings: Any) -> Any:
    """The limits that a real site has; the other tests run with wider ones."""
    for name in NAMES:
        setattr(settings, name, getattr(real, name))
    return settings


@pytest.fixture
def address(live_server: Any, connected_sandbox: Any, guarded: Any) -> str:
    """The site as browsers reach it, whose forms may lead to the sandbox's checkout."""
    guarded.BASE_URL = live_server.url
    policy = guarded.CONTENT_SECURITY_POLICY
    directives = {**policy["DIRECTIVES"], "form-action": ["'self'", connected_sandbox.url]}
    guarded.CONTENT_SECURITY_POLICY = {**policy, "DIRECTIVES": directives}
    return str(live_server.url)
