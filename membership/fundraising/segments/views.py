"""Staff screens of segments: asking, keeping a question, exporting who was found."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from wagtail.admin.auth import require_admin_access
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from membership.fundraising.pages import FundraisingPage
from membership.fundraising.segments.criteria import CriteriaForm
from membership.fundraising.segments.exporting import HEADER, export_rows
from membership.fundraising.segments.finding import find_supporters
from membership.models import Segment
from receipts.exports import csv_response, xlsx_response
from receipts.models import Payer
from receipts.months import day_of
from receipts.staff.columns import MomentColumn
from receipts.staff.viewset import BooksIndexView, ReadOnlyViewSet

PER_PAGE = 25


class SegmentPage(FundraisingPage):
    permission = "membership.view_segment"
    came_from = ("segments:index", "Segments")
    header_icon = "group"


class SegmentForm(forms.ModelForm):
    class Meta:
        model = Segment
        fields = ("name",)
        labels = {"name": "Keep this question as"}


class AskView(SegmentPage):
    template_name = "membership/staff/fundraising/segment.html"
    page_title = "Find supporters"

    def find(self, named: dict[str, int]) -> None:
        key = self.request.GET.get("segment", "")
        known = key.isascii() and key.isdigit() and len(key) < 18
        self.segment = Segment.objects.filter(pk=int(key)).first() if known else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        form = self.form()
        if not form.is_valid():
            return self.ask_again(form)
        if (wanted := request.GET.get("export")) in ("csv", "xlsx"):
            return self.file(form, wanted)
        return self.render_to_response(self.get_context_data(form=form))

    def form(self) -> CriteriaForm:
        asked = {name: value for name, value in self.request.GET.items() if name in CriteriaForm.base_fields}
        if not asked and self.segment:
            asked = {name: str(value) for name, value in self.segment.criteria.items()}
        return CriteriaForm(asked)

    def found(self, form: CriteriaForm) -> QuerySet[Payer]:
        return find_supporters(form, today=day_of(timezone.now()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form: CriteriaForm = kwargs["form"]
        shown: dict[str, Any] = {"segment": self.segment, "query": urlencode(form.asked())}
        if form.is_valid():
            page = Paginator(self.found(form), PER_PAGE).get_page(self.request.GET.get("p"))
            shown |= {"page": page, "count": page.paginator.count}
        blank = {"save_form": SegmentForm(instance=self.segment)}
        return super().get_context_data(**{**blank, **shown, **kwargs})

    def file(self, form: CriteriaForm, wanted: str) -> HttpResponseBase:
        """Who took which list along is written down: the question, and how many it found."""
        if not self.request.user.has_perm("membership.export_segment"):
            raise PermissionDenied
        payers = self.found(form)
        told = {"asked": form.asked(), "format": wanted, "supporters": payers.count()}
        user = self.request.user
        log(instance=self.segment or user, action="membership.export_segment", user=user, data=told)
        write = csv_response if wanted == "csv" else xlsx_response
        return write("segment", HEADER, export_rows(payers))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the question that stands in the address."""
        if not request.user.has_perm("membership.add_segment"):
            raise PermissionDenied
        form, save_form = self.form(), SegmentForm(request.POST, instance=self.segment)
        if not form.is_valid() or not save_form.is_valid():
            context = self.get_context_data(form=form, save_form=save_form)
            return self.render_to_response(context, status=422)
        kept = save_form.save(commit=False)
        kept.criteria = form.asked()
        kept.created_by = kept.created_by or self.colleague
        kept.save()
        messages.success(request, f"“{kept.name}” is kept.")
        return redirect(f"{reverse('segments:ask')}?segment={kept.pk}")


class DeleteView(SegmentPage):
    permission = "membership.delete_segment"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        segment = get_object_or_404(Segment, pk=pk)
        messages.success(request, f"“{segment.name}” is deleted. The supporters are where they were.")
        segment.delete()
        return redirect("segments:index")


def ask_url(segment: Segment) -> str:
    return f"{reverse('segments:ask')}?segment={segment.pk}"


class SegmentIndexView(BooksIndexView):
    page_title = "Segments"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton("Find supporters", url=reverse("segments:ask"), icon_name="search")]

    def get_base_queryset(self) -> QuerySet[Segment]:
        return Segment.objects.select_related("created_by")


class SegmentViewSet(ReadOnlyViewSet):
    model = Segment
    name = "segments"
    icon = "group"
    menu_label = "Segments"
    index_view_class = SegmentIndexView
    inspect_view_enabled = False
    actions = ("add", "delete", "export")
    list_display = [
        TitleColumn("name", get_url=ask_url, sort_key="name"),
        Column("created_by", label="By"),
        MomentColumn("created_at", label="Since", sort_key="created_at"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns()[:2],
            path("find/", require_admin_access(AskView.as_view()), name="ask"),
            path("delete/<int:pk>/", require_admin_access(DeleteView.as_view()), name="delete"),
        ]
