"""Everything that happened with a supporter, in one list. Each app gives its part by the hook `supporter_history`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from wagtail import hooks

from receipts.models import Payer

# The kinds of items, in the words of the filter.
KINDS = {
    "payment": "Payments",
    "failed": "Failed payments",
    "refund": "Given back",
    "dispute": "Disputes",
    "receipt": "Receipts",
    "support": "Memberships and gifts",
    "order": "Orders",
    "booking": "Bookings",
    "mail": "Mails",
    "note": "Notes",
    "change": "Contact details and merges",
}


@dataclass(frozen=True, kw_only=True)
class HistoryItem:
    """One thing that happened. `url` is shown to whoever has `permission`, where one is named."""

    at: datetime
    kind: str
    title: str
    detail: str = ""
    url: str = ""
    permission: str = ""
    amount: int | None = None
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class SupporterPanel:
    """A box beside the history, with a template and a context of its own."""

    order: int
    title: str
    template_name: str
    context: Mapping[str, Any] = field(default_factory=dict)

    def render(self, request: HttpRequest) -> str:
        return render_to_string(self.template_name, dict(self.context), request=request)


@dataclass(frozen=True, kw_only=True)
class SupporterAction:
    """Something that staff can do from a supporter's page, shown to whoever has `permission`."""

    label: str
    url: str
    icon: str
    permission: str


def history_of(payers: Sequence[Payer]) -> list[HistoryItem]:
    """All items of these rows of one payer (the one that stands for the others first), the newest first."""
    parts: Iterable[Iterable[HistoryItem]] = (part(payers) for part in hooks.get_hooks("supporter_history"))
    items = [item for items in parts for item in items]
    return sorted(items, key=lambda item: item.at, reverse=True)


def panels_of(payers: Sequence[Payer]) -> list[SupporterPanel]:
    panels = [panel for part in hooks.get_hooks("supporter_panels") for panel in part(payers)]
    return sorted(panels, key=lambda panel: panel.order)


def actions_of(payer: Payer, user: Any) -> list[SupporterAction]:
    offered = [action for part in hooks.get_hooks("supporter_actions") for action in part(payer)]
    return [action for action in offered if user.has_perm(action.permission)]


def rows_of(payer: Payer) -> list[Payer]:
    """Every row that is this payer, the one that stands for all of them first."""
    rows = Payer.objects.same_as(payer).select_related("user").order_by("pk")
    return sorted(rows, key=lambda row: row.merged_into_id is not None)
