"""Payouts to the bank, their lines, and whether the lines add up."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from wagtail.admin.ui.tables import Column, TitleColumn

from payments.models import BalanceLine, Payment, Payout, Refund
from payments.staff.columns import JudgedMoneyColumn
from payments.staff.filters import PayoutFilterSet
from payments.staff.viewset import StaffViewSet
from receipts.staff.columns import MomentColumn, MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView

LINES_PER_PAGE = 100


def sum_of_lines(payout: Payout) -> int | str:
    if payout.lines_total is not None:
        return payout.lines_total
    return "not known yet" if payout.automatic else "not itemisable"


def difference(payout: Payout) -> int | str:
    return "" if payout.difference is None else payout.difference


def with_payments(lines: Page[BalanceLine]) -> list[tuple[BalanceLine, int | None]]:
    """Each line with the key of the payment whose charge or refund it is, found in two queries for all of them."""
    sources = [line.source_id for line in lines if line.source_id]
    found = dict(Payment.objects.filter(charge_id__in=sources).values_list("charge_id", "pk"))
    found |= dict(Refund.objects.filter(refund_id__in=sources).values_list("refund_id", "payment_id"))
    return [(line, found.get(line.source_id)) for line in lines]


class PayoutIndexView(BooksIndexView):
    looks_in = ("payout_id",)
    page_title = "Payouts"


class PayoutInspectView(BooksInspectView):
    template_name = "payments/staff/payout.html"
    page_title = "Payout"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payout: Payout = self.object
        lines = payout.balance_lines.exclude(type__in=["payout", "payout_failure"]).order_by("created", "pk")
        page = Paginator(lines, LINES_PER_PAGE).get_page(self.request.GET.get("p"))
        return {
            **super().get_context_data(**kwargs),
            "payout": payout,
            "sum_of_lines": sum_of_lines(payout),
            "page": page,
            "lines": with_payments(page),
        }


class PayoutViewSet(StaffViewSet):
    model = Payout
    name = "payouts"
    icon = "upload"
    menu_label = "Payouts"
    index_view_class = PayoutIndexView
    inspect_view_class = PayoutInspectView
    inspect_template_name = "payments/staff/payout.html"
    filterset_class = PayoutFilterSet
    ordering = "-created"
    list_display = [
        TitleColumn("payout_id", label="Payout", url_name="payouts:inspect"),
        MomentColumn("created", label="Created", sort_key="created"),
        MomentColumn("arrival_at", label="Arrives", sort_key="arrival_at"),
        MoneyColumn("amount", sort_key="amount"),
        MoneyColumn("lines_total", label="Sum of its lines", accessor=sum_of_lines),
        JudgedMoneyColumn("difference", accessor=difference, is_bad=lambda payout: bool(payout.difference)),
        Column("status"),
    ]
