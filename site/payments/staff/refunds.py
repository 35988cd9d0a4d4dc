"""Giving money back, in two steps: what and why, then a second look before it leaves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from payments.ending import end_plan
from payments.models import Payment, Plan, Refund
from payments.refunding import RefundRefused, request_refund
from payments.staff.refund_fields import CommonFields, RefundForm
from payments.staff.refund_lines import LinesForm, goes_by_line
from payments.staff.refund_results import fee_of, papers_touched
from receipts.money import format_amount

# Of a key in an address: any database takes so many digits.
LONGEST_KEY = 18


class RefundView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    model = Payment
    index_url_name = ""
    permission_required = "refund"
    any_permission_required = ["view"]
    template_name = "payments/staff/refund.html"
    page_title = "Refund"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.payment = get_object_or_404(Payment.objects.select_related("payer", "plan"), pk=kwargs["pk"])
        self.inspect_url = reverse("payments:inspect", args=[self.payment.pk])

    @cached_property
    def waiting(self) -> Refund | None:
        return self.payment.refunds.filter(status=Refund.Status.REQUESTED).first()

    @cached_property
    def items(self) -> list[int]:
        """Of what the link was about (``?of=offering.thing:12``), where not all of the payment was for that."""
        kind, _, key = self.request.GET.get("of", "").replace("\x00", "").partition(":")
        is_key = key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY
        found = self.payment.items.filter(payable_kind=kind[:60], payable_id=int(key)) if is_key else None
        return list(found.values_list("pk", flat=True)) if found is not None else []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.waiting and self.payment.refundable_amount <= 0:
            messages.warning(request, "There is nothing left of this payment to give back.")
            return redirect(self.inspect_url)
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: type[forms.Form] | None = None) -> CommonFields:
        return self._form(**super().get_form_kwargs())

    def _form(self, data: Any = None, **kwargs: Any) -> CommonFields:
        """By line where there is something to choose. What waits for a second try is as it was asked for."""
        if not self.waiting and goes_by_line(self.payment):
            return LinesForm(data, payment=self.payment, items=self.items, **kwargs)
        return RefundForm(data, payment=self.payment, waiting=self.waiting, **kwargs)

    def form_valid(self, form: CommonFields) -> HttpResponse:
        if self.request.POST.get("step") != "confirmed":
            return self._second_look(form)
        try:
            refund = request_refund(
                self.payment,
                amount=form.cleaned_data["amount"],
                reason=form.cleaned_data["reason"],
                parts=form.parts,
                by=self.request.user if self.request.user.is_authenticated else None,
            )
        except RefundRefused as refused:
            return self._refused(refused)
        log(self.payment, "payments.refund", data={"amount": refund.amount, "currency": self.payment.currency})
        messages.success(self.request, self._done(refund))
        if self.request.POST.get("end_plan") and self.payment.plan:
            self._end_plan(self.payment.plan)
        return redirect(self.inspect_url)

    def _end_plan(self, plan: Plan) -> None:
        if end_plan(plan):
            log(self.payment, "payments.end_plan", data={"subscription": plan.subscription_id})
            messages.success(self.request, "The subscription behind it has ended: nothing more will be charged.")
        else:
            messages.error(
                self.request,
                f"The subscription {plan.subscription_id} could not be ended. It will be charged again: end it in "
                "Stripe's dashboard.",
            )

    def _second_look(self, form: CommonFields) -> HttpResponse:
        context = self.get_context_data(
            form=form, amount=form.cleaned_data["amount"], papers=papers_touched(self.payment, form.parts)
        )
        return self.response_class(
            request=self.request, template=["payments/staff/refund_confirm.html"], context=context, using=None
        )

    def _refused(self, refused: RefundRefused) -> HttpResponse:
        """The form again, as things stand now: the request may be waiting for a second try."""
        del self.waiting
        self.payment.refresh_from_db()
        again = self._form({**self.request.POST.dict(), "given_back": self.payment.refunded_amount})
        again.add_error(again.refusal_field, str(refused))
        return self.render_to_response(self.get_context_data(form=again))

    def _done(self, refund: Refund) -> str:
        amount = format_amount(refund.amount, self.payment.currency)
        if refund.status == Refund.Status.SUCCEEDED:
            return f"{amount} was given back and is in the books."
        return f"{amount} is on its way back. It is booked as soon as Stripe says that it is done."

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("payments:index"), "label": "Payments"},
            {"url": self.inspect_url, "label": str(self.payment)},
            {"url": "", "label": "Refund"},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "payment": self.payment,
            "paid": self.payment.expected_amount,
            "waiting": self.waiting,
            "is_of_some": bool(self.items),
            "fee": fee_of(self.payment),
            "inspect_url": self.inspect_url,
        }
        return super().get_context_data(**{**context, **kwargs})
