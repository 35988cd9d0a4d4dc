"""Reading a statement's lines: each good one is kept, each bad one is reported by its number and nothing of it kept."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

from babel.core import get_global
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.cells import FORMULA, NOT_IN_XML
from membership.fundraising.bank_import.layout import LABELS, Layout, body_of
from membership.fundraising.bank_import.matching import suggest
from membership.fundraising.bank_import.reading import Row, head_of
from membership.fundraising.bank_import.values import Misread, read_amount, read_day
from membership.models import BankImport, BankLine
from receipts.months import day_of

AT_ONCE = 500
UNREAD_FOR = timedelta(days=7)
# What looks like a formula to the guard and is only a number: the balance of an account may be below zero.
NUMBER = re.compile(r"[+\-\u2212]?[0-9., ]*[0-9][0-9., ]*")
KNOWN = frozenset(get_global("all_currencies"))


class Bad(Exception):
    """Why a line is not kept, in a sentence without anything that stands in it."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(problem)
        self.column, self.problem = column, problem


@transaction.atomic
def stage(statement: BankImport, layout: Layout) -> int:
    """Keep the lines of a statement and look for who paid them; how many are new. The file is forgotten.

    Of two who say at once how it is to be read, the first one's word stands.
    """
    _, head = head_of(statement.text)
    waiting = BankImport.objects.filter(pk=statement.pk, state=BankImport.State.UPLOADED)
    text, statement.text = statement.text, ""
    if not waiting.update(state=BankImport.State.READ, text="", layout={**layout.stored(), "width": len(head)}):
        return 0
    lines, problems = read_lines(statement, text, layout, width=len(head))
    known = _known(statement.account, lines)
    new = [line for line in lines if line.digest not in known]
    suggest(new)
    for line in new:
        if line.state == BankLine.State.NOT_OURS:
            # Whose wage or rent it was is not for the eyes of whoever looks for gifts.
            line.payer_text = line.reference_text = ""
    BankLine.objects.bulk_create(new, batch_size=AT_ONCE)
    BankImport.objects.filter(pk=statement.pk).update(problems=problems, known_lines=len(lines) - len(new))
    return len(new)


def forget_unread() -> int:
    """The scheduled job: whoever stopped before naming the columns left all lines of the bank behind, as they came."""
    long_ago = timezone.now() - UNREAD_FOR
    return BankImport.objects.filter(state=BankImport.State.UPLOADED, uploaded_at__lt=long_ago).delete()[0]


def read_lines(
    statement: BankImport, text: str, layout: Layout, *, width: int
) -> tuple[list[BankLine], list[dict[str, Any]]]:
    lines, problems = [], []
    seen: Counter[tuple[Any, ...]] = Counter()
    today = day_of(timezone.now())
    for row in body_of(text, layout):
        try:
            line = _line(row, layout, width, today)
        except Bad as bad:
            problems.append({"line": row.number, "column": bad.column, "problem": bad.problem})
            continue
        line.statement, line.account = statement, statement.account.casefold()
        identity = (line.booked_on, line.amount, line.currency, line.payer_text, line.reference_text)
        # Two payments of one day may be alike in all: the second is told from the first by its place among them.
        seen[identity] += 1
        line.digest = hashlib.sha256(repr((*identity, seen[identity])).encode()).hexdigest()
        lines.append(line)
    return lines, problems


def _line(row: Row, layout: Layout, width: int, today: date) -> BankLine:
    if row.cells is None:
        raise Bad("", "A quotation mark is not closed, or stands where none may stand.")
    if len(row.cells) != width:
        raise Bad("", f"This line has {len(row.cells)} columns, and the first one has {width}.")
    for place, cell in enumerate(row.cells):
        # Amounts are read strictly below, sign and all.
        if place != layout.amount and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
            raise Bad(f"Column {place + 1}", "This cell begins like a formula of a spreadsheet.")
    currency = _currency(row.cells, layout)
    day = _read("date", lambda cell: read_day(cell, layout.order, today=today), row.cells, layout)
    amount = _read("amount", lambda cell: read_amount(cell, currency, layout.decimal), row.cells, layout)
    return BankLine(
        number=row.number,
        booked_on=day,
        amount=amount,
        currency=currency,
        payer_text=_text("payer", row.cells, layout, 200),
        reference_text=_text("text", row.cells, layout, 300),
        state=BankLine.State.NEW if amount > 0 else BankLine.State.NOT_OURS,
    )


def _read(role: str, read: Any, cells: list[str], layout: Layout) -> Any:
    try:
        return read(cells[getattr(layout, role)])
    except Misread as misread:
        raise Bad(LABELS[role], str(misread)) from misread


def _currency(cells: list[str], layout: Layout) -> str:
    if layout.currency is None:
        return str(settings.REPORTING_CURRENCY)
    currency = cells[layout.currency].upper()
    if currency not in KNOWN:
        raise Bad(LABELS["currency"], "This is no currency.")
    if currency != settings.REPORTING_CURRENCY:
        raise Bad(LABELS["currency"], f"Only {settings.REPORTING_CURRENCY} is booked from a statement.")
    return currency


def _text(role: str, cells: list[str], layout: Layout, most: int) -> str:
    column = getattr(layout, role)
    if column is None:
        return ""
    text = " ".join(NOT_IN_XML.sub("", cells[column]).split())
    if len(text) > most:
        raise Bad(LABELS[role], f"This text is longer than {most} characters.")
    return text


def _known(account: str, lines: list[BankLine]) -> set[str]:
    """What an earlier statement of this account has told already."""
    digests = [line.digest for line in lines]
    known: set[str] = set()
    for start in range(0, len(digests), AT_ONCE):
        some = BankLine.objects.filter(account=account.casefold(), digest__in=digests[start : start + AT_ONCE])
        known.update(some.values_list("digest", flat=True))
    return known
