"""Staff screens of certificates: find one, issue it anew under another name, revoke it; issue one by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from receipts.staff.acting import ListedAction
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet
from training.completing.files import spaced, verify_url
from training.completing.issuing import CannotIssue, issue, reissue, revoke
from training.completing.views import bare
from training.models import Certificate, Enrolment

ISSUE = "training.issue_certificate"


class NameForm(forms.Form):
    name = forms.CharField(
        label="Name on the certificate",
        max_length=120,
        help_text="As the trainee wants to be called on it: their name, or an alias.",
        error_messages={"required": "Enter the name."},
    )


class RevokeForm(forms.Form):
    why = forms.CharField(
        label="Why",
        max_length=300,
        help_text="For colleagues. Whoever verifies it reads that it does not hold, and not why. Name nobody here.",
        error_messages={"required": "Say why."},
    )


class CertificateAction(ListedAction):
    permission = ISSUE
    came_from = ("certificates:index", "Certificates")
    header_icon = "doc-full"
    template_name = "training/staff/certificate_form.html"
    form_class: type[forms.Form]
    button = ""
    explains = ""

    def find(self, named: dict[str, int]) -> None:
        self.certificate = get_object_or_404(Certificate.objects.select_related("enrolment__session"), pk=named["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {"form": self.form_class(), "button": self.button, "explains": self.explains}
        return super().get_context_data(**{**shown, "certificate": self.certificate, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            return self.do(form.cleaned_data)
        except CannotIssue as refused:
            form.add_error(None, str(refused))
            return self.ask_again(form)

    def do(self, typed: dict[str, Any]) -> HttpResponse:
        raise NotImplementedError


class ReissueView(CertificateAction):
    page_title = "Issue it anew"
    form_class = NameForm
    button = "Revoke the old one and issue a new one"
    explains = (
        "The old one does not hold any more. The new one has another code, and its link is mailed to the trainee."
    )

    def do(self, typed: dict[str, Any]) -> HttpResponse:
        new = reissue(self.certificate, name=typed["name"], by=self.colleague)
        messages.success(self.request, "Issued anew. The old one does not hold any more.")
        return redirect("certificates:inspect", new.pk)


class RevokeView(CertificateAction):
    page_title = "Revoke it"
    form_class = RevokeForm
    button = "Revoke it"
    explains = (
        "It does not hold from this moment, wherever it was printed. That cannot be undone: issue it anew instead."
    )

    def do(self, typed: dict[str, Any]) -> HttpResponse:
        revoke(self.certificate, why=typed["why"], by=self.colleague)
        messages.success(self.request, "Revoked. Whoever verifies it is told that it does not hold.")
        return redirect("certificates:inspect", self.certificate.pk)


class IssueView(ListedAction):
    """By hand, for who completed a course in another way, such as lessons that were given by word of mouth."""

    permission = ISSUE
    came_from = ("certificates:index", "Certificates")
    header_icon = "doc-full"
    page_title = "Issue a certificate"
    template_name = "training/staff/certificate_issue.html"

    def find(self, named: dict[str, int]) -> None:
        booked = Enrolment.objects.confirmed().select_related("session__page")
        self.enrolment = get_object_or_404(booked, pk=named["enrolment"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"enrolment": self.enrolment, **kwargs})

    def post(self, request: HttpRequest, enrolment: int) -> HttpResponse:
        try:
            certificate = issue(self.enrolment, by=self.colleague)
        except CannotIssue as refused:
            messages.error(request, str(refused))
            return redirect("certificates:issue", enrolment)
        messages.success(request, "Issued. Its link is mailed to the trainee.")
        return redirect("certificates:inspect", certificate.pk)


class CertificateIndexView(BooksIndexView):
    page_title = "Certificates"
    looks_in = ("name", "course")

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By name, course or code, as it stands on the certificate."""
        found = super().search_queryset(queryset)
        typed = bare(self.search_query or "")
        return found | queryset.filter(code=typed) if len(typed) == 16 else found


class CertificateInspectView(BooksInspectView):
    page_title = "Certificate"

    def get_page_subtitle(self) -> str:
        return str(self.object.name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        certificate = self.object
        return super().get_context_data(
            certificate=certificate, code=spaced(certificate.code), verify_url=verify_url(certificate), **kwargs
        )


class CertificateViewSet(ReadOnlyViewSet):
    model = Certificate
    name = "certificates"
    icon = "doc-full"
    menu_label = "Certificates"
    index_view_class = CertificateIndexView
    inspect_view_class = CertificateInspectView
    inspect_template_name = "training/staff/certificate.html"
    ordering = "-issued_at"
    list_filter = {"issued_at": ["date"], "revoked_at": ["isnull"]}
    list_display = [
        TitleColumn("name", url_name="certificates:inspect"),
        Column("course"),
        Column("ends_on", label="Last day"),
        StatusTagColumn(
            "state", accessor=lambda one: "Valid" if one.is_live else "Revoked", primary=lambda one: one.is_live
        ),
    ]
    actions = ("issue",)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("reissue/<int:pk>/", require_admin_access(ReissueView.as_view()), name="reissue"),
            path("revoke/<int:pk>/", require_admin_access(RevokeView.as_view()), name="revoke"),
            path("issue/<int:enrolment>/", require_admin_access(IssueView.as_view()), name="issue"),
        ]
