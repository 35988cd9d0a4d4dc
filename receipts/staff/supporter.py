"""One supporter: who they are, what they gave, and everything that happened, on one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from wagtail.admin.widgets.button import HeaderButton

from receipts.account import payments_of
from receipts.exports import Cell, csv_response
from receipts.giving import totals_of
from receipts.history import KINDS, HistoryItem, actions_of, history_of, panels_of, rows_of
from receipts.models import Payer, PayerMerge
from receipts.money import major
from receipts.months import day_of
from receipts.staff.contact import last_receipt
from receipts.staff.notes import notes_panel
from receipts.staff.viewset import BooksInspectView

ITEMS_PER_PAGE = 50
HEADER = ("When", "Kind", "What", "Detail", "Amount", "Currency")


class SupporterView(BooksInspectView):
    page_title = "Supporter"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.merged_into:
            messages.info(request, f"{self.object.name} was merged into {self.object.merged_into.name}.")
            return redirect("payers:inspect", self.object.merged_into_id)
        if request.GET.get("export") == "csv":
            return self.timeline_file()
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    # -- What is shown --------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> list[Payer]:
        return rows_of(self.object)

    @cached_property
    def items(self) -> list[HistoryItem]:
        """Without notes for those who may not read notes."""
        may_read_notes = self.request.user.has_perm("receipts.view_payernote")
        return [item for item in history_of(self.rows) if may_read_notes or item.kind != "note"]

    @cached_property
    def wanted(self) -> list[str]:
        return [kind for kind in KINDS if kind in self.request.GET.getlist("kind")]

    def chosen_items(self) -> list[HistoryItem]:
        return [item for item in self.items if not self.wanted or item.kind in self.wanted]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        offered = [
            ("change_payer", "Contact details", "payers:contact", "edit"),
            ("merge_payer", "Merge", "payers:choose_merge", "resubmit"),
            ("erase_payer", "Erase", "privacy_erase_payer", "bin"),
        ]
        if self.object.erased_at:
            return []
        may = self.request.user.has_perm
        buttons = [
            HeaderButton(label, url=reverse(name, args=[self.object.pk]), icon_name=icon, priority=place)
            for place, (permission, label, name, icon) in enumerate(offered)
            if may(f"receipts.{permission}")
        ]
        more = actions_of(self.object, self.request.user)
        return [*buttons, *(HeaderButton(one.label, url=one.url, icon_name=one.icon, priority=10) for one in more)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.request.user
        payments = payments_of(Payer.objects.filter(pk__in=[row.pk for row in self.rows]))
        page = Paginator(self.chosen_items(), ITEMS_PER_PAGE).get_page(self.request.GET.get("p"))
        return {
            **context,
            "payer": self.object,
            "since": min(row.created_at for row in self.rows),
            "totals": totals_of(payments, today=day_of(timezone.now())),
            "page": page,
            "items": [(item, item.url if may_follow(item, user) else "", KINDS.get(item.kind, "")) for item in page],
            "filters": self.filters(),
            "query": kinds_query(self.wanted),
            "panels": [(panel.title, panel.render(self.request)) for panel in panels_of(self.rows)],
            "merges": PayerMerge.objects.filter(kept__in=self.rows, undone_at=None).select_related("merged", "by"),
            "last_receipt": last_receipt(self.object) if user.has_perm("receipts.resend_receipt") else None,
            **(notes_panel(self.rows, user) if user.has_perm("receipts.view_payernote") else {}),
        }

    def filters(self) -> list[dict[str, Any]]:
        """A switch for every kind that there is, with the address that turns it over."""
        counts = Counter(item.kind for item in self.items)
        return [
            {
                "label": label,
                "count": counts[kind],
                "is_on": kind in self.wanted,
                "query": kinds_query([one for one in KINDS if (one in self.wanted) != (one == kind)]),
            }
            for kind, label in KINDS.items()
            if counts[kind]
        ]

    # -- The same as a file ---------------------------------------------------------------------------------

    def timeline_file(self) -> HttpResponseBase:
        if not self.request.user.has_perm("receipts.export_payer"):
            raise PermissionDenied
        return csv_response(f"supporter-{self.object.public_id}", HEADER, file_rows(self.chosen_items()))


def file_rows(items: list[HistoryItem]) -> Iterator[tuple[Cell, ...]]:
    for item in items:
        amount = None if item.amount is None else major(item.amount, item.currency)
        yield localtime(item.at), KINDS.get(item.kind, item.kind), item.title, item.detail, amount, item.currency


def may_follow(item: HistoryItem, user: Any) -> bool:
    return not item.permission or bool(user.has_perm(item.permission))


def kinds_query(kinds: list[str]) -> str:
    query = QueryDict(mutable=True)
    query.setlist("kind", kinds)
    return query.urlencode()
