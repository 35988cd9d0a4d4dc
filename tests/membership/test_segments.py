"""Finding supporters by what they gave and how they are reached, keeping the question, exporting who was found."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.choices import switch_off, switch_on
from membership.fundraising.offline import OfflineTerms, record_offline_gift, undo_offline_gift
from membership.fundraising.segments.criteria import CriteriaForm
from membership.fundraising.segments.finding import find_supporters
from membership.models import Campaign, Gift, Membership, Segment, Tier
from membership.states import State
from payments.models import Plan
from receipts.chart import Account
from receipts.ledger import record_refund
from receipts.merging import merge
from receipts.models import Fund, Payer, Transaction
from tests.membership.fundraisers import fatima
from tests.payments.desk import a_paid_payment
from tests.receipts import cast
from tests.receipts.books import a_line, a_payer, a_payment

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TODAY = date(2026, 6, 15)
NOW = timezone.now()


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def who(name: str, **more: Any) -> Payer:
    return a_payer(name=name, email=f"{name.lower()}@example.org", **more)


def gave(payer: Payer, day: str, amount: int = 5000, **more: Any) -> Transaction:
    at = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    return a_payment(a_line(amount, **more), payer=payer, occurred_at=at)


def found(**asked: str) -> str:
    form = CriteriaForm(asked)
    assert form.is_valid(), form.errors
    return " ".join(payer.name for payer in find_supporters(form, today=TODAY))


@pytest.fixture
def givers(db: None) -> None:
    gave(who("Ann"), "2024-03-01")
    ben = who("Ben")
    gave(ben, "2024-03-01")
    gave(ben, "2025-03-01", 20_000)
    cleo = who("Cleo")
    gave(cleo, "2025-12-31")
    gave(cleo, "2026-01-02")
    gave(who("Dan"), "2026-05-01", 100)
    who("Eve")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, "Ann Ben Cleo Dan Eve"),
        ({"preset": "lybunt"}, "Ben"),
        ({"preset": "sybunt"}, "Ann Ben"),
        ({"preset": "new"}, "Dan"),
        ({"preset": "lapsed"}, "Ann Ben"),
        ({"gave_from": "2025-01-01", "gave_until": "2025-12-31"}, "Ben Cleo"),
        ({"gave_from": "2026-01-01"}, "Cleo Dan"),
        ({"total_from": "100"}, "Ben Cleo"),
        ({"total_from": "100", "gave_from": "2026-01-01"}, ""),
        ({"total_to": "50"}, "Ann Dan"),
        ({"total_from": "50", "total_to": "100"}, "Ann Cleo"),
        ({"first_from": "2025-01-01", "first_until": "2025-12-31"}, "Cleo"),
        ({"last_until": "2025-12-31"}, "Ann Ben"),
        ({"last_from": "2026-01-01"}, "Cleo Dan"),
    ],
)
def test_by_what_they_gave_and_when(givers: None, asked: dict[str, str], names: str) -> None:
    assert found(**asked) == names


def test_what_was_given_back_is_not_given() -> None:
    payer = who("Ann")
    booked = gave(payer, "2026-01-05", 10_000)
    assert found(total_from="100") == "Ann"
    record_refund(reference="r", of=booked, amount=1, occurred_at=timezone.now())
    assert found(total_from="100") == ""
    assert found(total_from="99.99") == "Ann"


def test_a_sale_is_no_gift() -> None:
    a_payment(a_line(9000, account=Account.SHOP_SALES), payer=who("Ann"))
    assert found(total_from="1") == ""


def test_a_gift_taken_back_is_no_last_gift() -> None:
    terms = OfflineTerms(
        amount=500, currency="USD", received_on=date(2026, 5, 5), method="cash", fund=Fund.unrestricted()
    )
    offline, _ = record_offline_gift(key=uuid.uuid4(), payer=who("Ann"), terms=terms, by=None)
    assert found(last_from="2026-01-01") == "Ann"
    undo_offline_gift(offline, reason="Wrong", by=None)
    assert found(last_from="2026-01-01") == ""


def test_by_fund_and_by_campaign() -> None:
    fund = Fund.objects.create(name="Boats")
    campaign = Campaign.objects.create(name="A boat", slug="boat", goal_amount=1)
    gave(who("Ann"), "2026-01-01", fund=fund)
    gave(who("Ben"), "2026-01-01", subject=campaign.subject)
    assert found(purpose=f"fund-{fund.pk}") == "Ann"
    assert found(purpose=f"campaign-{campaign.pk}") == "Ben"


def test_merged_supporters_are_one_and_their_gifts_add_up() -> None:
    kept, merged = who("Ann"), who("Anne")
    gave(kept, "2025-01-01")
    gave(merged, "2026-01-01")
    merge(kept=kept, merged=merged, by=None)
    assert found() == "Ann"
    assert found(total_from="100") == "Ann"
    assert found(preset="lybunt") == ""


def test_an_erased_supporter_is_never_found() -> None:
    gave(who("Ann"), "2026-01-01")
    Payer.objects.update(erased_at=timezone.now(), email="", line1="", city="", region="", postcode="", country="")
    assert found() == ""


def test_by_regular_support(friend: Tier) -> None:
    states = {
        "Ann": State.ACTIVE, "Ben": State.PAST_DUE, "Cleo": State.PAUSED, "Dan": State.CANCELLED,
        "Eve": State.CANCEL_AT_END,
    }  # fmt: skip
    for name, state in states.items():
        common = {"payer": who(name), "interval": "month", "amount": 500, "currency": "USD", "state": state}
        if name in ("Ann", "Dan"):
            Gift.objects.create(fund=Fund.unrestricted(), **common)
        else:
            Membership.objects.create(tier=friend, **common)
    who("Fay")
    wanted = {"active": "Ann Eve", "past_due": "Ben", "paused": "Cleo", "lapsed": "Dan", "none": "Fay"}
    assert {asked: found(recurring=asked) for asked in wanted} == wanted
    assert found(tier=str(friend.pk)) == "Ben Cleo Eve"


def test_by_a_card_that_expires_soon() -> None:
    for name, days in (("Ann", 20), ("Ben", 50), ("Cleo", -5)):
        paid = a_paid_payment(payer=who(name))
        Plan.objects.create(
            payer=paid.payer, payable_kind="offering.offering", payable_id=1, first_payment=paid, livemode=False,
            subscription_id=f"sub_{name}", status="active", synced_at=NOW, card_expires=TODAY + timedelta(days=days),
        )  # fmt: skip
    assert found(card_expires="30") == "Ann"
    assert found(card_expires="60") == "Ann Ben"


def test_by_kind_place_and_address() -> None:
    who("Ann", region="ME")
    a_payer(name="Acme", kind="organisation", email="", country="CA", region="")
    assert found(kind="organisation") == found(country="CA") == found(has_email="no") == "Acme"
    assert found(region="me") == found(has_email="yes") == "Ann"


def test_by_which_mails_they_want() -> None:
    for name in ("Ann", "Ben"):
        who(name)
    switch_on("ANN@example.org", "news")
    switch_off("ben@example.org", "gift_updates")
    assert found(wants="news") == "Ann"
    assert found(wants="gift_updates") == "Ann"


def test_whatever_is_asked_is_one_query(givers: None, friend: Tier, django_assert_num_queries: Any) -> None:
    asked = {
        "preset": "sybunt", "gave_from": "2020-01-01", "total_from": "1", "last_from": "2020-01-01",
        "recurring": "none", "wants": "gift_updates", "kind": "person", "card_expires": "",
    }  # fmt: skip
    form = CriteriaForm(asked)
    assert form.is_valid()
    with django_assert_num_queries(1):
        assert [payer.name for payer in find_supporters(form, today=TODAY)] == ["Ann", "Ben"]


def test_what_makes_no_sense_is_said_beside_its_field(givers: None) -> None:
    asked = {"gave_from": "2026-01-02", "gave_until": "2026-01-01", "total_from": "x", "kind": "robot", "country": "?"}
    response = fatima().get(reverse("segments:ask"), asked)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"gave_until", "total_from", "kind", "country"}


def test_a_question_is_kept_and_asked_anew(givers: None) -> None:
    client = fatima()
    address = f"{reverse('segments:ask')}?total_from=100"
    kept = client.post(address, {"name": "Big givers"}).url
    assert client.post(address, {"name": "Big givers"}).status_code == 422, "a name is used once"
    assert client.get(kept).context["count"] == 2
    gave(who("Fay"), "2026-02-02", 50_000)
    assert client.get(kept).context["count"] == 3
    assert client.get(reverse("segments:index")).status_code == 200
    segment = Segment.objects.get()
    assert segment.criteria == {"total_from": "100"}
    client.post(reverse("segments:delete", args=[segment.pk]))
    assert not Segment.objects.exists()
    assert Payer.objects.count() == 6


def rows_of(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_an_export_says_what_was_given_and_which_mails_are_wanted_and_runs_no_formula(givers: None) -> None:
    Payer.objects.filter(name="Ben").update(name="=Ben()")
    switch_on("ben@example.org", "news")
    client = fatima()
    address = reverse("segments:ask")
    row = rows_of(client.get(address, {"total_from": "250", "export": "csv"}))[0]
    assert (row["Name"], row["Given in all"], row["First gift"]) == ("'=Ben()", "250.00", "2024-03-01")
    assert (row["Wants: News"], row["Wants: Giving more"]) == ("yes", "no")
    log = ModelLogEntry.objects.get(action="membership.export_segment")
    assert log.data == {"asked": {"total_from": "250"}, "format": "csv", "supporters": 1}
    assert b"".join(client.get(address, {"export": "xlsx"}).streaming_content).startswith(b"PK")


@pytest.mark.parametrize(
    ("group", "may"), [("Fundraisers", (200, 200)), ("Finance", (200, 200)), ("Auditors", (200, 302))]
)
def test_who_may_look_and_who_may_take_it_along(givers: None, group: str, may: tuple[int, int]) -> None:
    client: Client = cast.signed_in(cast.in_group(group, "somebody@example.org"))
    address = reverse("segments:ask")
    assert (client.get(address).status_code, client.get(address, {"export": "csv"}).status_code) == may


def test_a_stranger_finds_nobody(givers: None) -> None:
    charlie = cast.signed_in(cast.somebody("charlie@example.org"))
    assert charlie.get(reverse("segments:ask"), {"export": "csv"}).status_code in (302, 403, 404)
