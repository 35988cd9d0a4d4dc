"""A report as a screen: a form that says which rows, the table, and the same rows as CSV or XLSX."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from receipts.exports import csv_response, xlsx_response
from receipts.staff.income import export_query

WRITERS = {"csv": csv_response, "xlsx": xlsx_response}


class ReportView(WagtailAdminTemplateMixin, TemplateView):
    """For whoever has `permission`."""

    permission = ""
    header_icon = "calendar-check"
    form: forms.Form

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=self.form, query=export_query(self.request), **kwargs)
