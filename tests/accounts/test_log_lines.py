"""A log line tells which page failed, and never the key that an address was."""

from __future__ import annotations

import logging
from uuid import uuid4

import pytest
from django.test import Client

from accounts.mailed_links import token_of
from config.log_lines import WithoutKeys

KEY = "a1b2c3d4:1x2y3z:long-signature"


def lines(records: list[logging.LogRecord]) -> str:
    """As the site's own handler writes them."""
    handler = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, WithoutKeys))
    return "\n".join(handler.format(record) for record in records)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page",
    ["mend", "mail/stop", "checkout/go-on", "order", "invoices/link", "back-in-stock/stop", "training/verify"],
)
def test_the_key_of_a_mailed_link_is_in_no_log(page: str, caplog: pytest.LogCaptureFixture) -> None:
    Client().put(f"/{page}/{KEY}/")
    assert caplog.records, "Django writes the path of what it refuses."
    written = lines(caplog.records)
    assert f"/{page}/…" in written and KEY not in written


@pytest.mark.django_db
def test_nor_is_that_of_any_page_that_a_signed_link_opens(caplog: pytest.LogCaptureFixture) -> None:
    token = token_of(uuid4(), use="something", email="grace@example.org")
    Client().get(f"/some/new/page/{token}/answer/")
    written = lines(caplog.records)
    assert "/some/new/page/…/answer/" in written and token not in written


def test_what_is_no_key_stays() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", ("/join/friend/?a=1",), None)
    assert WithoutKeys().format(record) == "Not Found: /join/friend/?a=1"
