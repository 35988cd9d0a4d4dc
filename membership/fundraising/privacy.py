"""What staff wrote down of somebody's gifts, and forgetting it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accounts.privacy import Person, Table
from membership.models import BankLine, OfflineGift


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


def erase(person: Person) -> None:
    OfflineGift.objects.filter(gift__payer__in=person.payers).update(reference="", note="")
    theirs = Q(payer__in=person.payers) | Q(gifts__gift__payer__in=person.payers)
    lines = BankLine.objects.filter(pk__in=list(BankLine.objects.filter(theirs).values_list("pk", flat=True)))
    lines.update(payer_text="", reference_text="", reason="")
