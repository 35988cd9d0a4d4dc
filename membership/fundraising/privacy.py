"""What staff wrote down of somebody's gifts, and forgetting it."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.privacy import Person, Table
from membership.models import OfflineGift


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
