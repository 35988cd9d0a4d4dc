"""Giving money back, in two steps: what and why, then a second look before it leaves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
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
from receipts.money import AmountError, format_amount, parse_amount, plain

MEANWHILE = "Meanwhile money of this payment was given back. Look at the amounts again before you go on."


class RefundForm(forms.Form):
    amount = forms.CharField(max_length=30)
    reason = forms.CharField(
        max_length=200, help_text="Stays with the refund, for the people who check the books. Write no names here."
    )
    # What had been given back when the staff member looked: asked twice, a confirmation counts once.
    given_back = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, payment: Payment, waiting: Refund | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment, self.waiting = payment, waiting
        left = waiting.amount if waiting else payment.refundable_amount
        self.fields["amount"].help_text = f"In {payment.currency}. At most {format_amount(left, payment.currency)}."
        self.fields["amount"].initial = plain(left, payment.currency)
        self.fields["given_back"].initial = payment.refunded_amount
        if waiting:
            # The request that did not get through is asked again; another amount would be another refund.
            self.fields["amount"].disabled = True
            self.fields["reason"].initial = waiting.reason

    def clean_amount(self) -> int:
        try:
            amount = parse_amount(self.cleaned_data["amount"], self.payment.currency)
        except AmountError as error:
            raise ValidationError(str(error)) from error
        if amount == 0:
            raise ValidationError("Enter an amount above zero.")
        if not self.waiting and amount > self.payment.refundable_amount:
            left = format_amount(self.payment.refundable_amount, self.payment.currency)
            raise ValidationError(f"That is more than what is left of this payment: {left}.")
        return amount

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("given_back") != self.payment.refunded_amount:
            raise ValidationError(MEANWHILE)
        return self.cleaned_data


class RefundView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    model = Payment
    index_url_name = ""
    permission_required = "refund"
    any_permission_required = ["view"]
    form_class = RefundForm
    template_name = "payments/staff/refund.html"
    page_title = "Refund"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.payment = get_object_or_404(Payment.objects.select_related("payer", "plan"), pk=kwargs["pk"])
        self.inspect_url = reverse("payments:inspect", args=[self.payment.pk])

    @cached_property
    def waiting(self) -> Refund | None:
        return self.payment.refunds.filter(status=Refund.Status.REQUESTED).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.waiting and self.payment.refundable_amount <= 0:
            messages.warning(request, "There is nothing left of this payment to give back.")
            return redirect(self.inspect_url)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "payment": self.payment, "waiting": self.waiting}

    def form_valid(self, form: RefundForm) -> HttpResponse:
        if self.request.POST.get("step") != "confirmed":
            return self._second_look(form)
        try:
            refund = request_refund(
                self.payment,
                amount=form.cleaned_data["amount"],
                reason=form.cleaned_data["reason"],
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

    def _second_look(self, form: RefundForm) -> HttpResponse:
        context = self.get_context_data(form=form, amount=form.cleaned_data["amount"])
        return self.response_class(
            request=self.request, template=["payments/staff/refund_confirm.html"], context=context, using=None
        )

    def _refused(self, refused: RefundRefused) -> HttpResponse:
        """The form again, as things stand now: the request may be waiting for a second try."""
        del self.waiting
        self.payment.refresh_from_db()
        again = RefundForm(
            {**self.request.POST.dict(), "given_back": self.payment.refunded_amount},
            payment=self.payment,
            waiting=self.waiting,
        )
        again.add_error("amount", str(refused))
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
        context = {"payment": self.payment, "waiting": self.waiting, "inspect_url": self.inspect_url}
        return super().get_context_data(**{**context, **kwargs})
