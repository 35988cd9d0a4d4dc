"""Noting that an order left: whole or in part, in a parcel or picked up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shop.models import Order
from shop.orders.cancelling import unsent
from shop.orders.sending import CannotSend, send
from shop.staff.order_pages import OrderPage
from shop.staff.units import UnitsForm


class SendForm(UnitsForm):
    carrier = forms.CharField(max_length=60, required=False)
    tracking = forms.CharField(label="Tracking number", max_length=80, required=False)
    url = forms.URLField(
        label="Where it can be followed", max_length=300, required=False, assume_scheme="https",
        help_text="The carrier’s page for this parcel. It is mailed to the customer.",
    )  # fmt: skip

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, order=order, **kwargs)
        if order.is_pickup:
            for name in ("carrier", "tracking", "url"):
                del self.fields[name]

    def parcel(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("carrier", "tracking", "url")}


class SendView(OrderPage):
    template_name = "shop/staff/send.html"
    header_icon = "mail"

    @property
    def page_title(self) -> str:
        return "Hand over" if self.order.is_pickup else "Send"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not unsent(self.order):
            messages.warning(request, "Nothing of this order is left to send.")
            return self.back()
        return super().get(request, *args, **kwargs)

    def form(self, typed: Any = None) -> SendForm:
        return SendForm(typed, order=self.order, left=unsent(self.order))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": kwargs.pop("form", None) or self.form(), **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            # What was seen is compared and answered under one lock: two clicks send it once.
            self.order = Order.objects.select_for_update().get(pk=pk)
            form = self.form(request.POST)
            if not form.is_valid():
                return self.ask_again(form)
            try:
                with transaction.atomic():
                    send(self.order, form.quantities(), by=self.colleague, **form.parcel())
            except CannotSend as refused:
                form.add_error(None, str(refused))
                return self.ask_again(form)
            number = sum(form.quantities().values())
            self.note("shop.send", units=number)
        messages.success(request, f"{number} {'unit' if number == 1 else 'units'} handed over.")
        return self.back()
