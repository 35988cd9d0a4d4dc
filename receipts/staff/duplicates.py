"""Possible duplicates: compare and merge them, or say that they are two."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views import View
from wagtail.admin.auth import require_admin_access
from wagtail.admin.ui.tables import Column

from receipts.duplicates import REASONS
from receipts.models import DuplicatePair
from receipts.staff.viewset import BooksIndexView, ReadOnlyViewSet


class PayerColumn(Column):
    cell_template_name = "receipts/staff/payer_cell.html"


class ActionsColumn(Column):
    cell_template_name = "receipts/staff/duplicate_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        request = parent_context["request"]
        return {**context, "request": request, "may_merge": request.user.has_perm("receipts.merge_payer")}


class DuplicateIndexView(BooksIndexView):
    page_title = "Possible duplicates"

    def get_base_queryset(self) -> QuerySet[DuplicatePair]:
        return DuplicatePair.objects.waiting().select_related("first__user", "second__user").order_by("-score", "pk")


class DismissView(View):
    """These two are two, for good: the search does not name them again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("receipts.merge_payer"):
            raise PermissionDenied
        pair = DuplicatePair.objects.filter(pk=pk, dismissed_at=None)
        pair.update(dismissed_at=timezone.now(), dismissed_by=request.user)
        messages.success(request, "They are two. This pair is not shown again.")
        return redirect("duplicates:index")


class DuplicateViewSet(ReadOnlyViewSet):
    model = DuplicatePair
    name = "duplicates"
    icon = "copy"
    menu_label = "Possible duplicates"
    index_view_class = DuplicateIndexView
    inspect_view_enabled = False
    list_display = [
        PayerColumn("first", label="Supporter"),
        PayerColumn("second", label="Perhaps the same"),
        Column("reason", label="Why", accessor=lambda pair: REASONS.get(pair.reason, pair.reason)),
        ActionsColumn("actions", label="What are they?", accessor="pk"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        dismiss = path("dismiss/<int:pk>/", require_admin_access(DismissView.as_view()), name="dismiss")
        return [*super().get_urlpatterns()[:2], dismiss]
