"""Booking the lines of a statement as gifts, and taking them back. One line is booked once, whoever clicks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from membership.fundraising.bank_import.matching import SURE
from membership.fundraising.offline import OfflineTerms, UndoRefused, record_offline_gift, undo_offline_gift
from membership.models import BankImport, BankLine, Campaign, Gift, OfflineGift
from receipts.models import Fund, Payer


class NotBooked(Exception):
    """Nothing was written. Its text is a sentence for staff."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What of a line goes where, in minor units."""

    amount: int
    fund: Fund
    campaign: Campaign | None = None


@transaction.atomic
def book_line(line: BankLine, *, by: Any, payer: Payer | None = None, parts: Sequence[Part] = ()) -> list[OfflineGift]:
    """Book a line to its supporter (or to another one), whole or in parts.

    Raises NotBooked.
    """
    giver = payer or line.payer
    if giver is None:
        raise NotBooked("Choose who paid this first.")
    giver = giver.current()
    if giver.erased_at:
        raise NotBooked("This supporter was erased at their own wish.")
    parts = parts or [Part(amount=line.amount, fund=Fund.unrestricted())]
    if sum(part.amount for part in parts) != line.amount or any(part.amount <= 0 for part in parts):
        raise NotBooked("The parts do not add up to what came in.")
    if not line.claim():
        raise NotBooked("A colleague has dealt with this line already.")
    line.refresh_from_db()
    BankLine.objects.filter(pk=line.pk).update(payer=giver)
    return [_book(line, giver, part, place, by) for place, part in enumerate(parts, 1)]


def _book(line: BankLine, payer: Payer, part: Part, place: int, by: Any) -> OfflineGift:
    """The books' reference says which line: unique, so that the books refuse it a second time as well."""
    again = f":{line.bookings}" if line.bookings > 1 else ""
    reference = f"bank:{line.public_id}{again}" + (f":part-{place}" if place > 1 else "")
    terms = OfflineTerms(
        amount=part.amount,
        currency=line.currency,
        received_on=line.booked_on,
        method=Gift.Method.TRANSFER,
        fund=part.fund,
        campaign=part.campaign,
        reference=line.reference_text[:140],
    )
    offline, _ = record_offline_gift(
        key=uuid.uuid5(line.public_id, reference), payer=payer, terms=terms, by=by, booked_as=reference
    )
    OfflineGift.objects.filter(pk=offline.pk).update(line=line)
    return offline


def sure_lines(statement: BankImport) -> Any:
    return statement.lines.filter(state=BankLine.State.MATCHED, score__gte=SURE, amount__gt=0)


def book_sure_lines(statement: BankImport, *, by: Any) -> int:
    """Each by itself: what a colleague books meanwhile does not stop the rest."""
    booked = 0
    for line in sure_lines(statement).select_related("payer__merged_into"):
        try:
            booked += bool(book_line(line, by=by))
        except NotBooked:
            continue
    return booked


def skip_line(line: BankLine) -> bool:
    waiting = BankLine.objects.filter(pk=line.pk, state__in=BankLine.OPEN)
    return bool(waiting.update(state=BankLine.State.SKIPPED))


def reopen_line(line: BankLine) -> bool:
    """What was skipped, or taken for a payout, is looked at after all."""
    closed = (BankLine.State.SKIPPED, BankLine.State.PAYOUT)
    back = BankLine.State.MATCHED if line.payer_id else BankLine.State.NEW
    return bool(BankLine.objects.filter(pk=line.pk, state__in=closed, amount__gt=0).update(state=back))


@transaction.atomic
def undo_line(line: BankLine, *, reason: str, by: Any) -> bool:
    """Take back whatever was booked of a line. Raises offline.UndoRefused."""
    booked = BankLine.objects.filter(pk=line.pk, state=BankLine.State.BOOKED)
    if not booked.update(state=BankLine.State.UNDONE):
        return False
    for offline in OfflineGift.objects.standing().for_staff().filter(line=line):
        undo_offline_gift(offline, reason=reason, by=by)
    return True


def undo_statement(statement: BankImport, *, reason: str, by: Any) -> tuple[int, int]:
    """Take every line back that can be; how many were, and how many could not be."""
    undone = refused = 0
    for line in statement.lines.filter(state=BankLine.State.BOOKED):
        try:
            undone += undo_line(line, reason=reason, by=by)
        except UndoRefused:
            refused += 1
    return undone, refused
