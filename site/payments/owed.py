"""Money that goes back by itself: noted with what caused it, in the same transaction; asked of Stripe after the commit.

A row, not a call: whatever breaks in between, the clock finds it and asks again. Nothing is asked for twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from payments.currencies import step_of
from payments.issues import close_issue, open_issue
from payments.models import Payment, PaymentLine, Refund
from payments.models.owed import OwedRefund, OwedRefundLine
from payments.refund_parts import LineLeft, RefundPart, asked_of, left_of, total_of
from payments.refunding import RefundRefused, request_refund

# Longer than all tries of one call to Stripe: who took it and was killed will not come back.
TAKEN_FOR = timedelta(minutes=10)
# A payer does not wait longer than this without somebody of ours knowing.
LONG = timedelta(days=1)
NO_LINES = "The lines of this payment are not what was booked, so nothing went back by itself."
REFUSED = "Stripe refused it."


def owe(
    payment: Payment, lines: Iterable[tuple[PaymentLine, int, int]], *, cause: str, reason: str, by: Any = None
) -> OwedRefund | None:
    """Note what goes back: each line with how many of its things, and what percentage of what was paid for them.

    Call it in the transaction of what causes it. Told twice of one ``cause``, it is owed once. None where nothing is.
    """
    wanted = [(line, quantity, percent) for line, quantity, percent in lines if quantity and percent]
    if not wanted or payment.transaction_id is None:
        return None
    owed, is_new = OwedRefund.objects.get_or_create(
        cause=cause, defaults={"payment": payment, "reason": reason, "asked_by": by}
    )
    if is_new:
        OwedRefundLine.objects.bulk_create(
            OwedRefundLine(owed=owed, line=line, quantity=quantity, percent=percent)
            for line, quantity, percent in wanted
        )
        _ask_soon(owed)
    return owed


def _ask_soon(owed: OwedRefund) -> None:
    if ask_for_owed_refund.get_backend().supports_defer:
        # A task table in our own database: the request commits or vanishes with its cause.
        ask_for_owed_refund.enqueue(owed.pk)
    else:
        transaction.on_commit(partial(ask_for_owed_refund.enqueue, owed.pk))


@task()
def ask_for_owed_refund(pk: int) -> None:
    """Ask Stripe at once. What fails now, the clock tries again (``give_back_all``)."""
    give_back(pk)


def give_back_all() -> int:
    """The scheduled job: ask for every refund that is still owed. Returns how many are settled by that."""
    waiting = OwedRefund.objects.filter(settled_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(give_back(pk) for pk in waiting)


def give_back(pk: int) -> bool:
    """Ask for one. False where it has to wait: Stripe is away, or another refund of the payment is on its way."""
    free = Q(taken_at=None) | Q(taken_at__lt=timezone.now() - TAKEN_FOR)
    if not OwedRefund.objects.filter(free, pk=pk, settled_at=None).update(taken_at=timezone.now()):
        return False
    owed = OwedRefund.objects.select_related("payment").get(pk=pk)
    try:
        return _give_back(owed)
    finally:
        OwedRefund.objects.filter(pk=pk).update(taken_at=None)


def _give_back(owed: OwedRefund) -> bool:
    refund = refund_of(owed)
    if refund is not None and refund.status == Refund.Status.FAILED and refund.refund_id is None:
        # We were cut off between hearing that and telling staff.
        return _leave_to_staff(owed, refund, REFUSED)
    if refund is None or refund.status == Refund.Status.REQUESTED:
        left = left_of(owed.payment)
        if not left and refund is None:
            return _leave_to_staff(owed, refund, NO_LINES)
        parts = asked_of(refund) if refund else parts_of(owed, left)
        amount = refund.amount if refund else total_of(parts)
        if not amount:
            # Staff were faster, in Stripe's dashboard or here: nothing of it is left.
            return _settle(owed)
        try:
            request_refund(owed.payment, amount=amount, reason=owed.mark, by=owed.asked_by, parts=parts)
        except RefundRefused as refused:
            refund = refund_of(owed)
            if refund is None or refund.status == Refund.Status.REQUESTED:
                return _wait(owed, str(refused))
            return _leave_to_staff(owed, refund, str(refused))
        refund = refund_of(owed)
    return _settle(owed, refund)


def refund_of(owed: OwedRefund) -> Refund | None:
    """The refund that was asked for it, by its mark: found also where we were cut off before we could note it."""
    return owed.payment.refunds.filter(reason=owed.mark).order_by("-pk").first()


def parts_of(owed: OwedRefund, left: Iterable[LineLeft]) -> list[RefundPart]:
    """What of each line goes back: the part of what these things cost, and at most what is left of that."""
    wanted = {row.line_id: row for row in owed.lines.all()}
    rows = [(one, wanted[one.line.pk]) for one in left if one.line.pk in wanted]
    parts = [part_of(one, row.quantity, row.percent) for one, row in rows]
    return [part for part in parts if part.gross]


def part_of(left: LineLeft, quantity: int, percent: int) -> RefundPart:
    """What goes back of a line for so many of its things, at so many percent of what was paid for them."""
    quantity = min(quantity, left.quantity)
    if not quantity:
        # All of its things are accounted for: somebody else gave back for them.
        return RefundPart(line=left.line, amount=0)
    whole = left.of_quantity(quantity)
    if percent == 100:
        return whole
    # Parts of the least that a card can be given back go to the payer.
    step = step_of(left.line.payment.currency)
    gross = step * -(-whole.gross * percent // (100 * step))
    return left.of_amount(min(gross, whole.gross), quantity=quantity)


def _settle(owed: OwedRefund, refund: Refund | None = None) -> bool:
    OwedRefund.objects.filter(pk=owed.pk, settled_at=None).update(settled_at=timezone.now(), refund=refund, problem="")
    close_issue("refund_failed", _key(owed))
    return True


def _wait(owed: OwedRefund, why: str) -> bool:
    OwedRefund.objects.filter(pk=owed.pk).update(problem=why[:300])
    if owed.created_at < timezone.now() - LONG:
        open_issue(
            "refund_failed", _key(owed), f"{owed.mark}: it waits for a day to be refunded. {why}", payment=owed.payment
        )
    return False


def _key(owed: OwedRefund) -> str:
    return f"owed_refund:{owed.pk}"


def _leave_to_staff(owed: OwedRefund, refund: Refund | None, why: str) -> bool:
    """Asking again would not help, and the payer must not wait for ever."""
    OwedRefund.objects.filter(pk=owed.pk).update(settled_at=timezone.now(), refund=refund, problem=why[:300])
    open_issue(
        "refund_failed",
        str(refund.public_id) if refund else _key(owed),
        f"{owed.mark}: money is owed and could not be refunded. {why}",
        payment=owed.payment,
    )
    return False
