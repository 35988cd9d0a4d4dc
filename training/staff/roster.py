"""The roster of a session on screen, as a file and as a sheet to sign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.formats import date_format

from receipts.exports import Cell
from receipts.staff.printing import printed
from receipts.staff.report import WRITERS
from training.models import Meeting, Session, WaitingEntry
from training.staff.pages import SessionPage
from training.staff.papers import sign_in_html
from training.staff.rosters import RosterRow, roster_of
from training.staff.seen import TEACH

VIEW = "training.view_enrolment"
EXPORT = "training.export_enrolment"


class RosterPage(SessionPage):
    """Of a session that they see, for who may see rosters: a trainer their own."""

    permission = VIEW
    any_of = (VIEW, TEACH)
    header_icon = "group"

    def find(self, named: dict[str, int]) -> None:
        super().find(named)
        self.meetings = list(self.session.meetings.all())


class RosterView(RosterPage):
    template_name = "training/staff/roster.html"
    page_title = "Roster"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        self.rows = roster_of(self.session, self.meetings)
        write = WRITERS.get(request.GET.get("export", ""))
        if write is None:
            return super().get(request, *args, **kwargs)
        with_addresses = "email" in request.GET
        if with_addresses and not request.user.has_perm(EXPORT):
            raise PermissionDenied
        told = {"rows": len(self.rows), "addresses": with_addresses}
        self.note("training.export_roster", **told)
        name = f"roster-{self.session.pk}"
        head = header(self.session, self.meetings, with_addresses)
        return write(name, head, export_rows(self.rows, with_addresses))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        waiting = WaitingEntry.objects.filter(session=self.session, state__in=WaitingEntry.IN_LINE)
        return super().get_context_data(
            rows=self.rows,
            booked=sum(row.is_booked for row in self.rows),
            meetings=[(meeting, self.session.on_clocks(meeting.starts_at)) for meeting in self.meetings],
            # Who waits gave their name to us, and not to who teaches.
            waiting=waiting.select_related("ticket") if user.has_perm(VIEW) else [],
            may_mark=user.has_perm(TEACH),
            may_add=user.has_perm("training.add_enrolment"),
            may_change=user.has_perm("training.change_enrolment"),
            may_export=user.has_perm(EXPORT),
            may_see=user.has_perm("training.see_trainee"),
            may_certify=self.session.page.is_course and user.has_perm("training.issue_certificate"),
            **kwargs,
        )


def header(session: Session, meetings: list[Meeting], with_addresses: bool) -> tuple[Cell, ...]:
    days = [date_format(session.local(meeting.starts_at), "j M Y, H:i") for meeting in meetings]
    return ("Name", "Ticket", "State", *days, *(["E-mail"] if with_addresses else []))


def export_rows(rows: list[RosterRow], with_addresses: bool) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        address = row.enrolment.email if row.is_booked else ""
        yield (row.name, row.ticket, row.state, *row.days, *([address] if with_addresses else []))


class SheetView(RosterPage):
    """To be signed on the day, by those who have a seat."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        rows = [row for row in roster_of(self.session, self.meetings) if row.is_booked]
        return printed(sign_in_html(self.session, self.meetings, rows), f"sign-in-{self.session.pk}")
