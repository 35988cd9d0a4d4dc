"""Stripe's balance, line by line, against the books.

Every movement of money at Stripe is a balance transaction. Each is remembered here and explained by what the ledger
holds; what nothing explains becomes an issue, so that no cent is unseen.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Max, Q, Sum
from django.utils import timezone

from payments import gateway
from payments.issues import close_issue, open_issue
from payments.mirror.ours import at, id_of
from payments.models import BalanceLine, Payment, Payout
from payments.origins import reference_behind
from receipts import ledger
from receipts.chart import Account
from receipts.models import Entry, Transaction

if TYPE_CHECKING:
    import stripe

# Lines are listed again this far back, because Stripe may show one a little late.
OVERLAP = timedelta(days=3)
# For so long a line that was taken for another integration's is looked at again.
LATE = timedelta(days=45)
# What Stripe charges by itself and not with a payment: for Billing, for Radar, taxes on its fees.
OWN_FEES = {"stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost"}


def remember_line(line: stripe.BalanceTransaction, *, payout: Payout | None = None) -> BalanceLine:
    """Store or refresh one line as Stripe tells it. Its payout, once known, is kept."""
    values = {
        "type": line.type[:60],
        "reporting_category": (line.reporting_category or "")[:60],
        "source_id": id_of(line.source) or "",
        "amount": line.amount,
        "fee": line.fee,
        "net": line.net,
        "currency": line.currency.upper(),
        "exchange_rate": str(line.exchange_rate or ""),
        "created": at(line.created),
    }
    if payout is not None:
        values["payout"] = payout
    remembered, _ = BalanceLine.objects.update_or_create(line_id=line.id, defaults=values)
    return remembered


def read_new_lines() -> int:
    """Remember all lines since the newest one we have (with some overlap). Returns how many were read."""
    newest = BalanceLine.objects.aggregate(newest=Max("created"))["newest"]
    since = int((newest - OVERLAP).timestamp()) if newest else 0
    count = 0
    for line in gateway.balance_lines(since=since):
        remember_line(line)
        count += 1
    return count


def explain_lines() -> list[BalanceLine]:
    """Explain what is not explained yet: booked, or another integration's. Returns what stays unexplained."""
    recent = timezone.now() - LATE
    waiting = list(
        BalanceLine.objects.filter(
            Q(state=BalanceLine.State.UNEXPLAINED) | Q(state=BalanceLine.State.FOREIGN, created__gte=recent)
        )
    )
    booked = _booked_references(waiting)
    for line in waiting:
        if booked.issuperset(references_of(line)):
            # Also one that was taken for foreign, when it was seen before what it belongs to.
            line.state = BalanceLine.State.BOOKED
            close_issue("balance_unexplained", line.line_id)
        elif line.state == BalanceLine.State.UNEXPLAINED and is_foreign(line):
            line.state = BalanceLine.State.FOREIGN
    BalanceLine.objects.bulk_update(waiting, ["state"], batch_size=500)
    return [line for line in waiting if line.state == BalanceLine.State.UNEXPLAINED]


def book_own_fees(lines: list[BalanceLine]) -> None:
    """Book what Stripe charged by itself: no payment of ours brings these lines into the books."""
    for line in lines:
        if line.type in OWN_FEES and line.net:
            ledger.record_fee(
                reference=f"stripe:{line.line_id}",
                amount=-line.net,
                currency=line.currency,
                occurred_at=line.created,
            )


def report_line(line: BalanceLine) -> None:
    """Ask a person about a line that nothing explains."""
    open_issue(
        "balance_unexplained",
        line.line_id,
        f"{line.type} {line.source_id}: {line.amount}, fee {line.fee} {line.currency} (minor units).",
    )


def references_of(line: BalanceLine) -> set[str]:
    """The ledger references that explain a line: its gross movement, its fee and its exchange where there are any."""
    if line.type in OWN_FEES:
        return {f"stripe:{line.line_id}"}
    if line.type in {"adjustment", "dispute", "dispute_reversal"}:
        what, failed = line.line_id, ""
    elif line.type in {"payout_failure", "payout_cancel", "refund_failure"}:
        what, failed = line.source_id, ":failed"
    else:
        what, failed = line.source_id, ""
    wanted = {f"stripe:{what}{failed}"}
    if line.fee:
        wanted.add(f"stripe:fee:{what}")
    if line.exchange_rate:
        wanted.add(f"stripe:fx:{what}{failed}")
    return wanted


def _booked_references(lines: Iterable[BalanceLine]) -> set[str]:
    wanted = sorted({reference for line in lines for reference in references_of(line)})
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        found.update(Transaction.objects.filter(reference__in=part).values_list("reference", flat=True))
    return found


def is_foreign(line: BalanceLine) -> bool:
    """Whether a charge or refund belongs to another integration on the same account. Asks Stripe."""
    if line.type not in {"charge", "payment", "refund", "payment_refund"} or not line.source_id:
        return False
    try:
        if line.type in {"refund", "payment_refund"}:
            return _foreign(id_of(gateway.read_refund(line.source_id).charge))
        return _foreign(line.source_id)
    except gateway.NoSuchObject:
        return False


def _foreign(charge_id: str | None) -> bool:
    if not charge_id or Payment.objects.filter(charge_id=charge_id).exists():
        return False
    return reference_behind(id_of(gateway.read_charge(charge_id).payment_intent)) is None


def foreign_total(currency: str) -> int:
    """What other integrations moved on this account, in minor units."""
    lines = BalanceLine.objects.filter(state=BalanceLine.State.FOREIGN, currency=currency)
    return lines.aggregate(total=Sum("net"))["total"] or 0


def booked_currencies() -> list[str]:
    """The currencies in which money ever moved through what we hold at Stripe, by way of an exchange."""
    exchanged = Entry.objects.filter(credit=Account.STRIPE, debit=Account.CURRENCY_EXCHANGE).order_by()
    return list(exchanged.values_list("currency", flat=True).distinct())


def stripe_balance() -> dict[str, int]:
    """What Stripe holds for us by currency, available and pending together, in minor units."""
    balance = gateway.read_balance()
    totals: dict[str, int] = {}
    parts = [(part.currency, part.amount) for part in balance.available]
    parts += [(part.currency, part.amount) for part in balance.pending]
    for currency, amount in parts:
        totals[currency.upper()] = totals.get(currency.upper(), 0) + amount
    return totals
