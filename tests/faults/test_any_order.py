"""Whatever happens in whatever order, the ledger ends as what Stripe says happened.

One machine interleaves paying, delivering, duplicating, reordering, dropping, re-reading, returning, crashing and
refunding over several payments. Its full run is ``STEADFAST_LONG=1 ./run test tests/faults/test_any_order.py``.
"""

from __future__ import annotations

import contextlib
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from payments import gateway, repair, worker
from payments.models import Event, ObjectLease, Payment
from receipts.checks import books_problems
from receipts.models import Payer, Receipt, Transaction
from tests.faults.road import Road, post
from tests.offering.models import Offering

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

LONG = bool(os.environ.get("STEADFAST_LONG"))


class Crash(BaseException):
    """Not an Exception: nothing of ours may catch it."""


class AnyOrder(RuleBasedStateMachine):
    sandbox: Sandbox

    def __init__(self) -> None:
        super().__init__()
        payer = Payer.objects.create(name="Bob Buyer", email="bob@example.org", fingerprint=os.urandom(8).hex())
        self.road = Road(sandbox=self.sandbox, payer=payer)

    def one_of(self, pick: int, *statuses: str) -> Payment | None:
        found = [payment for payment in self.mine() if not statuses or payment.status in statuses]
        return found[pick % len(found)] if found else None

    def mine(self) -> list[Payment]:
        return list(Payment.objects.filter(payer=self.road.payer).order_by("pk"))

    @precondition(lambda self: len(self.mine()) < 4)
    @rule(amount=st.integers(100, 90_000), interval=st.sampled_from(["", "month"]))
    def start(self, amount: int, interval: str) -> None:
        self.road.start(amount=amount, interval=interval)

    @rule(pick=st.integers(0, 9), outcome=st.sampled_from(["paid", "paid", "declined"]))
    def pay(self, pick: int, outcome: str) -> None:
        payment = self.one_of(pick, Payment.Status.OPEN)
        if payment and gateway.read_session(payment.session_id or "").status == "open":
            self.road.pay(payment, outcome)

    @rule(pick=st.integers(0, 99), times=st.integers(1, 3), keep=st.booleans())
    def deliver_one(self, pick: int, times: int, keep: bool) -> None:
        held = self.sandbox.held()
        if not held:
            return
        one = held[pick % len(held)]
        for _ in range(times):
            assert post(one["body"], one["header"]).status_code == 200
        if not keep:
            self.sandbox.control("POST", f"/_sandbox/deliveries/{one['id']}/drop")

    @rule(backwards=st.booleans())
    def deliver_all(self, backwards: bool) -> None:
        self.road.deliver(backwards=backwards)

    @rule(pick=st.integers(0, 99))
    def lose_one(self, pick: int) -> None:
        held = self.sandbox.held()
        if held:
            self.sandbox.control("POST", f"/_sandbox/deliveries/{held[pick % len(held)]['id']}/drop")

    @rule()
    def work(self) -> None:
        worker.work_off()

    @rule(step=st.sampled_from(["before", "inside", "after"]))
    def crash(self, step: str) -> None:
        """The worker dies before the booking, inside its transaction, or just after its commit."""
        finish, settle = worker._finish, worker._confirm

        def die(*_: Any) -> None:
            raise Crash

        def work_then_die(*arguments: Any) -> None:
            finish(*arguments)
            if step == "inside":
                raise Crash

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(worker, "_confirm", die if step == "before" else settle)
            patch.setattr(worker, "_finish", work_then_die)
            patch.setattr(worker, "release_lease", die if step == "after" else worker.release_lease)
            with contextlib.suppress(Crash):
                worker.work_off(limit=1)
        # What a dead worker held runs out.
        ObjectLease.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    @rule(pick=st.integers(0, 9))
    def come_back(self, pick: int) -> None:
        payment = self.one_of(pick)
        if payment and payment.session_id:
            assert Client().get(reverse("checkout_return"), {"session": payment.session_id}).status_code == 200

    @rule()
    def reread(self) -> None:
        repair.reread_events(since=timezone.now() - timedelta(days=2))

    @rule()
    def reconcile(self) -> None:
        repair.reconcile()

    @rule(pick=st.integers(0, 9), part=st.integers(1, 100))
    def refund(self, pick: int, part: int) -> None:
        charges = self.my_charges()
        if not charges:
            return
        charge_id, charge = charges[pick % len(charges)]
        amount = min(max(charge["amount"] * part // 100, 1), charge["amount"] - charge["refunded"])
        if amount > 0:
            self.sandbox.control("POST", f"/_sandbox/charges/{charge_id}/refund", amount=amount)

    def my_charges(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, one) for name, one in self.sandbox.money()["charges"].items() if one["status"] == "succeeded"]

    @invariant()
    def nothing_is_fulfilled_twice(self) -> None:
        assert all(offering.paid_count <= 1 for offering in Offering.objects.all())

    def teardown(self) -> None:
        """In the end everything that was lost is re-read, and the two must agree to the cent."""
        Event.objects.filter(status=Event.Status.PARKED).update(status=Event.Status.RECEIVED, attempts=0)
        repair.reread_events(since=timezone.now() - timedelta(days=2))
        self.road.work_off()
        repair.reconcile()
        self.road.work_off()
        assert repair.differences() == []
        self.every_charge_is_booked_once()
        assert not books_problems()

    def every_charge_is_booked_once(self) -> None:
        charges = self.my_charges()
        booked = Transaction.objects.filter(reference__in=[f"stripe:{name}" for name, _ in charges])
        assert booked.count() == len(charges) == sum(offering.paid_count for offering in Offering.objects.all())
        for name, charge in charges:
            payment = Payment.objects.get(charge_id=name)
            assert payment.refunded_amount == charge["refunded"]
            live = Receipt.objects.filter(transaction=payment.transaction, state=Receipt.State.ISSUED)
            assert live.count() == (0 if charge["refunded"] else 1)


@pytest.mark.django_db
def test_any_order_ends_in_what_stripe_says(connected_sandbox: Sandbox) -> None:
    class Machine(AnyOrder):
        def __init__(self) -> None:
            # One savepoint an example, so that each begins with empty books and its own sandbox.
            self.savepoint = transaction.savepoint()
            connected_sandbox.reset()
            AnyOrder.sandbox = connected_sandbox
            super().__init__()

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=400 if LONG else 12,
            stateful_step_count=40 if LONG else 20,
            deadline=None,
            derandomize=not LONG,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
        ),
    )
