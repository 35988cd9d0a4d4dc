"""Times of sessions as their own clocks show them, whatever the time zone of this site is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html

from training.times import written_moment

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from training.models import Session

register = template.Library()
register.filter(written_moment)


@register.simple_tag
def session_day(session: Session) -> SafeString | str:
    """ "Saturday 14 March 2027, 18:00 (America/New_York)": when it begins."""
    if session.starts_at is None:
        return "The day is not fixed yet"
    begins = session.local(session.starts_at)
    words = date_format(begins, "l j F Y, H:i", use_l10n=False)
    return format_html('<time datetime="{}">{}</time> ({})', begins.isoformat(), words, session.time_zone)
