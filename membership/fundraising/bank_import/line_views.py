"""One line of a statement: who paid it, what it is for, booking, skipping and undoing it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.log_actions import log

from membership.fundraising.bank_import.booking import NotBooked, book_line, reopen_line, skip_line, undo_line
from membership.fundraising.bank_import.forms import BookForm, NewPayerForm
from membership.fundraising.offline import UndoRefused
from membership.fundraising.offline_form import UndoForm
from membership.fundraising.pages import FundraisingPage, payer_named, payers_like
from membership.models import BankLine, OfflineGift
from receipts.models import Payer
from receipts.payers import find_or_create_payer


class LinePage(FundraisingPage):
    permission = "membership.add_bankimport"
    came_from = ("bank_imports:index", "Bank statements")
    header_icon = "table"

    def find(self, named: dict[str, int]) -> None:
        self.line = get_object_or_404(
            BankLine.objects.select_related("statement", "payer__merged_into").defer("statement__text"), pk=named["pk"]
        )

    def back(self) -> HttpResponse:
        """To the list, where the line stands."""
        back = re.fullmatch(r"state=[a-z_]{0,10}&p=[0-9]{1,6}", self.request.POST.get("back", ""))
        return redirect(
            reverse("bank_imports:inspect", args=[self.line.statement_id]) + (f"?{back[0]}" if back else "")
        )

    def book(self, **more: Any) -> bool:
        try:
            book_line(self.line, by=self.colleague, **more)
        except NotBooked as refused:
            messages.error(self.request, str(refused))
            return False
        log(instance=self.line.statement, action="membership.book_lines", user=self.request.user, data={"lines": 1})
        messages.success(self.request, f"Line {self.line.number} is booked.")
        return True


class LineView(LinePage):
    template_name = "membership/staff/fundraising/line.html"

    @property
    def page_title(self) -> str:
        return f"Line {self.line.number}"

    @cached_property
    def giver(self) -> Payer | None:
        chosen = payer_named(self.request.POST.get("payer") or self.request.GET.get("payer"))
        return chosen or (self.line.payer.current() if self.line.payer else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "")[:100]
        blank = {
            "form": BookForm(line=self.line),
            "new_form": NewPayerForm(initial={"kind": Payer.Kind.PERSON, "name": self.line.payer_text}),
            "gifts": OfflineGift.objects.for_staff().filter(line=self.line),
        }
        shown = {"line": self.line, "giver": self.giver, "text": text, "found": payers_like(text)}
        return super().get_context_data(**{**blank, **shown, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.POST.get("step") == "new":
            return self._new_payer()
        form = BookForm(request.POST, line=self.line)
        if not form.is_valid():
            return self.ask_again(form)
        return self.back() if self.book(payer=self.giver, parts=form.parts()) else redirect("bank_imports:line", pk)

    def _new_payer(self) -> HttpResponse:
        form = NewPayerForm(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(new_form=form), status=422)
        payer = find_or_create_payer(**form.cleaned_data)
        return redirect(f"{reverse('bank_imports:line', args=[self.line.pk])}?payer={payer.pk}")


class QuickBookView(LinePage):
    """Book as suggested, for the unrestricted fund: one click in the list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.book()
        return self.back()


class SkipView(LinePage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.POST.get("step") == "back":
            reopen_line(self.line)
        else:
            skip_line(self.line)
        return self.back()


class UndoLineView(LinePage):
    permission = "membership.undo_offlinegift"
    template_name = "membership/staff/fundraising/undo_line.html"
    page_title = "Undo a booking"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": UndoForm(), "line": self.line, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = UndoForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            if undo_line(self.line, reason=form.cleaned_data["reason"], by=self.colleague):
                log(
                    instance=self.line.statement,
                    action="membership.undo_statement",
                    user=request.user,
                    data={"lines": 1},
                )
                messages.success(request, "The booking is taken back. The line can be booked anew.")
        except UndoRefused as refused:
            messages.error(request, str(refused))
        return redirect("bank_imports:line", pk)
