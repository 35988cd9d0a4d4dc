"""Listings that leave as CSV or XLSX: what is filtered and searched, all of it, for those who may export it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from receipts.exports import Cell, csv_response, xlsx_response
from receipts.staff.viewset import BooksIndexView


class ExportedIndexView(BooksIndexView):
    """To look at a listing is one permission, to take all of it along is another: ``export_<model>``."""

    # The file's name without its ending, and its first line.
    export_name = ""
    export_header: tuple[str, ...] = ()

    def export_rows(self, rows: QuerySet[Any]) -> Iterator[tuple[Cell, ...]]:
        raise NotImplementedError

    @property
    def list_export(self) -> list[str]:
        # Wagtail shows its buttons where this names something; the columns are the header's.
        options = self.model._meta
        codename = get_permission_codename("export", options)
        return ["pk"] if self.request.user.has_perm(f"{options.app_label}.{codename}") else []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("export")
        if wanted not in ("csv", "xlsx"):
            response: HttpResponseBase = super().get(request, *args, **kwargs)
            return response
        if not self.list_export:
            raise PermissionDenied
        write = csv_response if wanted == "csv" else xlsx_response
        return write(self.export_name, self.export_header, self.export_rows(self.get_queryset()))
