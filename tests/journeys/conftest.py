"""A small charity with a real server, a real browser and the sandbox's real pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from config.demo.history import prepared_offerings
from config.demo.staff import make_issuer
from pages.demo import build_site
from tests.faults.road import post
from tests.journeys.walking import Walker

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.sandbox_client import Sandbox


@pytest.fixture
def charity(transactional_db: None, live_server: Any, connected_sandbox: Sandbox, settings: Any) -> Iterator[str]:
    """Harbour Light, open to the public. Yields its address."""
    settings.BASE_URL = live_server.url
    policy = settings.CONTENT_SECURITY_POLICY
    directives = {**policy["DIRECTIVES"], "form-action": ["'self'", connected_sandbox.url]}
    settings.CONTENT_SECURITY_POLICY = {**policy, "DIRECTIVES": directives}
    build_site()
    make_issuer()
    prepared_offerings()
    yield live_server.url


@pytest.fixture
def walker(browser: BrowserContext, charity: str) -> Walker:
    return Walker(browser.new_page(), charity)


@pytest.fixture
def stripe_tells(connected_sandbox: Sandbox) -> Any:
    """Stripe delivers what it has to say, and the worker works it off."""
    from payments.worker import work_off

    def tell() -> None:
        for held in connected_sandbox.held():
            assert post(held["body"], held["header"]).status_code == 200
            connected_sandbox.mark_sent(held["id"])
        while work_off():
            pass

    return tell
