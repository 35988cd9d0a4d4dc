"""One scenario against two Stripes: the sandbox always, the real one when a test key is given.

The sandbox's shapes are checked against the SDK's types; its behaviour is our reading of the documentation. This is
where the reading is put to the test. Run it with a key before a release: STRIPE_CONTRACT_KEY=sk_test_… ./run contract
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from payments import checkout, gateway, worker
from payments.models import Payment, Plan, Refund
from payments.refunding import request_refund
from payments.repair import fetch_missing_fees, reread_events
from receipts import ledger
from receipts.models import Payer, Transaction
from tests.contract.tills import KEY, WHY_SKIPPED, SandboxTill, StripeTill, Till
from tests.offering.models import Offering


@pytest.fixture(
    params=[
        "sandbox",
        pytest.param(
            "stripe",
            marks=[
                pytest.mark.contract,
                pytest.mark.skipif(not KEY.startswith(("sk_test_", "rk_test_")), reason=WHY_SKIPPED),
            ],
        ),
    ]
)
def till(request: pytest.FixtureRequest, settings: Any) -> Iterator[Till]:
    gateway.client.cache_clear()
    if request.param == "sandbox":
        yield SandboxTill(request.getfixturevalue("connected_sandbox"))
    else:
        settings.STRIPE_MODE, settings.STRIPE_SECRET_KEY = "test", KEY
        yield StripeTill(request.getfixturevalue("browser"))
    gateway.client.cache_clear()


@pytest.fixture
def payer(db: None) -> Payer:
    return Payer.objects.create(name="Bob Buyer", email="bob@example.org", country="US", fingerprint="bob")


def wait_for(what: Callable[[], Any], till: Till) -> Any:
    """Read Stripe's events and work them off until something is true, or patience ends."""
    end = time.monotonic() + till.patience
    while not (found := what()):
        assert time.monotonic() < end, f"Stripe did not tell in {till.patience} seconds"
        reread_events(since=timezone.now() - timedelta(hours=1))
        worker.work_off()
        time.sleep(0.05 if till.patience < 10 else 2)
    return found


def start(payer: Payer, offering: Offering) -> Payment:
    return checkout.start(payer=payer, payables=[offering], interval=offering.interval, cancel_path="/")


def is_paid(payment: Payment) -> Callable[[], bool]:
    return lambda: Payment.objects.get(pk=payment.pk).status == Payment.Status.PAID


def test_a_gift_is_paid_booked_with_its_fee_and_refunded(till: Till, payer: Payer) -> None:
    payment = start(payer, Offering.objects.create(amount=5000))
    till.pay(payment.session_id or "", payment.checkout_url)
    wait_for(is_paid(payment), till)
    payment.refresh_from_db()
    assert Transaction.objects.get(reference=f"stripe:{payment.charge_id}").entries.get().amount == 5000

    wait_for(lambda: fetch_missing_fees() or Payment.objects.get(pk=payment.pk).fee_known, till)
    fee = Transaction.objects.get(reference=f"stripe:fee:{payment.charge_id}").entries.get().amount
    line = gateway.read_charge(payment.charge_id or "").balance_transaction
    assert line.fee == fee and line.net == 5000 - fee  # type: ignore[union-attr]

    refund = request_refund(payment, amount=2000, reason="contract", by=None)
    wait_for(lambda: Refund.objects.get(pk=refund.pk).transaction, till)
    assert ledger.unrefunded(payment.transaction or Transaction()) == 3000


def test_a_plan_is_adopted_paid_and_cancelled(till: Till, payer: Payer) -> None:
    payment = start(payer, Offering.objects.create(amount=1500, interval="month"))
    till.pay(payment.session_id or "", payment.checkout_url)
    wait_for(is_paid(payment), till)
    plan = Plan.objects.get(first_payment=payment)
    assert plan.status == "active" and plan.paid_until and plan.paid_until > timezone.now()

    gateway.set_cancel_at_period_end(plan.subscription_id, cancel=True)
    wait_for(lambda: Plan.objects.get(pk=plan.pk).cancel_at_period_end, till)
    gateway.cancel_now(plan.subscription_id)
    wait_for(lambda: Plan.objects.get(pk=plan.pk).is_over, till)


def test_the_same_key_gives_the_same_session_and_other_words_are_refused(till: Till, payer: Payer) -> None:
    payment = start(payer, Offering.objects.create())
    call = {
        "reference": str(payment.public_id),
        "customer": payer.customers.get().stripe_id,
        "lines": [("A gift", 5000)],
        "currency": "USD",
        "interval": "",
        "success_url": "https://example.org/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://example.org/",
        "locale": "auto",
        "key": f"contract:{payment.public_id}",
    }
    first, second = gateway.create_session(**call), gateway.create_session(**call)  # type: ignore[arg-type]
    assert first.id == second.id
    with pytest.raises(gateway.StripeRefused):
        gateway.create_session(**{**call, "lines": [("A gift", 6000)]})  # type: ignore[arg-type]


def test_a_session_can_be_ended_once(till: Till, payer: Payer) -> None:
    payment = start(payer, Offering.objects.create())
    assert gateway.expire_session(payment.session_id or "").status == "expired"
    with pytest.raises(gateway.StripeRefused):
        gateway.expire_session(payment.session_id or "")


def test_unknown_ids_are_told_apart_from_trouble(till: Till) -> None:
    with pytest.raises(gateway.NoSuchObject):
        gateway.read_charge("ch_nobody_has_this")
