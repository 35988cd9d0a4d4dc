"""Moments in words, as the clocks of a session show them, whatever the time zone of this site is."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language


def written_moment(moment: datetime, zone: str) -> str:
    """ "14 March 2027, 18:00 (America/New_York)", in the language that is active. ``moment`` is local to the zone."""
    pattern = r"j \d\e F \d\e Y, H:i" if get_language() == "es" else "j F Y, H:i"
    return f"{date_format(moment, pattern)} ({zone})"
