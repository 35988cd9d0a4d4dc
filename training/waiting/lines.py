"""Whether somebody waits for the seats of a session."""

from __future__ import annotations

from collections.abc import Iterable

from training.models import WaitingEntry


def sessions_with_a_line(sessions: Iterable[int]) -> set[int]:
    """Those in which somebody waits: what is free there is theirs."""
    waiting = WaitingEntry.objects.filter(session__in=set(sessions), state=WaitingEntry.State.WAITING)
    return set(waiting.values_list("session", flat=True))
