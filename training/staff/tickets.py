"""The tickets of a session: what a seat costs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from wagtail.log_actions import log

from training.models import Ticket
from training.sessions.seats import TooFew
from training.staff.pages import SessionPage
from training.staff.ticket_forms import TicketForm


class TicketView(SessionPage):
    """A new ticket, or the one that the address names."""

    permission = "training.change_session"
    template_name = "training/staff/form.html"
    ticket: Ticket | None = None

    def find(self, named: dict[str, int]) -> None:
        super().find(named)
        if "ticket" in named:
            self.ticket = get_object_or_404(self.session.tickets, pk=named["ticket"])

    @property
    def page_title(self) -> str:
        return "Ticket" if self.ticket else "New ticket"

    def form(self, typed: Any = None) -> TicketForm:
        return TicketForm(typed, instance=self.ticket, session=self.session)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": kwargs.pop("form", None) or self.form(), "button": "Save", **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            ticket = form.save()
        except TooFew as refused:
            form.add_error("quota", str(refused))
            return self.ask_again(form)
        log(ticket, "wagtail.edit" if self.ticket else "wagtail.create", user=request.user, content_changed=True)
        messages.success(request, "The ticket is saved. Who has booked keeps what was agreed.")
        return self.back()
