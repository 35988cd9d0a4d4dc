"""Giving back by line and quantity: what is left of each line, and what a refund takes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, Sum

from payments.currencies import step_of
from payments.lines_in_books import BookedLine, booked_lines, payment_of
from payments.models import Payment, PaymentLine, Refund, RefundLine
from payments.payables import Payable, kind_of
from receipts import ledger
from receipts.models import Transaction
from receipts.money import split


@dataclass(frozen=True, kw_only=True)
class RefundPart:
    """What goes back of one line: ``amount`` is net, both are minor units of the payment's currency.

    ``quantity`` is how many things come back or are not sent; 0 where only money goes back.
    """

    line: PaymentLine
    amount: int
    tax: int = 0
    quantity: int = 0

    @property
    def gross(self) -> int:
        return self.amount + self.tax


@dataclass(frozen=True, kw_only=True)
class LineLeft(RefundPart):
    """What may still be given back of a line."""

    @property
    def is_nothing(self) -> bool:
        return not self.gross and not self.quantity

    @property
    def rest(self) -> RefundPart:
        """All that is left of it, also where money alone is."""
        return RefundPart(line=self.line, amount=self.amount, tax=self.tax, quantity=self.quantity)

    def of_quantity(self, quantity: int) -> RefundPart:
        """What so many of them cost, down to what a card can be given back; the last ones take what is left.

        None of them cost nothing: money that stayed with us when the last one came back is not theirs.
        """
        if quantity <= 0 or not self.quantity:
            return RefundPart(line=self.line, amount=0)
        if quantity >= self.quantity:
            return self.rest
        shares = [quantity, self.line.quantity - quantity]
        # Net and tax as one sum: rounded each for itself, two halves would be a cent more than a thing cost.
        gross = split(self.line.amount + self.line.tax, shares)[0]
        gross -= gross % step_of(self.line.payment.currency)
        return self.of_amount(min(gross, self.gross), quantity=quantity)

    def of_amount(self, gross: int, *, quantity: int = 0) -> RefundPart:
        """So much of it, tax included; the tax goes back in proportion. ``gross`` is at most what is left."""
        amount, tax = split(gross, [self.amount, self.tax]) if gross else (0, 0)
        return RefundPart(line=self.line, amount=amount, tax=tax, quantity=quantity)

    def holds(self, part: RefundPart) -> bool:
        return 0 <= part.amount <= self.amount and 0 <= part.tax <= self.tax and 0 <= part.quantity <= self.quantity


def left_of(payment: Payment) -> list[LineLeft]:
    """Every line with what may still be given back of it: booked, not taken back, and not on its way back.

    Empty where the lines are not what was booked. The sum may be more than ``payment.refundable_amount`` while a
    refund that names no lines is on its way.
    """
    waiting = _asked(payment, Q(refund__transaction=None))
    asked = _asked(payment, Q())
    return [
        LineLeft(
            line=booked.line,
            amount=max(booked.income_left - waiting.get(booked.line.pk, (0, 0, 0))[0], 0),
            tax=max(booked.tax_left - waiting.get(booked.line.pk, (0, 0, 0))[1], 0),
            quantity=max(booked.line.quantity - asked.get(booked.line.pk, (0, 0, 0))[2], 0),
        )
        for booked in booked_lines(payment)
    ]


def _asked(payment: Payment, which: Q) -> dict[int, tuple[int, int, int]]:
    """Amount, tax and quantity that refunds were asked to give back, by line; failed ones gave nothing back."""
    asked = RefundLine.objects.filter(which, refund__payment=payment).exclude(refund__status=Refund.Status.FAILED)
    sums = asked.order_by().values_list("line").annotate(Sum("amount"), Sum("tax"), Sum("quantity"))
    return {line: (amount, tax, quantity) for line, amount, tax, quantity in sums}


def rest_of(payment: Payment, payable: Payable | None = None) -> list[RefundPart]:
    """All that is left of a payment, or of what one payable was paid by it."""
    mine = (kind_of(payable), payable.pk) if payable else None
    return [
        left.rest
        for left in left_of(payment)
        if not left.is_nothing and mine in {None, (left.line.item.payable_kind, left.line.item.payable_id)}
    ]


def total_of(parts: Iterable[RefundPart]) -> int:
    return sum(part.gross for part in parts)


def are_left(payment: Payment, parts: Sequence[RefundPart]) -> bool:
    """Whether each part is at most what is left of its line. Ask under the payment's lock."""
    left = {one.line.pk: one for one in left_of(payment)}
    named = [part.line.pk for part in parts]
    fits = all(part.line.pk in left and left[part.line.pk].holds(part) for part in parts)
    return fits and len(named) == len(set(named))


def asked_of(refund: Refund) -> list[RefundPart]:
    """What a refund was asked to give back, by line; nothing where it named no lines."""
    return [
        RefundPart(line=one.line, amount=one.amount, tax=one.tax, quantity=one.quantity)
        for one in refund.lines.select_related("line")
    ]


def parts_of(transaction: Transaction) -> list[RefundPart]:
    """What a refund or a lost dispute took back, by line, as it stands in the books; of a reversal, what it gave again.

    Made in Stripe's dashboard, it names no quantities. Empty where the lines are not what was booked.
    """
    payment = payment_of(transaction)
    if payment is None:
        return []
    taken_back = transaction.reverses or transaction
    sums = dict(taken_back.entries.order_by().values_list("corrects").annotate(Sum("amount")))
    asked = RefundLine.objects.filter(refund__transaction=taken_back)
    quantities = dict(asked.values_list("line", "quantity"))
    parts = [_part(booked, sums, quantities) for booked in booked_lines(payment)]
    return [part for part in parts if part.gross or part.quantity]


def _part(booked: BookedLine, sums: dict[int | None, int], quantities: dict[int, int]) -> RefundPart:
    return RefundPart(
        line=booked.line,
        amount=sums.get(booked.income.pk, 0) if booked.income else 0,
        tax=sums.get(booked.tax.pk, 0) if booked.tax else 0,
        quantity=quantities.get(booked.line.pk, 0),
    )


def in_the_books(refund: Refund, amount: int) -> list[tuple[int, int]] | None:
    """What ``ledger.record_refund`` takes of which entry. None for a refund that names no lines.

    Meanwhile a refund made in Stripe's dashboard may have taken from these lines. Then what is left of them goes
    first, and the rest comes from the other lines in proportion. Call it with the payment's transaction locked.
    """
    asked = {one.line_id: one for one in refund.lines.all()} if refund.pk else {}
    booked = booked_lines(refund.payment) if asked else []
    if not asked or not booked or refund.payment.transaction is None:
        return None
    wanted: dict[int, int] = {}
    for one in booked:
        if (part := asked.get(one.line.pk)) is not None:
            wanted |= {one.income.pk: part.amount} if one.income else {}
            wanted |= {one.tax.pk: part.tax} if one.tax else {}
    left = [(entry, rest) for entry, rest in ledger.unrefunded_by_entry(refund.payment.transaction) if rest > 0]
    return ledger.nearest_to(left, amount, wanted)
