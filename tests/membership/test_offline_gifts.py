"""A cheque, some cash, a transfer: written down once, in the books with its receipt, and undone where it was wrong."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from membership.fundraising.offline import OfflineTerms, UndoRefused, record_offline_gift, undo_offline_gift
from membership.models import Campaign, Gift, OfflineGift
from membership.states import State
from receipts import ledger
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Fund, Payer, Receipt, Transaction
from receipts.months import day_of, month_of, next_month
from tests.membership.fundraisers import fatima, record
from tests.receipts import cast
from tests.receipts.books import a_payer, an_issuer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def client(db: None) -> Client:
    an_issuer()
    return fatima()


def terms(**changes: Any) -> OfflineTerms:
    day = day_of(timezone.now()) - timedelta(days=1)
    values = {"amount": 5000, "currency": "USD", "received_on": day, "method": "transfer", "fund": Fund.unrestricted()}
    return OfflineTerms(**{**values, **changes})


def a_gift(payer: Payer | None = None, **changes: Any) -> OfflineGift:
    offline, _ = record_offline_gift(key=uuid.uuid4(), payer=payer or a_payer(), terms=terms(**changes), by=None)
    return offline


def test_a_cheque_is_in_the_books_with_its_receipt(client: Client) -> None:
    response = record(client)
    offline = OfflineGift.objects.get()
    assert response.url == reverse("offline_gifts:inspect", args=[offline.pk])
    assert (offline.gift.amount, offline.gift.state, offline.gift.method) == (125_050, State.GIVEN, "cheque")
    assert ledger.account_balance(Account.BANK, currency="USD") == 125_050
    assert Receipt.objects.get().transaction == offline.transaction
    assert day_of(offline.transaction.occurred_at) == day_of(timezone.now()) - timedelta(days=3)
    page = client.get(response.url).content.decode()
    assert "Grace Okafor" in page
    assert "No. 004711" in page
    assert not books_problems()


def test_cash_is_held_as_cash(client: Client) -> None:
    record(client, method="cash")
    assert ledger.account_balance(Account.CASH, currency="USD") == 125_050
    assert ledger.account_balance(Account.BANK, currency="USD") == 0


def test_a_gift_for_a_campaign_counts_for_it_and_goes_into_its_fund(client: Client) -> None:
    fund = Fund.objects.create(name="Boats")
    campaign = Campaign.objects.create(name="A boat", slug="boat", fund=fund, goal_amount=100_000)
    record(client, purpose=f"campaign-{campaign.pk}")
    entry = OfflineGift.objects.get().transaction.entries.get()
    assert (entry.fund, entry.subject) == (fund, campaign.subject)


def test_the_same_form_twice_is_one_gift(client: Client) -> None:
    key = uuid.uuid4()
    first, second = record(client, key=key), record(client, key=key)
    assert first.url == second.url
    assert Transaction.objects.count() == 1


def test_the_same_supporter_amount_and_day_is_asked_about(client: Client) -> None:
    record(client)
    again = record(client)
    assert again.status_code == 422
    assert "Is this the same gift?" in again.content.decode()
    assert OfflineGift.objects.count() == 1
    assert record(client, is_another="on").status_code == 302
    assert OfflineGift.objects.count() == 2


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(client: Client) -> None:
    wrong = {
        "amount": "-5", "received_on": day_of(timezone.now()) + timedelta(days=1), "name": "", "method": "online",
        "purpose": "fund-0", "email": "no address", "tribute_kind": "memory", "key": "x",
    }  # fmt: skip
    response = record(client, **wrong)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {*wrong, "honouree"} - {"tribute_kind"}
    assert not Payer.objects.exists()
    assert not Transaction.objects.exists()


def test_an_amount_of_zero_or_with_too_many_decimals_is_refused(client: Client) -> None:
    for amount in ("0", "0.00", "1.005", "1e3", "", "99999999999999"):
        assert "amount" in record(client, amount=amount).context["form"].errors, amount


def test_a_known_supporter_is_found_and_chosen(client: Client) -> None:
    payer = a_payer()
    page = client.get(reverse("offline_gifts:record"), {"q": "Okafor"}).content.decode()
    assert f"?payer={payer.pk}" in page
    record(client, payer=payer.pk, name="", email="")
    assert Gift.objects.get().payer == payer
    assert Payer.objects.count() == 1


def test_an_erased_supporter_is_not_chosen(client: Client) -> None:
    payer = Payer.objects.create(name="Erased", fingerprint="gone", erased_at=timezone.now())
    assert record(client, payer=payer.pk, name="", email="").status_code == 422


def test_a_gift_of_a_closed_month_is_booked_in_the_first_open_one(client: Client) -> None:
    now = timezone.now()
    last_month = now.replace(day=1) - timedelta(days=2)
    ledger.close_month(month_of(last_month))
    record(client, received_on=day_of(last_month))
    booked = OfflineGift.objects.get().transaction
    assert booked.month == next_month(month_of(last_month))
    assert day_of(booked.occurred_at) == day_of(last_month)


def test_a_tribute_is_kept_with_the_gift(client: Client) -> None:
    record(client, tribute_kind="memory", honouree="Mary Okafor")
    assert Gift.objects.get().tribute.honouree == "Mary Okafor"


def test_thanks_are_sent_only_when_they_are_asked_for(client: Client) -> None:
    record(client)
    thanks = OutgoingMail.objects.filter(to="grace@example.org", subject__startswith="Thank")
    assert not thanks.exists()
    record(client, amount="20", send_thanks="on")
    assert thanks.count() == 1


def test_thanks_are_sent_again_from_the_gifts_page(client: Client) -> None:
    record(client)
    address = reverse("offline_gifts:thank", args=[OfflineGift.objects.get().pk])
    client.post(address)
    client.post(address)
    assert OutgoingMail.objects.filter(to="grace@example.org", subject__startswith="Thank").count() == 2
    undo_offline_gift(OfflineGift.objects.get(), reason="Wrong", by=None)
    assert client.post(address).status_code == 404


def test_undoing_takes_the_booking_back_and_voids_the_receipt(client: Client) -> None:
    record(client)
    offline = OfflineGift.objects.get()
    address = reverse("offline_gifts:undo", args=[offline.pk])
    assert client.post(address, {"reason": "Typed twice"}).status_code == 422, "asked a second time"
    assert ledger.account_balance(Account.BANK, currency="USD") == 125_050
    client.post(address, {"reason": "Typed twice", "is_sure": "on"})
    assert ledger.account_balance(Account.BANK, currency="USD") == 0
    assert ledger.fund_balance(Fund.unrestricted(), currency="USD") == 0
    assert Receipt.objects.get().void_reason == "Typed twice"
    offline.refresh_from_db()
    assert (offline.gift.state, offline.undo_reason) == (State.UNDONE, "Typed twice")
    assert not books_problems()


def test_undoing_twice_does_it_once() -> None:
    offline = a_gift()
    assert undo_offline_gift(offline, reason="Wrong", by=None)
    assert not undo_offline_gift(offline, reason="Wrong again", by=None)
    assert Transaction.objects.count() == 2


def test_what_was_partly_given_back_is_not_undone() -> None:
    offline = a_gift()
    ledger.record_refund(
        reference="by-hand", of=offline.transaction, amount=100, occurred_at=timezone.now(), paid_from=Account.BANK
    )
    with pytest.raises(UndoRefused):
        undo_offline_gift(offline, reason="Wrong", by=None)
    offline.refresh_from_db()
    assert offline.undone_at is None


def test_after_undoing_the_same_gift_is_recorded_without_a_question(client: Client) -> None:
    record(client)
    undo_offline_gift(OfflineGift.objects.get(), reason="Wrong fund", by=None)
    assert record(client).status_code == 302


@pytest.mark.parametrize(
    ("group", "may"),
    [("Fundraisers", "look write undo"), ("Finance", "look write undo"), ("Auditors", "look"), ("Editors", "")],
)
def test_who_may_do_what(group: str, may: str) -> None:
    offline = a_gift()
    client = cast.signed_in(cast.in_group(group, "somebody@example.org"))
    asked = {
        "look": reverse("offline_gifts:index"),
        "write": reverse("offline_gifts:record"),
        "undo": reverse("offline_gifts:undo", args=[offline.pk]),
    }
    allowed = [what for what, address in asked.items() if client.get(address).status_code == 200]
    assert " ".join(allowed) == may


def test_a_stranger_sees_none_of_it() -> None:
    offline = a_gift()
    charlie = cast.signed_in(cast.somebody("charlie@example.org"))
    for name in ("inspect", "undo"):
        assert charlie.get(reverse(f"offline_gifts:{name}", args=[offline.pk])).status_code in (302, 403, 404)


def test_fundraisers_may_not_refund_or_close_months() -> None:
    user = cast.in_group("Fundraisers", "fatima@example.org")
    assert not user.has_perm("payments.refund_payment")
    assert not user.has_perm("receipts.add_closedmonth")


def test_the_list_asks_no_more_for_more_gifts(client: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("offline_gifts:index")).status_code == 200
        return len(queries)

    a_gift()
    asked()
    few = asked()
    for number in range(4):
        a_gift(a_payer(email=f"g{number}@example.org"))
    assert asked() == few
