"""Cancelling what was not sent, with a second look: the money goes back by itself, so it asks for that permission."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shop.models import Order
from shop.orders.cancelling import CannotCancel, cancel, unsent
from shop.staff.order_pages import OrderPage
from shop.staff.units import UnitsForm


class CancelForm(UnitsForm):
    nothing = "Say what to cancel."


class CancelView(OrderPage):
    template_name = "shop/staff/cancel.html"
    page_title = "Cancel"
    header_icon = "cross"

    def find(self, named: dict[str, int]) -> None:
        if not self.request.user.has_perm("payments.refund_payment"):
            raise PermissionDenied
        super().find(named)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not unsent(self.order):
            messages.warning(request, "Nothing of this order can be cancelled any more.")
            return self.back()
        return super().get(request, *args, **kwargs)

    def form(self, typed: Any = None) -> CancelForm:
        return CancelForm(typed, order=self.order, left=unsent(self.order))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": kwargs.pop("form", None) or self.form(), **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            self.order = Order.objects.select_for_update().get(pk=pk)
            form = self.form(request.POST)
            if not form.is_valid():
                return self.ask_again(form)
            if request.POST.get("step") != "confirmed":
                return self.second_look(form)
            try:
                with transaction.atomic():
                    owed = cancel(self.order, form.quantities(), by=self.colleague)
            except CannotCancel as refused:
                form.add_error(None, str(refused))
                return self.ask_again(form)
            self.note("shop.cancel", units=sum(form.quantities().values()))
        messages.success(request, "Cancelled. The money is on its way back." if owed else "Cancelled.")
        return self.back()

    def second_look(self, form: CancelForm) -> HttpResponse:
        named = [(unit, form.quantities()[unit.line.pk]) for unit in form.units()]
        is_whole = form.quantities() == unsent(self.order) and not self.order.shipments.exists()
        context = self.get_context_data(
            form=form, is_second_look=True, is_whole=is_whole, named=[pair for pair in named if pair[1]]
        )
        return self.render_to_response(context)
