"""Proving that the books hold. Sums in SQL only, so that it stays quick over millions of entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from receipts import triggers
from receipts.chart import DEBIT_SIDE, GROUPS, Account
from receipts.invoices.checks import invoice_problems
from receipts.models import Entry, Fund, Payer, Receipt, ReceiptLine, ReceiptSeries, Transaction


def books_problems() -> list[str]:
    """Everything that is wrong with the books, each as a sentence. Empty when they hold."""
    return [problem for check in CHECKS for problem in check()]


def _triggers_are_there() -> Iterator[str]:
    for name in triggers.missing(connection):
        yield f"The database trigger {name} is missing: run `migrate` to put it back."


def _every_transaction_has_entries() -> Iterator[str]:
    empty = Transaction.objects.filter(entries=None).count()
    if empty:
        yield f"{empty} transactions moved nothing: they have no entry."


def _months_agree() -> Iterator[str]:
    strays = Entry.objects.exclude(month=F("transaction__month")).count()
    if strays:
        yield f"{strays} entries are in another month than their transaction."


def _accounts_are_in_the_chart() -> Iterator[str]:
    debited, credited = (
        Entry.objects.order_by().values_list(side, flat=True).distinct() for side in ("debit", "credit")
    )
    used = {*debited, *credited}
    for account in sorted(used - set(Account.values)):
        yield f"The account “{account}” is not in the chart."


def _corrections_stay_within() -> Iterator[str]:
    """What corrects an entry, less what was corrected back, is at most the entry."""
    corrections = Entry.objects.filter(corrects=OuterRef("pk")).order_by().values("corrects")
    back = Entry.objects.filter(corrects__corrects=OuterRef("pk")).order_by().values("corrects__corrects")
    corrected = Entry.objects.filter(pk__in=Entry.objects.exclude(corrects=None).values("corrects"))
    exceeded = corrected.annotate(
        taken=Coalesce(Subquery(corrections.annotate(s=Sum("amount")).values("s")), 0)
        - Coalesce(Subquery(back.annotate(s=Sum("amount")).values("s")), 0)
    ).filter(taken__gt=F("amount"))
    for reference in exceeded.values_list("transaction__reference", flat=True)[:20]:
        yield f"More was taken back of {reference} than was paid."
    crossed = Entry.objects.exclude(corrects=None).exclude(debit=F("corrects__credit"))
    if count := crossed.count():
        yield f"{count} corrections do not undo the account that they correct."
    foreign = Entry.objects.exclude(corrects=None).exclude(currency=F("corrects__currency")).count()
    if foreign:
        yield f"{foreign} corrections are in another currency than their entry."


def _reversals_mirror() -> Iterator[str]:
    reversals = Transaction.objects.exclude(reverses=None)
    mine = Entry.objects.filter(transaction=OuterRef("pk")).order_by().values("transaction")
    theirs = Entry.objects.filter(transaction=OuterRef("reverses")).order_by().values("transaction")
    uneven = reversals.annotate(
        mine=Subquery(mine.annotate(s=Sum("amount")).values("s")),
        theirs=Subquery(theirs.annotate(s=Sum("amount")).values("s")),
    ).exclude(mine=F("theirs"))
    for reference in uneven.values_list("reference", flat=True)[:20]:
        yield f"{reference} does not take back exactly what it reverses."


def _receipt_numbers_have_no_gap() -> Iterator[str]:
    counted = ReceiptSeries.objects.annotate(
        used=Count("receipts"), first=Min("receipts__number"), last=Max("receipts__number")
    )
    for series in counted:
        expected = (series.next_number - 1, 1, series.next_number - 1) if series.next_number > 1 else (0, None, None)
        if (series.used, series.first, series.last) != expected:
            yield f"The numbers of receipt series {series} have a gap."


def _receipts_agree_with_their_lines() -> Iterator[str]:
    sums = Receipt.objects.annotate(
        of_lines=Coalesce(Sum("lines__amount"), 0), eligible_of_lines=Coalesce(Sum("lines__eligible_amount"), 0)
    )
    for label in sums.exclude(amount=F("of_lines"), eligible_amount=F("eligible_of_lines"))[:20]:
        yield f"Receipt {label} does not add up to its lines."
    strays = ReceiptLine.objects.filter(is_live=True).exclude(receipt__state=Receipt.State.ISSUED).count()
    if strays:
        yield f"{strays} lines speak for a void receipt as if it were live."
    elsewhere = ReceiptLine.objects.exclude(entry__transaction=F("receipt__transaction")).count()
    if elsewhere:
        yield f"{elsewhere} receipt lines belong to another payment than their receipt."


def _taken_back_money_has_no_live_receipt() -> Iterator[str]:
    taken = Entry.objects.filter(corrects=OuterRef("entry")).order_by().values("corrects")
    back = Entry.objects.filter(corrects__corrects=OuterRef("entry")).order_by().values("corrects__corrects")
    over = (
        ReceiptLine.objects.filter(is_live=True, entry__in=Entry.objects.exclude(corrects=None).values("corrects"))
        .annotate(
            taken=Coalesce(Subquery(taken.annotate(s=Sum("amount")).values("s")), 0)
            - Coalesce(Subquery(back.annotate(s=Sum("amount")).values("s")), 0)
        )
        .filter(taken__gte=F("entry__amount"))
    )
    for label in over.values_list("receipt__label", flat=True)[:20]:
        yield f"Receipt {label} is live although all of its money was given back."


def _one_default_fund() -> Iterator[str]:
    if Entry.objects.exists() and not Fund.objects.filter(is_default=True).exists():
        yield "There is no unrestricted fund."


def _reporting_currency_is_complete() -> Iterator[str]:
    own = Entry.objects.filter(currency=settings.REPORTING_CURRENCY)
    differing = own.filter(Q(reporting_amount=None) | ~Q(reporting_amount=F("amount"))).count()
    if differing:
        yield f"{differing} entries in {settings.REPORTING_CURRENCY} are worth something else in the same currency."


def _merged_payers_have_a_place() -> Iterator[str]:
    if chained := Payer.objects.exclude(merged_into__merged_into=None).count():
        yield f"{chained} payers were merged into one that is merged itself."
    merged = Payer.objects.exclude(merged_into=None)
    same = Q(user=None, merged_into__user=None) | Q(user=F("merged_into__user"))
    if apart := merged.exclude(same).count():
        yield f"{apart} merged payers belong to another log-in than the payer that stands for them."


CHECKS = (
    _triggers_are_there,
    _every_transaction_has_entries,
    _months_agree,
    _accounts_are_in_the_chart,
    _corrections_stay_within,
    _reversals_mirror,
    _receipt_numbers_have_no_gap,
    _receipts_agree_with_their_lines,
    _taken_back_money_has_no_live_receipt,
    invoice_problems,
    _one_default_fund,
    _reporting_currency_is_complete,
    _merged_payers_have_a_place,
)


@dataclass(frozen=True, kw_only=True)
class AccountTotal:
    """One account in one currency. `balance` reads as people say it: income earned and debts owed are above zero."""

    group: str
    account: Account
    currency: str
    debits: int
    credits: int

    @property
    def balance(self) -> int:
        way = 1 if self.account in DEBIT_SIDE or self.group == "Between" else -1
        return way * (self.debits - self.credits)


def account_totals() -> list[AccountTotal]:
    """Every account that was used, in the order of the chart, by currency."""
    debits = _sums("debit")
    credits = _sums("credit")
    currencies = sorted({currency for _, currency in (*debits, *credits)})
    return [
        AccountTotal(group=group, account=account, currency=currency, debits=debits.get((account, currency), 0),
                     credits=credits.get((account, currency), 0))
        for currency in currencies
        for group, accounts in GROUPS
        for account in Account
        if account in accounts and ((account, currency) in debits or (account, currency) in credits)
    ]  # fmt: skip


def _sums(side: str) -> dict[tuple[str, str], int]:
    rows: Iterable[tuple[str, str, int]] = (
        Entry.objects.order_by()
        .values_list(side, "currency")
        .annotate(s=Sum("amount"))
        .values_list(side, "currency", "s")
    )
    return {(account, currency): total for account, currency, total in rows}
