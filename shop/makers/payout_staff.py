"""Staff screens of payouts to makers: draw one up, pay it, say so; or throw it away before."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from wagtail.admin.auth import require_admin_access
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from receipts import drawing
from receipts.exports import csv_response
from receipts.money import format_amount
from receipts.staff.columns import MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet
from shop.makers import payouts, sheets
from shop.makers.staff_forms import DrawUpForm, PaidForm
from shop.models import MakerPayout
from shop.staff.pages import StaffPage

DREW_UP, PAID, THREW_AWAY = "shop.draw_up_payout", "shop.pay_makers", "shop.throw_away_payout"


class PayoutPage(StaffPage):
    permission = "shop.pay_makers"
    came_from = ("maker_payouts:index", "Payouts to makers")
    header_icon = "group"

    def find(self, named: dict[str, int]) -> None:
        if "pk" in named:
            self.payout = get_object_or_404(MakerPayout.objects.select_related("transaction"), pk=named["pk"])


class DrawUpView(PayoutPage):
    template_name = "shop/staff/draw_up_payout.html"
    page_title = "Draw up a payout"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        currency = settings.REPORTING_CURRENCY
        owed = kwargs.pop("owed", None) or payouts.to_pay(currency)
        form = kwargs.pop("form", None) or DrawUpForm(owed=[maker for maker, _ in owed])
        everybody = {str(maker.pk) for maker, _ in owed}
        chosen = set(self.request.POST.getlist("makers")) if form.is_bound else everybody
        rows = [(maker, amount, str(maker.pk) in chosen) for maker, amount in owed]
        total = sum(amount for _, amount in owed)
        return super().get_context_data(form=form, rows=rows, total=total, currency=currency, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        owed = payouts.to_pay(settings.REPORTING_CURRENCY)
        form = DrawUpForm(request.POST, owed=[maker for maker, _ in owed])
        if not form.is_valid():
            return self.ask_again(form)
        try:
            chosen = list(form.cleaned_data["makers"])
            payout = payouts.draw_up(makers=chosen, currency=settings.REPORTING_CURRENCY, by=self.colleague)
        except payouts.PayoutRefused as refused:
            form.add_error(None, str(refused))
            return self.ask_again(form)
        log(payout, DREW_UP, user=request.user)
        messages.success(request, "Drawn up. Pay the makers by its sheet, then say here that it is paid.")
        return redirect("maker_payouts:inspect", payout.pk)


class PaidView(PayoutPage):
    template_name = "shop/staff/payout_paid.html"
    page_title = "The makers are paid"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": PaidForm(), "payout": self.payout, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = PaidForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        said = {name: form.cleaned_data[name] for name in ("method", "paid_on")}
        try:
            if payouts.say_paid(self.payout, **said, by=self.colleague):
                log(self.payout, PAID, user=request.user)
                messages.success(request, f"{format_amount(self.payout.total, self.payout.currency)} is in the books.")
            else:
                messages.info(request, "This payout was said to be paid already.")
        except payouts.PayoutRefused as refused:
            form.add_error(None, str(refused))
            return self.ask_again(form)
        return redirect("maker_payouts:inspect", pk)


class ThrowAwayView(PayoutPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if payouts.throw_away(self.payout):
            log(self.payout, THREW_AWAY, user=request.user)
            messages.success(request, "Thrown away. What it would have paid for is open again.")
            return redirect("maker_payouts:index")
        messages.error(request, "This payout is paid, and stays.")
        return redirect("maker_payouts:inspect", pk)


class SheetView(PayoutPage):
    permission = "shop.view_makerpayout"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        name = f"maker-payout-{self.payout.pk}"
        if request.GET.get("export") == "csv":
            return csv_response(name, sheets.HEADER, sheets.rows(self.payout))
        if drawing.why_pdf_is_off():
            return HttpResponse(sheets.sheet_html(self.payout), headers={"Cache-Control": "private, no-store"})
        try:
            pdf = sheets.sheet_pdf(self.payout)
        except drawing.MissingGlyphs:
            # A browser has fonts that we do not ship: better printed from there than with empty boxes.
            return HttpResponse(sheets.sheet_html(self.payout), headers={"Cache-Control": "private, no-store"})
        kept = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}.pdf"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=kept)


class PayoutIndexView(BooksIndexView):
    page_title = "Payouts to makers"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("shop.pay_makers"):
            return []
        return [HeaderButton("Draw up a payout", url=reverse("maker_payouts:draw_up"), icon_name="plus")]

    def get_base_queryset(self) -> QuerySet[MakerPayout]:
        return MakerPayout.objects.annotate(sum=Sum("lines__amount"), makers=Count("lines"))


class PayoutInspectView(BooksInspectView):
    page_title = "Makers’ pay"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # The style is the sheet's own.
        shown = {**sheets.context(self.object), "style": ""}
        return {**super().get_context_data(**kwargs), **shown}


class MakerPayoutViewSet(ReadOnlyViewSet):
    model = MakerPayout
    name = "maker_payouts"
    icon = "group"
    menu_label = "Payouts to makers"
    index_view_class = PayoutIndexView
    inspect_view_class = PayoutInspectView
    inspect_template_name = "shop/staff/payout.html"
    list_filter = ["state"]
    list_display = [
        TitleColumn("payout", accessor=str, url_name="maker_payouts:inspect"),
        StatusTagColumn("state", accessor="get_state_display", primary=lambda one: one.state == "draft"),
        Column("makers", label="Makers"),
        MoneyColumn("sum", label="Amount"),
        Column("paid_on", label="Paid on"),
    ]
    actions = ()

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("draw-up/", require_admin_access(DrawUpView.as_view()), name="draw_up"),
            path("paid/<int:pk>/", require_admin_access(PaidView.as_view()), name="paid"),
            path("throw-away/<int:pk>/", require_admin_access(ThrowAwayView.as_view()), name="throw_away"),
            path("sheet/<int:pk>/", require_admin_access(SheetView.as_view()), name="sheet"),
        ]

    def get_permissions_to_register(self) -> Any:
        return Permission.objects.filter(content_type__app_label="shop", content_type__model="makerpayout")
