"""Every staff screen of ours asks for a permission: who may only edit pages gets nowhere, however they ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import OutgoingMail
from membership.models import Segment
from tests.membership.campaigner import a_campaign, a_pool, an_offline_gift
from tests.membership.statements import a_line
from tests.pages.consents import a_consent
from tests.receipts import cast

pytestmark = pytest.mark.django_db

# One of everything that a number in an address could mean, by the namespace of its screens.
Rows = dict[str, int]
WORDS = {"language": "en", "key": "membership/mail/welcome"}


def screens(resolver: URLResolver | None = None, names: tuple[str, ...] = (), route: str = "") -> Iterator[Any]:
    """Name and parameters of every address below admin/ that is not Wagtail's own."""
    for one in (resolver or get_resolver()).url_patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from screens(one, (*names, one.namespace) if one.namespace else names, here)
        elif isinstance(one, URLPattern) and here.startswith("admin/") and one.name:
            name = ":".join((*names, one.name))
            if not name.startswith("wagtail"):
                yield name, sorted(one.pattern.converters)


SCREENS = list(screens())


@pytest.fixture
def rows(settings: Any) -> Rows:
    settings.STAFF_SECOND_FACTOR = False
    campaign = a_campaign()
    gift, line = an_offline_gift(campaign, "Ada Byron"), a_line()
    mail = OutgoingMail.objects.create(to="ada@example.org", subject="Hello", text="Dear Ada Byron")
    return {
        "payers": gift.payer_id,
        "privacy_erase_payer": gift.payer_id,
        "gifts": gift.pk,
        "offline_gifts": gift.offline.pk,
        "bank_imports": line.statement_id,
        "bank_lines": line.pk,
        "campaigns": campaign.pk,
        "match_pools": a_pool(campaign).pk,
        "segments": Segment.objects.create(name="All").pk,
        "outbox": mail.pk,
        "consents": a_consent().pk,
        "transactions": gift.offline.transaction_id,
    }


def address(name: str, parameters: list[str], rows: Rows) -> str:
    space = "bank_lines" if "line" in name.partition(":")[2] or "skip" in name or "quick" in name else name
    number = rows.get(space, rows.get(name.partition(":")[0], 1))
    return reverse(name, kwargs={key: WORDS.get(key, number) for key in parameters})


def test_an_editor_of_pages_gets_nowhere(rows: Rows) -> None:
    assert len(SCREENS) > 100
    editor = cast.signed_in(cast.in_group("Editors", "eddie@example.org"))
    assert editor.get(reverse("wagtailadmin_home")).status_code == 200
    let_in, not_there = [], set()
    for name, parameters in SCREENS:
        url = address(name, parameters, rows)
        for ask in (editor.get, editor.post):
            answer = ask(url)
            turned_away = answer.status_code in (403, 405) or answer.get("Location") == reverse("wagtailadmin_home")
            if answer.status_code == 404:
                not_there.add(name.partition(":")[0])
            elif not turned_away:
                let_in.append((name, ask.__name__, answer.status_code))
    assert let_in == []
    # Where a row was made, "not there" would prove nothing.
    assert not not_there & set(rows), not_there


def test_who_is_no_staff_gets_nowhere(rows: Rows) -> None:
    charlie = cast.signed_in(cast.somebody("charlie@example.org"))
    seen = {(name, charlie.get(address(name, parameters, rows)).status_code) for name, parameters in SCREENS}
    assert {status for _, status in seen} == {403}
    assert Client().get(reverse("payers:index")).status_code == 302
