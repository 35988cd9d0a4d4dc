"""Supporters: finding them, listing them, exporting who was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.timezone import localtime
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn

from receipts.exports import Cell, csv_response, xlsx_response
from receipts.models import Payer
from receipts.searching import find_payers
from receipts.staff.columns import MomentColumn
from receipts.staff.contact import ContactView, ResendReceiptView
from receipts.staff.merges import ChooseView, MergeView, UndoView
from receipts.staff.notes import AddNoteView, DeleteNoteView, EditNoteView, RestoreNoteView
from receipts.staff.supporter import SupporterView
from receipts.staff.viewset import BooksIndexView, ReadOnlyViewSet
from receipts.supporters import supporters

ROWS_AT_ONCE = 1_000
HEADER = (
    "Supporter", "Name", "Kind", "E-mail", "Address", "Address, second line", "City", "State or region", "Postcode",
    "Country", "Language", "Has a login", "Since",
)  # fmt: skip


def has_login(payer: Payer) -> bool:
    return payer.user_id is not None


def export_rows(payers: QuerySet[Payer]) -> Iterator[tuple[Cell, ...]]:
    for payer in payers.iterator(chunk_size=ROWS_AT_ONCE):
        yield (
            str(payer.public_id), payer.name, payer.get_kind_display(), payer.email, payer.line1, payer.line2,
            payer.city, payer.region, payer.postcode, str(payer.country), payer.language,
            "yes" if has_login(payer) else "no", localtime(payer.created_at).date(),
        )  # fmt: skip


class PayerFilterSet(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(choices=Payer.Kind.choices, label="Kind")

    class Meta:
        model = Payer
        fields: list[str] = []


class PayerIndexView(BooksIndexView):
    """Wagtail's listing, search and export buttons, with our search and the guarded writer behind them."""

    is_searchable = True
    page_title = "Supporters"

    @property
    def list_export(self) -> list[str]:
        # Wagtail shows the buttons where this names something; the columns are HEADER's.
        return ["public_id"] if self.request.user.has_perm("receipts.export_payer") else []

    def get_base_queryset(self) -> QuerySet[Payer]:
        # A search finds also who only tried: they may ask what became of it.
        payers = Payer.objects.live() if self.is_searching else supporters()
        return payers.order_by("-created_at", "-pk")

    def search_queryset(self, queryset: QuerySet[Payer]) -> QuerySet[Payer]:
        return queryset.filter(pk__in=find_payers(self.search_query or "").values("pk"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("export") not in ("csv", "xlsx"):
            response: HttpResponseBase = super().get(request, *args, **kwargs)
            return response
        if not self.list_export:
            raise PermissionDenied
        write = csv_response if request.GET["export"] == "csv" else xlsx_response
        return write("supporters", HEADER, export_rows(self.get_queryset()))


class PayerViewSet(ReadOnlyViewSet):
    model = Payer
    name = "payers"
    icon = "user"
    menu_label = "All supporters"
    index_view_class = PayerIndexView
    inspect_view_class = SupporterView
    inspect_template_name = "receipts/staff/supporter.html"
    filterset_class = PayerFilterSet
    actions = ("change", "merge", "export", "erase")
    list_display = [
        TitleColumn("name", url_name="payers:inspect", sort_key="name"),
        Column("email", label="E-mail", sort_key="email"),
        Column("get_kind_display", label="Kind"),
        Column("postcode"),
        Column("country", accessor="country.name", label="Country"),
        BooleanColumn("has_login", label="Has a login", accessor=has_login),
        MomentColumn("created_at", label="Since", sort_key="created_at"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        pages = [
            ("contact/<int:pk>/", ContactView, "contact"),
            ("resend/<int:pk>/", ResendReceiptView, "resend_receipt"),
            ("notes/add/<int:pk>/", AddNoteView, "add_note"),
            ("notes/<int:pk>/", EditNoteView, "edit_note"),
            ("notes/<int:pk>/delete/", DeleteNoteView, "delete_note"),
            ("notes/<int:pk>/restore/", RestoreNoteView, "restore_note"),
            ("merge/<int:pk>/", ChooseView, "choose_merge"),
            ("merge/<int:pk>/<int:other>/", MergeView, "merge"),
            ("part/<int:merge>/", UndoView, "undo_merge"),
        ]
        own = [path(route, require_admin_access(view.as_view()), name=name) for route, view, name in pages]
        return [*super().get_urlpatterns(), *own]
