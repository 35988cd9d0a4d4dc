"""Failed payments for staff: why, in words; trying again and sending the link, each after a second look, and logged."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.widgets import HeaderButton
from wagtail.log_actions import log

from membership.recovery.asking import resend
from membership.recovery.words import card
from payments import cards, gateway
from payments.decline_reasons import for_staff
from payments.models import RenewalFailure
from payments.staff.viewset import StaffViewSet
from receipts.money import format_amount
from receipts.staff.acting import StaffAction
from receipts.staff.columns import MomentColumn, MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView

MEND = "payments.mend_renewalfailure"
SETTLED = {"paid": "Paid after all", "void": "Let go", "uncollectible": "Written off"}


def reason_of(failure: RenewalFailure) -> str:
    return for_staff(failure.reason)


def state_of(failure: RenewalFailure) -> str:
    if failure.settled_as:
        return SETTLED.get(failure.settled_as, failure.settled_as)
    return "Ended unpaid" if failure.plan.is_over else "Open"


def can_be_mended(failure: RenewalFailure) -> bool:
    return not failure.settled_as and not failure.plan.is_over


def last_attempts() -> QuerySet[RenewalFailure]:
    """One row an invoice: its last failed attempt."""
    later = RenewalFailure.objects.filter(invoice_id=OuterRef("invoice_id"), attempt__gt=OuterRef("attempt"))
    return RenewalFailure.objects.filter(~Exists(later)).select_related("plan__payer__merged_into")


class FailureFilterSet(WagtailFilterSet):
    stands = django_filters.ChoiceFilter(
        choices=[("open", "Open"), ("paid", "Paid after all")], label="State", method="filter_stands"
    )

    class Meta:
        model = RenewalFailure
        fields: list[str] = []

    def filter_stands(self, failures: QuerySet[Any], name: str, wanted: str) -> QuerySet[Any]:
        return failures.filter(settled_as="paid" if wanted == "paid" else "")


class FailureIndexView(BooksIndexView):
    page_title = "Failed payments"
    looks_in = ("plan__payer__name", "plan__payer__email", "invoice_id")

    def get_base_queryset(self) -> QuerySet[RenewalFailure]:
        return last_attempts()


class FailureInspectView(BooksInspectView):
    page_title = "Failed payment"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm(MEND) or not can_be_mended(self.object):
            return []
        retry, send = (reverse(f"failed_payments:{name}", args=[self.object.pk]) for name in ("retry", "resend"))
        return [
            HeaderButton("Send the link again", url=send, icon_name="mail"),
            HeaderButton("Try again now", url=retry, icon_name="rotate"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        failure = RenewalFailure.objects.select_related("plan__payer").get(pk=self.object.pk)
        attempts = failure.plan.failures.filter(invoice_id=failure.invoice_id).order_by("attempt")
        return {
            **context,
            "failure": failure,
            "state": state_of(failure),
            "card": card(failure.plan),
            "attempts": [{"failure": one, "reason": for_staff(one.reason)} for one in attempts],
            "notices": failure.plan.notices.order_by("-sent_at")[:20],
        }


class MendView(StaffAction):
    """The second look before something is done about a failed payment."""

    permission = MEND
    template_name = "membership/staff/mend.html"
    failure: RenewalFailure

    def find(self, named: dict[str, int]) -> None:
        self.failure = get_object_or_404(last_attempts(), pk=named["pk"])
        self.payer = self.failure.plan.payer.current()

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("failed_payments:index"), "label": "Failed payments"},
            {"url": self.back, "label": str(self.payer.name)},
            {"url": "", "label": self.page_title},
        ]

    @property
    def back(self) -> str:
        return reverse("failed_payments:inspect", args=[self.failure.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more = {"failure": self.failure, "payer": self.payer, "card": card(self.failure.plan), "back": self.back}
        return super().get_context_data(**{**more, "reason": for_staff(self.failure.reason), **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if can_be_mended(self.failure):
            self.act(request)
        else:
            messages.info(request, "This payment is settled already. Nothing was done.")
        return redirect(self.back)

    def act(self, request: HttpRequest) -> None:
        raise NotImplementedError


class RetryView(MendView):
    page_title = "Try again now"
    header_icon = "rotate"
    extra_context = {"does": "retry"}

    def act(self, request: HttpRequest) -> None:
        log(instance=self.failure, action="membership.retry_payment", user=request.user)
        try:
            paid = cards.pay_open_invoice(self.failure.plan)
        except gateway.StripeProblem:
            messages.error(request, "Stripe could not be reached. Nothing was charged as far as we know; try again.")
            return
        amount = format_amount(self.failure.amount, self.failure.currency)
        if paid:
            messages.success(request, f"{amount} is paid, and the supporter is told.")
            return
        last = self.failure.plan.failures.order_by("-pk").first()
        messages.warning(request, f"It failed again: {for_staff(last.reason if last else '').lower()}.")


class ResendView(MendView):
    page_title = "Send the link again"
    header_icon = "mail"
    extra_context = {"does": "resend"}

    def act(self, request: HttpRequest) -> None:
        if resend(self.failure.plan):
            log(instance=self.failure, action="membership.resend_link", user=request.user)
            messages.success(request, "The mail with a new link is on its way.")
        else:
            messages.error(request, "Nothing was sent: there is no e-mail address on file.")


class FailedPaymentViewSet(StaffViewSet):
    model = RenewalFailure
    name = "failed_payments"
    icon = "warning"
    menu_label = "Failed payments"
    index_view_class = FailureIndexView
    inspect_view_class = FailureInspectView
    inspect_template_name = "membership/staff/failed_payment.html"
    filterset_class = FailureFilterSet
    actions = ("mend",)
    ordering = "-failed_at"
    list_display = [
        TitleColumn("payer", label="Supporter", accessor="plan.payer.name", url_name="failed_payments:inspect"),
        MoneyColumn("amount", sort_key="amount"),
        Column("reason", label="Why", accessor=reason_of),
        Column("attempt", label="Attempt", sort_key="attempt"),
        MomentColumn("failed_at", label="Failed", sort_key="failed_at"),
        MomentColumn("next_attempt_at", label="Next attempt", sort_key="next_attempt_at"),
        StatusTagColumn("state", accessor=state_of, primary=can_be_mended),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("retry/<int:pk>/", require_admin_access(RetryView.as_view()), name="retry"),
            path("resend/<int:pk>/", require_admin_access(ResendView.as_view()), name="resend"),
        ]
