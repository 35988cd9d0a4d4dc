"""Staff screens of bank statements: the list, uploading one, naming its columns, its lines."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from wagtail.admin.auth import require_admin_access
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from membership.fundraising.bank_import import line_views
from membership.fundraising.bank_import.booking import book_sure_lines, sure_lines, undo_statement
from membership.fundraising.bank_import.forms import LayoutForm, UploadForm
from membership.fundraising.bank_import.layout import guess_layout
from membership.fundraising.bank_import.reading import MOST_BYTES, head_of, rows_of
from membership.fundraising.bank_import.staging import stage
from membership.fundraising.offline_form import UndoForm
from membership.fundraising.pages import FundraisingPage
from membership.models import BankImport, BankLine
from receipts.staff.columns import MomentColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet

# What a form adds to its file.
AROUND = 20_000
LINES_PER_PAGE = 50
SHOWN_ROWS = 6


class StatementPage(FundraisingPage):
    permission = "membership.add_bankimport"
    came_from = ("bank_imports:index", "Bank statements")
    header_icon = "table"


class UploadView(StatementPage):
    template_name = "membership/staff/fundraising/upload.html"
    page_title = "Read a statement"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        last = BankImport.objects.values_list("account", flat=True).first()
        return super().get_context_data(**{"form": UploadForm(initial={"account": last or ""}), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.ask_again(form)
        digest = hashlib.sha256(form.cleaned_data["file"]).hexdigest()
        try:
            with transaction.atomic():
                statement = BankImport.objects.create(
                    account=form.cleaned_data["account"],
                    file_hash=digest,
                    text=form.cleaned_data["text"],
                    uploaded_by=self.colleague,
                )
        except IntegrityError:
            form.add_error("file", "This very file was read already.")
            earlier = BankImport.objects.get(file_hash=digest)
            return self.render_to_response(self.get_context_data(form=form, earlier=earlier), status=422)
        return redirect("bank_imports:columns", statement.pk)


_upload = csrf_protect(require_admin_access(UploadView.as_view()))


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponseBase:
    """Look at the length before anything reads the body: the check of the form's token would take all of it in."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.method == "POST" and (not length.isdigit() or int(length) > MOST_BYTES + AROUND):
        return render(request, "membership/staff/fundraising/too_large.html", status=413)
    response: HttpResponseBase = _upload(request)
    return response


