"""What the fundraisers' pages have in common."""

from __future__ import annotations

from django.urls import reverse

from receipts.models import Payer
from receipts.searching import find_payers
from receipts.staff.acting import StaffAction

SHOWN = 12


class FundraisingPage(StaffAction):
    """A page that belongs to a listing: `came_from` is its address's name and its title."""

    came_from = ("offline_gifts:index", "Offline gifts")
    header_icon = "form"

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        address, title = self.came_from
        return [
            *self.breadcrumbs_items,
            {"url": reverse(address), "label": title},
            {"url": "", "label": self.page_title},
        ]


def payers_like(text: str) -> list[Payer]:
    """The first who are found; nobody for an empty text."""
    if not text.strip():
        return []
    return list(find_payers(text).filter(erased_at=None).order_by("name", "pk")[:SHOWN])


def payer_named(key: str | None) -> Payer | None:
    """The payer that a link or a form names: one that stands for itself and was not erased."""
    if not key or not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    return Payer.objects.live().filter(pk=int(key), erased_at=None).first()
