"""Telling everybody with a seat that its time or place is another now: they are shown what to, and asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from training.models import Session
from training.sessions.telling import tell_changed
from training.staff.details import days_of
from training.staff.pages import SessionPage

# What somebody with a seat goes by.
GOES_BY = ("time_zone", "place", "address", "is_online", "join_url")


def standing(session: Session) -> tuple[Any, ...]:
    """When and where, as the database has it: whether it is another afterwards."""
    facts = Session.objects.filter(pk=session.pk).values_list(*GOES_BY)
    return (*facts, *session.meetings.model.objects.filter(session=session.pk).values_list("starts_at", "ends_at"))


class TellView(SessionPage):
    permission = "training.change_session"
    template_name = "training/staff/tell.html"
    page_title = "Tell what changed"
    header_icon = "mail"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        booked = self.session.enrolments.confirmed().count()
        return super().get_context_data(days=days_of(self.session), booked=booked, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.session.is_open:
            tell_changed(self.session)
            self.note("training.tell_changed")
            messages.success(request, "Everybody with a seat is told.")
        return self.back()
