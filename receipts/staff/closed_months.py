"""Closed months: closing one closes every month before it, for good."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views import View
from wagtail.admin.auth import require_admin_access
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from receipts.ledger import close_month
from receipts.models import ClosedMonth, Transaction
from receipts.months import last_closed_month, month_of, months, next_month
from receipts.reports.charts import month_label
from receipts.staff.columns import MomentColumn, MonthColumn
from receipts.staff.viewset import BooksIndexView, ReadOnlyViewSet


def months_to_close() -> list[int]:
    """The months that are over and not closed, from the first that has anything in it."""
    first = Transaction.objects.order_by("month").values_list("month", flat=True).first()
    closed = last_closed_month()
    now = month_of(timezone.now())
    start = next_month(closed) if closed else (first or now)
    return list(months(start, now))


class CloseForm(forms.Form):
    month = forms.TypedChoiceField(coerce=int, help_text="Every earlier month is closed with it.")
    is_sure = forms.BooleanField(label="I understand that a closed month stays closed.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month = cast(forms.TypedChoiceField, self.fields["month"])
        month.choices = [(open_month, month_label(open_month)) for open_month in months_to_close()]


class CloseView(View):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("receipts.add_closedmonth"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "receipts/staff/close_month.html", {"form": CloseForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CloseForm(request.POST)
        if not form.is_valid():
            return render(request, "receipts/staff/close_month.html", {"form": form})
        closed = close_month(form.cleaned_data["month"], request.user)
        messages.success(request, f"{closed} and every month before it are closed.")
        return redirect("closed_months:index")


class ClosedMonthIndexView(BooksIndexView):
    page_title = "Closed months"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("receipts.add_closedmonth") or not months_to_close():
            return []
        return [HeaderButton("Close a month", url=reverse("closed_months:close"), icon_name="lock")]


class ClosedMonthViewSet(ReadOnlyViewSet):
    model = ClosedMonth
    name = "closed_months"
    icon = "lock"
    menu_label = "Closed months"
    index_view_class = ClosedMonthIndexView
    inspect_view_enabled = False
    actions = ("add",)
    list_display = [
        MonthColumn("month", label="Month", sort_key="month"),
        MomentColumn("closed_at", label="Closed"),
        Column("closed_by", label="By"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        close = path("close/", require_admin_access(CloseView.as_view()), name="close")
        return [*super().get_urlpatterns()[:2], close]
