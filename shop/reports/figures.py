"""Figures of each order line by month: money as the books say, units as the orders say. A constant number of queries.

Sales are net of discount and tax, less what went back; makers' pay is what they were owed, less what came back; sending
is what customers paid for it, shared out over the lines of its order. All are sums of ledger entries, so that the
reports agree with the books. Amounts are minor units.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Substr

from payments.models import PaymentLine
from receipts.chart import Account
from receipts.models import Entry
from receipts.money import split
from receipts.months import first_moment, month_of
from shop.models import Order, OrderLine, Return

SUBJECT = "orderline:"
SENDING = "ordershipping:"
FEE = "stripe:fee:"
# Which line of an order, or None for what the books know of no order; the month; the currency.
Key = tuple[int | None, int, str]
COUNTED = ("units", "sales", "maker_pay", "materials", "fees", "sending")
# SQLite takes no more keys than this in one question.
MANY = 30_000


@dataclass(kw_only=True)
class Figures:
    """Minor units of one currency, and units of things. They can be added up."""

    units: int = 0
    sales: int = 0
    maker_pay: int = 0
    materials: int = 0
    fees: int = 0
    # No part of the sales, nor of what is left of them: what parcels cost us is not known by order.
    sending: int = 0

    def add(self, other: Figures) -> None:
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def margin(self) -> int:
        return self.sales - self.maker_pay - self.materials - self.fees

    @property
    def maker_share(self) -> int | None:
        """What of the sales went to makers, in tenths of a percent; None where nothing was sold."""
        return (1000 * self.maker_pay + self.sales // 2) // self.sales if self.sales > 0 else None

    @property
    def is_nothing(self) -> bool:
        return not any(getattr(self, name) for name in COUNTED)


@dataclass(frozen=True, kw_only=True)
class Period:
    """Accounting months from ``start`` up to, but not including, ``end``, as they were recorded by ``as_of``."""

    start: int
    end: int
    as_of: datetime | None = None

    def entries(self) -> QuerySet[Entry]:
        return Entry.objects.between(self.start, self.end).recorded_by(self.as_of).order_by()


def figures_by_line(period: Period) -> dict[Key, Figures]:
    found: dict[Key, Figures] = defaultdict(Figures)
    for text, month, currency, amount in _balance(period, Account.SHOP_SALES, F("subject")):
        found[line_named(text), month, currency].sales += amount
    for text, month, currency, amount in _balance(period, Account.MAKER_PAY, F("transaction__reference")):
        found[line_named(text), month, currency].maker_pay -= amount
    for key, amount in sending_by_line(period):
        found[key].sending += amount
    for key, amount in fees_by_line(period):
        found[key].fees += amount
    for key, units, materials in units_by_line(period):
        found[key].units += units
        found[key].materials += materials
    return found


def line_named(text: str) -> int | None:
    """The order line that a subject or a reference names, or None."""
    return _key_in(text, SUBJECT)


def _key_in(text: str, prefix: str) -> int | None:
    named = re.match(rf"{prefix}(\d{{1,18}})(?::|$)", text)
    return int(named[1]) if named else None


def _balance(period: Period, account: str, told_by: F) -> Iterator[tuple[str, int, str, int]]:
    """Credits and (below zero) debits of an account, by what is named there, month and currency."""
    for side, sign in (("credit", 1), ("debit", -1)):
        sums = period.entries().filter(**{side: account}).values_list(told_by, "month", "currency")
        for text, month, currency, amount in sums.annotate(total=Sum("amount")):
            yield text, month, currency, sign * amount


def sending_by_line(period: Period) -> Iterator[tuple[Key, int]]:
    """What was paid for sending: each line's part by what it cost, so that it serves the purpose as its goods do."""
    paid = list(_balance(period, Account.SHIPPING_INCOME, F("subject")))
    lines = _lines_by_order({order for text, *_ in paid if (order := _key_in(text, SENDING)) is not None})
    for text, month, currency, amount in paid:
        sent = lines.get(_key_in(text, SENDING), [(None, 1)])
        for (line, _), part in zip(sent, split(amount, [weight for _, weight in sent]), strict=True):
            yield (line, month, currency), part


def _lines_by_order(orders: set[int]) -> dict[int | None, list[tuple[int | None, int]]]:
    """The lines of each order, with what each cost; where all of it was free, they weigh alike."""
    lines: dict[int | None, list[tuple[int | None, int]]] = defaultdict(list)
    rows = OrderLine.objects.filter(order__in=orders) if len(orders) < MANY else OrderLine.objects.all()
    for order, line, amount in rows.order_by("pk").values_list("order", "pk", "amount"):
        lines[order].append((line, amount))
    return {
        order: mine if any(amount for _, amount in mine) else [(line, 1) for line, _ in mine]
        for order, mine in lines.items()
    }


def fees_by_line(period: Period) -> Iterator[tuple[Key, int]]:
    """What Stripe kept of payments that hold goods: each line's part by what was paid for it, tax included."""
    ours = PaymentLine.objects.filter(subject__startswith=SUBJECT)
    fees: QuerySet[Any] = (
        period.entries()
        .filter(Q(debit=Account.STRIPE_FEES) | Q(credit=Account.STRIPE_FEES), transaction__reference__startswith=FEE)
        .annotate(charge=Substr("transaction__reference", Value(len(FEE) + 1)))
        .filter(Exists(ours.filter(payment__charge_id=OuterRef("charge"))))
    )
    lines = _lines_by_charge(fees)
    rows: Any = fees.values_list("charge", "month", "currency", "debit", "amount")
    for charge, month, currency, debit, amount in rows:
        signed = amount if debit == Account.STRIPE_FEES else -amount
        weights = [gross for _, gross in lines[charge]]
        parts = split(signed, weights) if sum(weights) else []
        for (line, _), part in zip(lines[charge], parts, strict=False):
            if line is not None:
                yield (line, month, currency), part


def _lines_by_charge(fees: QuerySet[Any]) -> dict[str, list[tuple[int | None, int]]]:
    lines: dict[str, list[tuple[int | None, int]]] = defaultdict(list)
    paid = PaymentLine.objects.filter(payment__charge_id__in=fees.values("charge")).order_by("pk")
    for charge, subject, amount, tax in paid.values_list("payment__charge_id", "subject", "amount", "tax"):
        lines[charge or ""].append((line_named(subject), amount + tax))
    return lines


def units_by_line(period: Period) -> Iterator[tuple[Key, int, int]]:
    """Units that stay sold and what their materials cost, in the month of the order, as things stand now.

    What came back and can be sold again costs no materials; what came back and can't, does.
    """
    came_back = Q(return_lines__back__state=Return.State.RECEIVED)
    lines = (
        OrderLine.objects.exclude(order__state__in=[*Order.NOT_PLACED, Order.State.UNFILLABLE])
        .filter(order__placed_at__gte=first_moment(period.start), order__placed_at__lt=first_moment(period.end))
        .annotate(again=Coalesce(Sum("return_lines__restocked", filter=came_back), 0))
    )
    if period.as_of:
        lines = lines.filter(order__placed_at__lte=period.as_of)
    for line in lines.order_by().values_list(
        "pk", "order__placed_at", "order__currency", "quantity", "cancelled", "returned", "again", "materials_cost"
    ):
        pk, placed_at, currency, quantity, cancelled, returned, again, cost = line
        used = quantity - cancelled - again
        yield (
            (pk, month_of(placed_at or first_moment(period.start)), currency),
            quantity - cancelled - returned,
            used * cost,
        )
