"""Every address of the site that names something has a rule: a stranger gets 404, or everybody may have it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from membership.demo import build_tiers
from membership.gift_memberships.codes import code_of, digest_of
from membership.models import Gift, GiftMembership, Membership, Tribute
from membership.states import State
from payments.models import CardChange, Customer
from receipts.issuing import issue_receipt
from receipts.models import Fund, Payer
from tests.accounts.recent import sign_in_now
from tests.receipts.books import a_line, a_payment, an_issuer

pytestmark = pytest.mark.django_db

# What an address names, by the beginning of it: the thing of Alice's whose id it is. Beginnings, so that a new page
# about the same thing is covered by itself.
PERSONAL: dict[str, str] = {
    "account/subscriptions/<uuid:public_id>/": "membership",
    "account/membership/<uuid:public_id>/": "membership",
    "account/gifts/<uuid:public_id>/": "gift",
    "account/given-memberships/<uuid:public_id>/": "given",
    "account/details/<uuid:public_id>/": "payer",
    "receipts/<uuid:public_id>/": "receipt",
}
# Whoever has the key may come in, signed in or not; a made-up one gets this.
KEYS = {
    "mend": 404,
    "mend_back": 404,
    "card_verify": 200,
    "mail_stop": 200,
    "checkout_go_on": 410,
    "receipt_verify": 404,
}
# Nothing of anybody's.
PUBLIC = {"join_tier", "about_tier", "members_picture", "rendition", "document", "demo_mail", "demo_mail_html"}
# Proved with what they show: the file that asks for them as a stranger.
PROVED_IN = {
    "basket_change": "payments/test_basket.py",
    "invoice_pdf": "receipts/test_invoice_pages.py",
    "invoice_by_link": "receipts/test_invoice_pages.py",
}
# What another offering shows, it proves itself: any of them can be deleted.
OTHER_OFFERINGS = ("shop.", "training.")
OTHERS = ("admin/", "_util/", "django-admin/", "accounts/", "documents/", "^")


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Route and name of every address outside the staff pages, allauth's and Wagtail's own."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, route)
        elif one.callback.__module__.startswith(OTHER_OFFERINGS):
            continue
        elif isinstance(one, URLPattern) and (one.name == "document" or not route.startswith(OTHERS)):
            yield route, one.name or route


def thing_of(route: str) -> str:
    return next((thing for start, thing in PERSONAL.items() if route.startswith(start)), "")


WITH_ID = [(route, name) for route, name in addresses() if "<" in route]
OF_SOMEBODY = [(route, name) for route, name in WITH_ID if thing_of(route)]
ACCOUNT = [name for route, name in addresses() if route.startswith("account/") and "<" not in route]


def test_an_address_with_an_id_without_a_rule_is_a_mistake() -> None:
    without = {name for route, name in WITH_ID if not thing_of(route)} - set(KEYS) - PUBLIC - set(PROVED_IN)
    assert without == set(), "Say in this file who may open these."
    assert {thing_of(route) for route, _ in OF_SOMEBODY} == set(PERSONAL.values())


@pytest.mark.parametrize("file", sorted(set(PROVED_IN.values())))
def test_what_is_proved_elsewhere_is(file: str) -> None:
    text = (Path(__file__).parents[1] / file).read_text()
    assert "404" in text and "stranger" in text


@pytest.fixture
def things(alice: User) -> dict[str, Any]:
    """One of each, all Alice's."""
    an_issuer()
    now, tier = timezone.now(), build_tiers()[0]
    payer = Payer.objects.create(name="Alice Adams", email=alice.email, fingerprint="alice", user=alice)
    paid = {"payer": payer, "amount": 1500, "currency": "USD", "started_at": now - timedelta(days=40)}
    membership = Membership.objects.create(
        **paid, tier=tier, interval="month", state=State.ACTIVE, paid_until=now + timedelta(days=20)
    )
    gift = Gift.objects.create(**paid, interval="", fund=Fund.unrestricted(), state=State.GIVEN)
    Tribute.objects.create(gift=gift, kind="memory", honouree="Mary Lovelace")
    code = uuid4()
    given = GiftMembership.objects.create(
        public_id=code, code_digest=digest_of(code_of(code)), payer=payer, tier=tier, interval="year", amount=15000,
        currency="USD", state=GiftMembership.State.PAID, paid_at=now, redeem_by=now + timedelta(days=700),
    )  # fmt: skip
    change = CardChange.objects.create(customer=Customer.objects.create(payer=payer, livemode=False), plan=None)
    receipt = issue_receipt(a_payment(a_line(), payer=payer), on=timezone.localdate(), sandbox=False)
    return {
        "membership": membership,
        "gift": gift,
        "given": given,
        "payer": payer,
        "receipt": receipt,
        "change": change,
    }


@pytest.mark.parametrize(("route", "name"), OF_SOMEBODY, ids=[name for _, name in OF_SOMEBODY])
def test_what_is_alices_does_not_exist_for_charlie(
    route: str, name: str, things: dict[str, Any], alice: User, charlie: User
) -> None:
    thing = things[thing_of(route)]
    more = {"change_id": things["change"].public_id} if "<uuid:change_id>" in route else {}
    url = reverse(name, kwargs={"public_id": thing.public_id, **more})
    hers, his, nobody = Client(), Client(), Client()
    hers.force_login(alice)
    his.force_login(charlie)
    for ask in ("get", "post"):
        answer = getattr(his, ask)(url)
        # 405 is said before anything is looked up, to everybody.
        assert answer.status_code in (404, 405), (ask, answer.status_code)
        assert "Alice" not in answer.content.decode()
        turned_away = getattr(nobody, ask)(url)
        assert turned_away.status_code in (302, 405) and "Alice" not in turned_away.content.decode()
    # The address is right: she is let in, shown it, or told that there is nothing to be done there now.
    if not more:
        assert hers.get(url).status_code in (200, 302, 405, 503)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_made_up_key_opens_nothing_and_is_kept_nowhere(name: str, alice: User) -> None:
    route = next(route for route, known in addresses() if known == name)
    word = "code" if "code" in route else "token"
    more = {"change": uuid4()} if "change" in route else {}
    url = reverse(name, kwargs={word: "made-up", **more})
    hers = Client()
    hers.force_login(alice)
    for client in (Client(), hers):
        answer = client.get(url)
        assert answer.status_code == KEYS[name] and "Alice" not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ACCOUNT)
def test_my_account_asks_who_one_is_and_is_kept_nowhere(name: str, alice: User) -> None:
    hers = sign_in_now(Client(), alice)
    url = reverse(name)
    if name != "account_closed":
        turned_away = Client().get(url)
        assert turned_away.status_code == 302 and reverse("account_login") in turned_away["Location"]
    answer = hers.get(url)
    assert answer.status_code in (200, 302)
    assert name == "account_closed" or "no-store" in answer["Cache-Control"]