class ColumnsView(StatementPage):
    template_name = "membership/staff/fundraising/columns.html"
    page_title = "Which column is what"

    def find(self, named: dict[str, int]) -> None:
        self.statement = get_object_or_404(BankImport, pk=named["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.statement.state == BankImport.State.READ:
            return redirect("bank_imports:inspect", self.statement.pk)
        return super().get(request, *args, **kwargs)

    def form(self, *posted: Any) -> LayoutForm:
        _, head = head_of(self.statement.text)
        guess = guess_layout(self.statement.text, self.statement.account)
        return LayoutForm(*posted, head=head, guess=guess)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.form()
        rows = [row.cells for row in rows_of(self.statement.text, form.delimiter) if row.cells][:SHOWN_ROWS]
        return super().get_context_data(form=form, rows=rows, statement=self.statement, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.statement.state == BankImport.State.READ:
            return redirect("bank_imports:inspect", pk)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        stage(self.statement, form.layout())
        log(instance=self.statement, action="membership.read_statement", user=request.user)
        return redirect("bank_imports:inspect", pk)


class BookSureView(StatementPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        statement = get_object_or_404(BankImport, pk=pk)
        booked = book_sure_lines(statement, by=self.colleague)
        if booked:
            log(instance=statement, action="membership.book_lines", user=request.user, data={"lines": booked})
        messages.success(request, f"Lines booked: {booked}.")
        return redirect("bank_imports:inspect", pk)


class UndoStatementView(StatementPage):
    permission = "membership.undo_offlinegift"
    template_name = "membership/staff/fundraising/undo_statement.html"
    page_title = "Undo a statement"

    def find(self, named: dict[str, int]) -> None:
        self.statement = get_object_or_404(BankImport, pk=named["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        booked = self.statement.lines.filter(state=BankLine.State.BOOKED).count()
        return super().get_context_data(**{"form": UndoForm(), "statement": self.statement, "booked": booked, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = UndoForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        undone, refused = undo_statement(self.statement, reason=form.cleaned_data["reason"], by=self.colleague)
        log(instance=self.statement, action="membership.undo_statement", user=request.user, data={"lines": undone})
        messages.success(request, f"Bookings taken back: {undone}.")
        if refused:
            messages.warning(request, f"{refused} could not be: part of them was given back already.")
        return redirect("bank_imports:inspect", pk)


class BankImportIndexView(BooksIndexView):
    page_title = "Bank statements"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("membership.add_bankimport"):
            return []
        return [HeaderButton("Read a statement", url=reverse("bank_imports:upload"), icon_name="upload")]

    def get_base_queryset(self) -> QuerySet[BankImport]:
        waits, booked = Q(lines__state__in=("new", "matched")), Q(lines__state="booked")
        counts = {"waiting": Count("lines", filter=waits), "booked": Count("lines", filter=booked)}
        return BankImport.objects.defer("text").select_related("uploaded_by").annotate(**counts)


class StatementView(BooksInspectView):
    page_title = "Bank statement"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.state == BankImport.State.UPLOADED and request.user.has_perm("membership.add_bankimport"):
            return redirect("bank_imports:columns", self.object.pk)
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    @property
    def header_buttons(self) -> list[HeaderButton]:
        may_undo = self.request.user.has_perm("membership.undo_offlinegift")
        if not may_undo or not self.object.lines.filter(state=BankLine.State.BOOKED).exists():
            return []
        return [HeaderButton("Undo", url=reverse("bank_imports:undo", args=[self.object.pk]), icon_name="resubmit")]

    @cached_property
    def counts(self) -> dict[str, int]:
        counted = self.object.lines.order_by().values_list("state").annotate(number=Count("pk"))
        return dict(counted.values_list("state", "number"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        wanted = self.request.GET.get("state", "")
        lines = self.object.lines.select_related("payer__merged_into")
        if wanted in BankLine.State.values:
            lines = lines.filter(state=wanted)
        total = sum(self.counts.values())
        done = total - self.counts.get("new", 0) - self.counts.get("matched", 0)
        return {
            **context,
            "statement": self.object,
            "wanted": wanted,
            "page": Paginator(lines, LINES_PER_PAGE).get_page(self.request.GET.get("p")),
            "tabs": [
                (state, label, self.counts[state]) for state, label in BankLine.State.choices if state in self.counts
            ],
            "sure": sure_lines(self.object).count(),
            "total": total,
            "done": done,
            "may_book": self.request.user.has_perm("membership.add_bankimport"),
        }


class BankImportViewSet(ReadOnlyViewSet):
    model = BankImport
    name = "bank_imports"
    icon = "table"
    menu_label = "Bank statements"
    index_view_class = BankImportIndexView
    inspect_view_class = StatementView
    inspect_template_name = "membership/staff/fundraising/statement.html"
    actions = ("add",)
    list_display = [
        TitleColumn("account", url_name="bank_imports:inspect", sort_key="account"),
        MomentColumn("uploaded_at", label="Read", sort_key="uploaded_at"),
        Column("uploaded_by", label="By"),
        Column("waiting", label="Lines waiting"),
        Column("booked", label="Booked"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        pages = [
            ("columns/<int:pk>/", ColumnsView, "columns"),
            ("book/<int:pk>/", BookSureView, "book_sure"),
            ("undo/<int:pk>/", UndoStatementView, "undo"),
            ("lines/<int:pk>/", line_views.LineView, "line"),
            ("lines/<int:pk>/book/", line_views.QuickBookView, "quick_book"),
            ("lines/<int:pk>/skip/", line_views.SkipView, "skip"),
            ("lines/<int:pk>/undo/", line_views.UndoLineView, "undo_line"),
        ]
        own = [path(route, require_admin_access(view.as_view()), name=name) for route, view, name in pages]
        return [*super().get_urlpatterns(), path("upload/", upload, name="upload"), *own]
