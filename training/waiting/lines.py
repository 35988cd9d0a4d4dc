"""For which tickets somebody waits: what is free there is theirs."""

from __future__ import annotations

from collections.abc import Iterable

from training.models import Ticket, WaitingEntry


def tickets_behind_a_line(tickets: Iterable[Ticket]) -> set[int]:
    """Those that nobody can book past the line: the same rule as ``seats.taking.who_comes_first``, in one query."""
    tickets = list(tickets)
    sessions = {ticket.session_id for ticket in tickets}
    waiting = WaitingEntry.objects.filter(session__in=sessions, state=WaitingEntry.State.WAITING)
    line = list(waiting.order_by().values_list("session", "ticket", "ticket__quota", "ticket__taken").distinct())
    could_take_any = {session for session, _, quota, taken in line if quota is None or taken < quota}
    waited_for = {ticket for _, ticket, _, _ in line}
    return {ticket.pk for ticket in tickets if ticket.session_id in could_take_any or ticket.pk in waited_for}
