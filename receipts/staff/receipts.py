"""Receipts: download, void with a reason, draw again."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views import View
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from receipts.documents import document_context
from receipts.issuing import void_receipt
from receipts.models import Receipt
from receipts.staff.columns import DayColumn, MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet
from receipts.tasks import draw_receipt


class ReceiptFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(choices=Receipt.State.choices, label="State")
    kind = django_filters.ChoiceFilter(choices=Receipt.Kind.choices, label="Kind")
    render_state = django_filters.ChoiceFilter(choices=Receipt.Render.choices, label="Document")
    issued_on = django_filters.DateFromToRangeFilter(label="Issued", widget=DateRangePickerWidget)

    class Meta:
        model = Receipt
        fields: list[str] = []


class ReceiptIndexView(BooksIndexView):
    looks_in = ("label", "payer__name", "payer__email")
    page_title = "Receipts"

    def get_base_queryset(self) -> QuerySet[Receipt]:
        return Receipt.objects.select_related("payer").defer("snapshot").order_by("-created_at", "-pk")


class ReceiptInspectView(BooksInspectView):
    page_title = "Receipt"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        user, receipt = self.request.user, self.object
        buttons = []
        if user.has_perm("receipts.download_receipt"):
            buttons.append(HeaderButton("Download", url=receipt.get_absolute_url(), icon_name="download"))
        if user.has_perm("receipts.void_receipt") and receipt.is_live:
            url = reverse("receipts:void", args=[receipt.pk])
            buttons.append(HeaderButton("Void", url=url, icon_name="cross"))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        is_waiting = self.object.render_state != Receipt.Render.STORED
        may_draw = is_waiting and self.request.user.has_perm("receipts.void_receipt")
        return {**context, **document_context(self.object), "may_draw": may_draw}


class VoidForm(forms.Form):
    reason = forms.CharField(
        max_length=200, help_text="Kept with the receipt for good. Name no third person.", widget=forms.TextInput
    )
    is_sure = forms.BooleanField(
        label="I understand that a void receipt stays void, and that its number is not used again."
    )


class ReceiptAction(View):
    """An action of whoever may void receipts."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("receipts.void_receipt"):
            raise PermissionDenied
        self.receipt = get_object_or_404(Receipt.objects.select_related("payer"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def done(self) -> HttpResponse:
        return redirect("receipts:inspect", self.receipt.pk)


class VoidView(ReceiptAction):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.ask(VoidForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = VoidForm(request.POST)
        if not form.is_valid():
            return self.ask(form)
        void_receipt(self.receipt, reason=form.cleaned_data["reason"], at=timezone.now())
        log(instance=self.receipt, action="receipts.void", user=request.user)
        messages.success(request, f"Receipt {self.receipt.label} is void.")
        return self.done()

    def ask(self, form: VoidForm) -> HttpResponse:
        if not self.receipt.is_live:
            messages.warning(self.request, f"Receipt {self.receipt.label} is void already.")
            return self.done()
        return render(self.request, "receipts/staff/void.html", {"receipt": self.receipt, "form": form})


class DrawAgainView(ReceiptAction):
    """For a receipt that could not be drawn: after the cause is gone, with the same number."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        waiting = Receipt.objects.filter(pk=self.receipt.pk).exclude(render_state=Receipt.Render.STORED)
        waiting.update(render_state=Receipt.Render.WAITING, render_attempts=0)
        draw_receipt.enqueue(self.receipt.pk)
        messages.success(request, f"Receipt {self.receipt.label} is being drawn again.")
        return self.done()


class ReceiptViewSet(ReadOnlyViewSet):
    model = Receipt
    name = "receipts"
    icon = "doc-full"
    menu_label = "Receipts"
    index_view_class = ReceiptIndexView
    inspect_view_class = ReceiptInspectView
    inspect_template_name = "receipts/staff/receipt.html"
    filterset_class = ReceiptFilterSet
    actions = ("download", "void")
    list_display = [
        TitleColumn("label", label="Number", url_name="receipts:inspect", sort_key="label"),
        Column("payer", accessor="payer.name"),
        DayColumn("issued_on", label="Issued", sort_key="issued_on"),
        MoneyColumn("amount", sort_key="amount"),
        MoneyColumn("eligible_amount", label="Receiptable", sort_key="eligible_amount"),
        StatusTagColumn(
            "state", accessor="get_state_display", primary=lambda row: row.state == Receipt.State.VOID, sort_key="state"
        ),
        StatusTagColumn(
            "render_state",
            label="Document",
            accessor="get_render_state_display",
            primary=lambda row: row.render_state == Receipt.Render.FAILED,
            sort_key="render_state",
        ),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("void/<int:pk>/", require_admin_access(VoidView.as_view()), name="void"),
            path("draw/<int:pk>/", require_admin_access(DrawAgainView.as_view()), name="draw"),
        ]
