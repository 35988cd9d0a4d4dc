"""Times of sessions as their own clocks show them, whatever the time zone of this site is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

from training.sessions.times import moment_words

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from training.models import Session

register = template.Library()


@register.filter
def written_moment(moment: datetime, zone: str) -> str:
    """ "Saturday 14 March 2027, 18:00, Eastern Daylight Time (New York)"."""
    return moment_words(moment, ZoneInfo(zone), get_language() or "en")


@register.simple_tag
def session_day(session: Session) -> SafeString | str:
    """When a session begins."""
    if session.starts_at is None:
        return "The day is not fixed yet"
    words = moment_words(session.starts_at, session.zone, get_language() or "en")
    return format_html('<time datetime="{}">{}</time>', session.local(session.starts_at).isoformat(), words)
