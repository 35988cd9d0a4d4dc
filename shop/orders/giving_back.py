"""Asking Stripe for the refunds that are owed by themselves. Nothing here is asked for twice, whatever breaks off."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from payments.issues import close_issue, open_issue
from payments.models import Refund
from payments.refund_parts import LineLeft, RefundPart, asked_of, left_of, total_of
from payments.refunding import RefundRefused, request_refund
from shop.models.money_back import MoneyBack

# Longer than all tries of one call to Stripe: who took it and was killed will not come back.
TAKEN_FOR = timedelta(minutes=10)
# A customer does not wait longer than this without somebody of ours knowing.
LONG = timedelta(days=1)
NO_LINES = "What was booked of this payment is not what was ordered, so what to give back is not known. Look at it."
REFUSED = "Stripe refused it."


def give_back_all() -> int:
    """The scheduled job: ask for every refund that is still owed. Returns how many are settled by that."""
    waiting = MoneyBack.objects.filter(settled_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(give_back(pk) for pk in waiting)


def give_back(pk: int) -> bool:
    """Ask for one. False where it has to wait: Stripe is away, or another refund of the payment is on its way."""
    free = Q(taken_at=None) | Q(taken_at__lt=timezone.now() - TAKEN_FOR)
    if not MoneyBack.objects.filter(free, pk=pk, settled_at=None).update(taken_at=timezone.now()):
        return False
    owed = MoneyBack.objects.select_related("order", "payment").get(pk=pk)
    try:
        return _give_back(owed)
    finally:
        MoneyBack.objects.filter(pk=pk).update(taken_at=None)


def _give_back(owed: MoneyBack) -> bool:
    refund = refund_of(owed)
    if refund is not None and refund.status == Refund.Status.FAILED and refund.refund_id is None:
        # We were cut off between hearing that and telling staff.
        return _leave_to_staff(owed, refund, REFUSED)
    if refund is None or refund.status == Refund.Status.REQUESTED:
        if refund is None and not lines_of(owed):
            return _leave_without_lines(owed)
        parts = asked_of(refund) if refund else parts_of(owed)
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


def refund_of(owed: MoneyBack) -> Refund | None:
    """The refund that was asked for it, by its mark: found also where we were cut off before we could note it."""
    return owed.payment.refunds.filter(reason=owed.mark).order_by("-pk").first()


def lines_of(owed: MoneyBack) -> list[LineLeft]:
    """Which lines of its payment it is about, with what is left of each. None: something else was booked."""
    named = {row.line.subject for row in owed.lines.select_related("line")}
    if owed.with_shipping:
        named.add(owed.order.shipping_subject)
    return [left for left in left_of(owed.payment) if left.line.subject in named]


def parts_of(owed: MoneyBack) -> list[RefundPart]:
    """What of each line of its payment goes back: what these units cost, and at most what is left of that.

    Where nothing of an order was kept for the customer, and of the sending, all that is left.
    """
    units = {row.line.subject: row.quantity for row in owed.lines.select_related("line")}
    parts = [
        left.rest if owed.is_whole or left.line.subject not in units else left.of_quantity(units[left.line.subject])
        for left in lines_of(owed)
    ]
    return [part for part in parts if part.gross]


def _settle(owed: MoneyBack, refund: Refund | None = None) -> bool:
    MoneyBack.objects.filter(pk=owed.pk, settled_at=None).update(settled_at=timezone.now(), refund=refund, problem="")
    close_issue("refund_failed", _key(owed))
    return True


def _wait(owed: MoneyBack, why: str) -> bool:
    MoneyBack.objects.filter(pk=owed.pk).update(problem=why[:300])
    if owed.created_at < timezone.now() - LONG:
        open_issue(
            "refund_failed", _key(owed), f"{owed.mark}: it waits for a day to be refunded. {why}", payment=owed.payment
        )
    return False


def _key(owed: MoneyBack) -> str:
    return f"money_back:{owed.pk}"


def _leave_without_lines(owed: MoneyBack) -> bool:
    """Asking again would find no more: a person says what goes back, and the customer must not wait for ever."""
    MoneyBack.objects.filter(pk=owed.pk).update(settled_at=timezone.now(), problem=NO_LINES)
    open_issue("refund_failed", _key(owed), f"{owed.mark}: {NO_LINES}", payment=owed.payment)
    return False


def _leave_to_staff(owed: MoneyBack, refund: Refund, why: str) -> bool:
    """Stripe refuses: asking again would not help, and the customer must not wait for ever."""
    MoneyBack.objects.filter(pk=owed.pk).update(settled_at=timezone.now(), refund=refund, problem=why[:300])
    open_issue(
        "refund_failed",
        str(refund.public_id),
        f"{owed.mark}: {refund.amount} {owed.payment.currency} (minor units) is owed and could not be refunded. {why}",
        payment=owed.payment,
    )
    return False
