"""Addresses of what staff do with one session, below the sessions' listing."""

from __future__ import annotations

from typing import Any

from training.staff.attendance import AttendanceView
from training.staff.calendar import CalendarView
from training.staff.cancelling import CancelSeatView, CancelSessionView
from training.staff.giving import GiveSeatView
from training.staff.mailing import MailView
from training.staff.opening import CopyView, OpenView, TakeOffView
from training.staff.person import PersonView
from training.staff.roster import RosterView, SheetView
from training.staff.telling import TellView
from training.staff.tickets import TicketView
from training.staff.waiting import TakeOffListView


def session_actions() -> list[tuple[str, Any, str]]:
    """Path, view, and name within ``training_sessions``."""
    return [
        ("ticket/<int:pk>/", TicketView.as_view(), "add_ticket"),
        ("ticket/<int:pk>/<int:ticket>/", TicketView.as_view(), "ticket"),
        ("open/<int:pk>/", OpenView.as_view(), "open"),
        ("take-off/<int:pk>/", TakeOffView.as_view(), "take_off"),
        ("copy/<int:pk>/", CopyView.as_view(), "copy"),
        ("calendar/", CalendarView.as_view(), "calendar"),
        ("roster/<int:pk>/", RosterView.as_view(), "roster"),
        ("sheet/<int:pk>/", SheetView.as_view(), "sheet"),
        ("attendance/<int:pk>/<int:meeting>/", AttendanceView.as_view(), "attendance"),
        ("give-seat/<int:pk>/", GiveSeatView.as_view(), "give_seat"),
        ("mail/<int:pk>/", MailView.as_view(), "mail"),
        ("take-off-list/<int:pk>/<int:entry>/", TakeOffListView.as_view(), "take_off_list"),
        ("person/<int:pk>/<int:enrolment>/", PersonView.as_view(), "person"),
        ("tell/<int:pk>/", TellView.as_view(), "tell"),
        ("cancel/<int:pk>/", CancelSessionView.as_view(), "cancel"),
        ("cancel-seat/<int:pk>/<int:enrolment>/", CancelSeatView.as_view(), "cancel_seat"),
    ]
