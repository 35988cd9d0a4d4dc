"""A member takes their data along, and leaves."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse
from django_countries.fields import CountryField

from accounts import privacy
from accounts.models import User
from membership.models import Gift, Membership, Tier
from membership.states import State
from receipts.checks import books_problems
from receipts.models import Fund, Payer, PayerNote
from receipts.payers import find_or_create_payer
from tests.accounts.recent import sign_in_now
from tests.membership.way import Way, text_of


@pytest.fixture
def leaving(member: Membership, client: Client, alice: User) -> Client:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    return sign_in_now(client, alice)


def tables_of(client: Client) -> Any:
    answer: Any = client.post(reverse("account_data"))
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        return json.loads(archive.read("my-data.json"))["tables"]


def test_the_download_holds_the_membership(leaving: Client, member: Membership, charlie: User) -> None:
    Membership.objects.filter(pk=member.pk).update(cancel_reason="Too many mails")
    tables = tables_of(leaving)
    (row,) = tables["memberships"]
    assert (row["tier"], row["amount"], row["reason_given"]) == (member.tier.name, "100.00", "Too many mails")
    assert tables["subscriptions"][0]["state"] == "active"
    assert tables["receipts"][0]["name_on_it"] == "Alice Adams"
    assert "memberships" not in tables_of(sign_in_now(Client(), charlie))


def test_a_member_who_leaves_is_no_member_and_pays_nothing_more(leaving: Client, way: Way, member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).update(cancel_reason="Because of Alice")
    page = text_of(leaving.get(reverse("account_close")))
    assert "no further payment is taken" in page
    answer = leaving.post(reverse("account_close"), {"confirmation": "close"}, follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_closed")
    way.deliver()
    way.advance(days=40)
    member.refresh_from_db()
    assert (member.state, member.cancel_reason) == (State.CANCELLED, "")
    assert str(member) == f"{member.tier} of Erased supporter {member.payer.public_id.hex[:6]}"
    assert way.sandbox.count("charge") == 1
    assert not User.objects.filter(groups__in=Group.objects.filter(membership_tier__isnull=False)).exists()
    assert not books_problems()


# Models of which a row belongs to a payer, and what becomes of its text. A new one goes into its app's `privacy.py`
# (export and erase) first, and then here.
GONE, NO_NAME = "its text is erased", "its text names nobody"
BELONG_TO_PAYERS = {
    "membership.BankLine": GONE,
    "membership.Gift": GONE,
    "membership.GiftMembership": GONE,
    "membership.MatchPool": GONE,
    "membership.Membership": GONE,
    "membership.Movement": NO_NAME,
    "membership.Pledge": NO_NAME,
    "payments.Customer": NO_NAME,
    "payments.DiscountUse": NO_NAME,
    "payments.Payment": NO_NAME,
    "payments.Plan": NO_NAME,
    "receipts.DuplicatePair": NO_NAME,
    # As issued: the law keeps these.
    "receipts.Invoice": NO_NAME,
    "receipts.Payer": GONE,
    "receipts.PayerMerge": GONE,
    "receipts.PayerNote": GONE,
    "receipts.Receipt": NO_NAME,
    "receipts.Transaction": NO_NAME,
    "shop.Order": GONE,
    "training.Booking": GONE,
}
TECHNICAL = {"currency", "unknown_status", "language", "fingerprint", "public_id", "interval"}


def test_whatever_belongs_to_a_payer_is_known_to_the_erasure(db: None) -> None:
    ours = {"accounts", "membership", "pages", "payments", "receipts", "shop", "training"}
    belong = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in ours
        and any(field.related_model is Payer for field in model._meta.fields if field.related_model)
    }
    # Any offering may have been deleted.
    assert belong == {label for label in BELONG_TO_PAYERS if apps.is_installed(label.split(".")[0])}


def test_no_text_of_theirs_is_left(alice: User, friend: Tier) -> None:
    payer = find_or_create_payer(kind="person", name=alice.name, email=alice.email, user=alice)
    terms: Any = {"payer": payer, "amount": 2500, "currency": "USD", "state": State.ACTIVE, "interval": "month"}
    rows: list[Any] = [
        Gift.objects.create(fund=Fund.unrestricted(), **terms),
        Membership.objects.create(tier=friend, **terms),
    ]
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(**dict.fromkeys(_texts(row), "CANARY"))
    PayerNote.objects.create(payer=payer, text="CANARY")
    privacy.erase(privacy.person_of(alice))
    assert not PayerNote.objects.exists()
    for row in [*rows, payer]:
        row.refresh_from_db()
        assert {name: getattr(row, name) for name in _texts(row)} == dict.fromkeys(_texts(row), "") | (
            {"name": f"Erased supporter {payer.public_id.hex[:6]}"} if row == payer else {}
        )


def _texts(row: Any) -> list[str]:
    """Columns that people fill with words."""
    texts = [field for field in row._meta.fields if isinstance(field, CharField | TextField) and not field.choices]
    return [field.name for field in texts if field.name not in TECHNICAL and not isinstance(field, CountryField)]


def test_a_name_on_a_wall_and_a_message_go_and_the_gift_stays(alice: User) -> None:
    payer = find_or_create_payer(kind="person", name=alice.name, email=alice.email, user=alice)
    gift = Gift.objects.create(
        payer=payer, fund=Fund.unrestricted(), amount=2500, currency="USD", state=State.ACTIVE, is_on_wall=True,
        wall_name="Alice A.", message="For my sister",
    )  # fmt: skip
    (row,) = tables_of(sign_in_now(Client(), alice))["gifts"]
    assert (row["amount"], row["message"]) == ("25.00", "For my sister")
    privacy.erase(privacy.person_of(alice))
    gift.refresh_from_db()
    assert (gift.amount, gift.is_on_wall, gift.wall_name, gift.message) == (2500, False, "", "")
