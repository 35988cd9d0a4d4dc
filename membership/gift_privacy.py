"""What gifts know of a person beside their terms: whom they were for, and who was told."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.privacy import Person, Table
from membership.models import Gift, Tribute
from membership.tributes import erase_tributes


def export(person: Person) -> Iterable[Table]:
    tributes = Tribute.objects.filter(gift__payer__in=person.payers).select_related("gift").order_by("pk")
    yield Table(
        name="tributes",
        rows=[
            {
                "gift": str(tribute.gift.public_id),
                "kind": tribute.get_kind_display(),
                "for": tribute.honouree,
                "told": tribute.family_name,
                "address": tribute.family_email,
                "message": tribute.message,
                "from": tribute.sender_shown_as,
                "day": tribute.notify_on,
                "sent": tribute.sent_at,
            }
            for tribute in tributes
        ],
    )


def erase(person: Person) -> None:
    Gift.objects.filter(payer__in=person.payers).update(contact_name="")
    erase_tributes(person)
