"""What staff wrote down of somebody's gifts, and forgetting it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.privacy import Person, Table
from membership.models import BankLine, OfflineGift
from receipts.money import plain


def export(person: Person) -> Iterable[Table]:
    gifts = OfflineGift.objects.filter(gift__payer__in=person.payers).select_related("gift").order_by("pk")
    yield Table(
        name="gifts_written_down",
        rows=[
            {
                "gift": str(offline.gift.public_id),
                "reference": offline.reference,
                "note": offline.note,
                "written_down": offline.recorded_at,
                "taken_back": offline.undone_at,
            }
            for offline in gifts
        ],
    )
    yield Table(
        name="lines_of_bank_statements",
        rows=[
            {
                "day": line.booked_on,
                "amount": plain(line.amount, line.currency),
                "currency": line.currency,
                "name": line.payer_text,
                "reference": line.reference_text,
                "state": line.get_state_display(),
            }
            for line in lines_of(person).order_by("booked_on", "pk")
        ],
    )


def erase(person: Person) -> None:
    OfflineGift.objects.filter(gift__payer__in=person.payers).update(reference="", note="")
    lines = lines_of(person)
    lines.update(payer_text="", reference_text="", reason="")
    lines.filter(state=BankLine.State.MATCHED).update(state=BankLine.State.NEW, payer=None, score=0)


def lines_of(person: Person) -> QuerySet[BankLine]:
    """What a bank told of their payments, and what was only thought to be theirs."""
    theirs = Q(payer__in=person.payers) | Q(gifts__gift__payer__in=person.payers)
    return BankLine.objects.filter(pk__in=list(BankLine.objects.filter(theirs).values_list("pk", flat=True)))
