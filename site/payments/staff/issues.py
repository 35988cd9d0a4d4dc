"""Issues: what a person must look at, open ones first, and closing them with a note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.log_actions import log
from wagtail.log_actions import registry as log_registry

from payments.issues import KINDS, SETTLED_BY_REFUND
from payments.models import Issue
from payments.staff.filters import IssueFilterSet
from payments.staff.payments import may_be_refunded
from payments.staff.viewset import StaffViewSet
from receipts.staff.columns import MomentColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView


def explain(issue: Issue) -> str:
    return KINDS.get(issue.kind, issue.kind)


class CloseForm(forms.Form):
    note = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what was found and done."},
        help_text="What was found and done, for whoever looks at this later. Write no names here.",
    )


class IssueIndexView(BooksIndexView):
    looks_in = ("subject", "detail")
    page_title = "Issues"

    def order_queryset(self, queryset: QuerySet[Issue]) -> QuerySet[Issue]:
        if self.is_explicitly_ordered:
            ordered: QuerySet[Issue] = super().order_queryset(queryset)
            return ordered
        return queryset.order_by(F("closed_at").desc(nulls_first=True), "-last_seen_at")


class IssueInspectView(BooksInspectView):
    """One issue. Sending the form closes it."""

    template_name = "payments/staff/issue.html"
    page_title = "Issue"

    @property
    def may_close(self) -> bool:
        return self.object.closed_at is None and bool(self.user_has_permission("change"))

    @property
    def may_refund(self) -> bool:
        payment, is_open = self.object.payment, self.object.closed_at is None
        if payment is None or not is_open or self.object.kind not in SETTLED_BY_REFUND:
            return False
        return self.request.user.has_perm("payments.refund_payment") and may_be_refunded(payment)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            "form": CloseForm(),
            **context,
            "issue": self.object,
            "explanation": explain(self.object),
            "may_close": self.may_close,
            "may_refund": self.may_refund,
            "notes": log_registry.get_logs_for_instance(self.object).filter(action="payments.close_issue"),
        }


class CloseView(IssueInspectView):
    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CloseForm(request.POST)
        if not form.is_valid():
            again: HttpResponse = self.render_to_response(self.get_context_data(form=form))
            return again
        closed = Issue.objects.filter(pk=self.object.pk, closed_at__isnull=True).update(closed_at=timezone.now())
        if closed:
            log(self.object, "payments.close_issue", user=request.user, data={"note": form.cleaned_data["note"]})
            messages.success(request, "The issue is closed.")
        return redirect("payment_issues:inspect", self.object.pk)


class IssueViewSet(StaffViewSet):
    model = Issue
    name = "payment_issues"
    icon = "warning"
    menu_label = "Issues"
    index_view_class = IssueIndexView
    inspect_view_class = IssueInspectView
    inspect_template_name = "payments/staff/issue.html"
    filterset_class = IssueFilterSet
    actions = ("change",)
    list_display = [
        TitleColumn("kind", label="What", accessor=explain, url_name="payment_issues:inspect", sort_key="kind"),
        Column("subject"),
        StatusTagColumn(
            "state",
            accessor=lambda issue: "Closed" if issue.closed_at else "Open",
            primary=lambda issue: issue.closed_at is None,
        ),
        Column("count", label="Times"),
        MomentColumn("opened_at", label="Opened", sort_key="opened_at"),
        MomentColumn("last_seen_at", label="Last seen", sort_key="last_seen_at"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        close = self.construct_view(CloseView, template_name=self.inspect_template_name)
        return [*super().get_urlpatterns(), path("close/<int:pk>/", close, name="close")]
