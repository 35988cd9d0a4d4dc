"""Campaigns in a real browser: nothing that axe finds, nothing that sticks out, in light and in dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from membership.campaign_demo import build_campaigns, give_to_campaigns
from pages.demo import build_site
from receipts.models import Issuer
from tests.membership.test_gated_in_a_browser import look

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_running_and_a_finished_campaign_have_no_fault(live_server: Any, browser: BrowserContext) -> None:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    build_site()
    build_campaigns()
    give_to_campaigns()
    page = browser.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    for path in ("/sewing-room/", "/kitchen/"):
        page.goto(live_server.url + path)
        look(page, f"campaign-{path.strip('/')}")
    assert troubles == []
