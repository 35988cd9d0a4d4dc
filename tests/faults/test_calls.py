"""Faults of our calls to Stripe: the line breaks before, after and in between."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError

from payments import checkout, gateway, worker
from payments.models import Customer, Issue, Payment, PaymentItem, Plan
from payments.refunding import RefundRefused, request_refund
from tests.faults.road import Road
from tests.offering.models import Offering

pytestmark = pytest.mark.django_db

SESSIONS = "POST /v1/checkout/sessions"
REPOSITORY = Path(__file__).resolve().parents[2]


def sessions_made(road: Road) -> int:
    """Different sessions that were asked for; repeated calls with one key count once."""
    return len(
        {
            call["idempotency_key"]
            for call in road.sandbox.log()
            if call["route"].endswith("/v1/checkout/sessions") and call["method"] == "POST"
        }
    )


class TestF09CrashBeforeTheCall:
    def test_starting_again_goes_on_with_the_same_payment_and_key(
        self, road: Road, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        offering = Offering.objects.create()

        def crash(**_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(gateway, "create_session", crash)
        with pytest.raises(KeyboardInterrupt):
            road.start_again(offering)
        left = Payment.objects.get()
        assert left.status == Payment.Status.CREATED
        monkeypatch.undo()
        again = road.start_again(offering)
        assert again.pk == left.pk and again.idempotency_key == left.idempotency_key
        assert again.status == Payment.Status.OPEN
        assert sessions_made(road) == 1


class TestF10AnswerLost:
    # The SDK tries three times by itself; what is lost for longer needs our own key.
    @pytest.mark.parametrize("route", [SESSIONS, "POST /v1/customers"])
    def test_a_lost_answer_makes_nothing_twice(self, road: Road, route: str) -> None:
        offering = Offering.objects.create()
        road.sandbox.fault(route, "drop_after", times=3)
        with pytest.raises(checkout.CheckoutUnavailable):
            road.start_again(offering)
        payment = road.start_again(offering)
        assert payment.session_id and Customer.objects.get().stripe_id
        assert sessions_made(road) == 1
        assert road.sandbox.count("checkout.session") == road.sandbox.count("customer") == 1

    def test_an_answer_lost_once_is_not_even_noticed(self, road: Road) -> None:
        road.sandbox.fault(SESSIONS, "drop_after", times=1)
        assert road.start().session_id
        assert road.sandbox.count("checkout.session") == 1

    def test_a_lost_answer_makes_no_second_refund(self, road: Road) -> None:
        payment = road.start_and_pay()
        road.deliver_and_work_off()
        payment.refresh_from_db()
        road.sandbox.fault("POST /v1/refunds", "drop_after", times=3)
        with pytest.raises(RefundRefused, match="ask again"):
            request_refund(payment, amount=2000, reason="", by=None)
        request_refund(payment, amount=2000, reason="", by=None)
        assert road.sandbox.count("refund") == 1
        road.deliver_and_work_off()
        assert payment.refunded_amount == 2000
        assert road.books_agree()


class TestF11OurCommitFails:
    def test_a_session_that_we_could_not_note_down_is_adopted_when_paid(
        self, road: Road, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        offering = Offering.objects.create()
        save = Payment.save

        def full_disk(payment: Payment, **how: object) -> None:
            if "checkout_url" in (how.get("update_fields") or ()):  # type: ignore[operator]
                raise DatabaseError("disk full")
            save(payment, **how)  # type: ignore[arg-type]

        monkeypatch.setattr(Payment, "save", full_disk)
        with pytest.raises(DatabaseError):
            road.start_again(offering)
        monkeypatch.undo()
        payment = Payment.objects.get()
        assert payment.session_id is None
        (session_id,) = road.sandbox.ids("checkout.session")
        road.sandbox.complete(session_id)
        road.deliver_and_work_off()
        adopted = Payment.objects.get()
        assert (adopted.status, adopted.session_id) == (Payment.Status.PAID, session_id)
        assert road.books_agree()


class TestF16TwoTabs:
    def test_a_second_start_reuses_the_open_session(self, road: Road) -> None:
        offering = Offering.objects.create()
        first, second = road.start_again(offering), road.start_again(offering)
        assert first.pk == second.pk and first.checkout_url == second.checkout_url
        assert Customer.objects.count() == 1
        assert sessions_made(road) == 1
        assert Offering.objects.get().pending_count == 1

    def test_the_database_refuses_a_second_open_checkout(self, road: Road) -> None:
        payment = road.start()
        item = payment.items.get()
        with pytest.raises(Exception, match="one_open_checkout_per_payable|UNIQUE"):
            PaymentItem.objects.create(
                payment=payment, payable_kind=item.payable_kind, payable_id=item.payable_id, is_open=True
            )

    def test_losing_the_race_joins_the_winner(self, road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
        offering = Offering.objects.create()
        winner = road.start_again(offering)
        look, seen = checkout.open_payment, []

        def blind_once(payables: list[Offering]) -> Payment | None:
            seen.append(1)
            return None if len(seen) == 1 else look(payables)

        monkeypatch.setattr(checkout, "open_payment", blind_once)
        assert road.start_again(offering).pk == winner.pk
        assert Payment.objects.count() == 1

    def test_other_terms_end_the_first_session(self, road: Road) -> None:
        offering = Offering.objects.create(amount=5000)
        first = road.start_again(offering)
        offering.amount = 7000
        offering.save()
        second = road.start_again(offering)
        first.refresh_from_db()
        assert first.status == Payment.Status.EXPIRED and second.amount == 7000
        assert gateway.read_session(first.session_id or "").status == "expired"

    def test_other_terms_after_paying_do_not_charge_again(self, road: Road) -> None:
        offering = Offering.objects.create(amount=5000)
        road.pay(road.start_again(offering))
        offering.amount = 7000
        offering.save()
        with pytest.raises(checkout.AlreadyPaid):
            road.start_again(offering)


def test_f30_a_customer_deleted_at_stripe_is_made_anew(road: Road) -> None:
    road.start()
    first = Customer.objects.get().stripe_id
    road.sandbox.control("POST", f"/_sandbox/customers/{first}/delete")
    payment = road.start()
    assert payment.status == Payment.Status.OPEN
    assert Customer.objects.get().stripe_id != first


def test_a_tab_that_was_overtaken_ends_its_session(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    offering = Offering.objects.create(amount=5000)
    create = gateway.create_session

    def slow(**how: object) -> object:
        session = create(**how)  # type: ignore[arg-type]
        # Meanwhile the other tab chose other terms and closed this checkout.
        Payment.objects.update(status=Payment.Status.EXPIRED)
        return session

    monkeypatch.setattr(gateway, "create_session", slow)
    with pytest.raises(checkout.CheckoutUnavailable):
        road.start_again(offering)
    assert gateway.read_session(road.sandbox.ids("checkout.session")[0]).status == "expired"


def test_a_session_left_behind_does_not_release_the_one_that_is_paid(road: Road) -> None:
    offering = Offering.objects.create()
    road.sandbox.fault(SESSIONS, "500")
    payment = road.start_again(offering)
    metadata = {"app": "steadfast", "ref": str(payment.public_id)}
    price = {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "A gift"}}
    left = gateway.client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],  # type: ignore[list-item]
            "metadata": metadata,
            "success_url": "https://example.org/",
        }
    )
    gateway.expire_session(left.id)
    road.deliver_and_work_off()
    payment.refresh_from_db()
    assert payment.status == Payment.Status.OPEN


def test_a_bank_debit_waits_for_the_bank(road: Road) -> None:
    payment = road.start(interval="month")
    road.pay(payment, "sepa_paid_later")
    road.deliver_and_work_off()
    payment.refresh_from_db()
    assert payment.status == Payment.Status.PROCESSING
    road.sandbox.advance(20 * 86400)
    road.deliver_and_work_off()
    assert road.offering(payment).paid_count == 1


def test_a_bank_debit_that_fails_gives_nothing_and_blocks_nothing(road: Road) -> None:
    payment = road.start(interval="month")
    road.pay(payment, "sepa_fails_later")
    road.deliver_and_work_off()
    for _ in range(30):
        road.sandbox.advance(86400)
        road.deliver_and_work_off()
    payment.refresh_from_db()
    assert payment.status == Payment.Status.FAILED
    offering = road.offering(payment)
    assert (offering.paid_count, offering.released_count) == (0, 1)
    assert road.start_again(offering).pk != payment.pk
    assert road.books_agree()


def test_f22_a_declined_card_then_a_good_one_is_one_payment(road: Road) -> None:
    payment = road.start(interval="month")
    road.pay(payment, "declined")
    road.deliver_and_work_off()
    # As the sweep of forgotten checkouts does.
    worker.sync("checkout.session", payment.session_id or "")
    assert not Plan.objects.exists() and road.offering(payment).paid_count == 0
    assert Payment.objects.get().status == Payment.Status.OPEN, "the payer may try another card"
    road.pay(payment, "paid")
    road.deliver_and_work_off()
    assert Plan.objects.get().status == "active"
    assert road.offering(payment).paid_count == 1
    assert road.sandbox.count("subscription") == 1
    assert road.books_agree()


@pytest.mark.parametrize("kind", ["drop_before", "500", "503", "429"])
def test_stripe_down_leaves_a_payment_that_can_be_started_again(road: Road, kind: str) -> None:
    offering = Offering.objects.create()
    road.sandbox.fault("*", kind, times=20)
    with pytest.raises(checkout.CheckoutUnavailable):
        road.start_again(offering)
    road.sandbox.clear_faults()
    payment = road.start_again(offering)
    assert payment.status == Payment.Status.OPEN
    assert Payment.objects.count() == 1 and not Issue.objects.exists()


def test_f66_it_starts_without_a_home_and_without_a_network() -> None:
    """No HOME, no user name, nothing listening: the app starts, and the first failed call is one of ours."""
    script = (
        "import pwd, sys; sys.path[:0] = ['.', 'site']\n"
        "def nobody(uid): raise KeyError(uid)\n"
        "pwd.getpwuid = nobody  # a container's user that has no name\n"
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('check')\n"
        "from payments import gateway\n"
        "try:\n"
        "    gateway.read_balance()\n"
        "except gateway.StripeUnavailable:\n"
        "    print('handled')\n"
    )
    hidden = {"HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "STEADFAST_TEST_SANDBOX_URL": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120
    )
    assert "handled" in done.stdout, done.stderr[-2000:]
