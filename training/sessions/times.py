"""When something takes place, as the clocks of its session show it: page, mail, calendar and certificate say it alike.

Everybody reads the session's own zone, named. What crosses the night in which clocks change says both of its names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name
from django.utils.translation import get_language

from receipts.money import known_locale

if TYPE_CHECKING:
    from training.models import Session

DAYS = {"es": "EEEE d 'de' MMMM 'de' y"}
TO = {"es": "a"}
MIDNIGHT = {"es": "medianoche"}


@dataclass(frozen=True, kw_only=True)
class Day:
    """One meeting, as it is written in the language that is active."""

    starts_at: datetime
    words: str
    topic: str = ""


def days_of(session: Session) -> list[Day]:
    """Every meeting of a session. Of several sessions, prefetch them."""
    language = get_language() or "en"
    return [
        Day(
            starts_at=meeting.starts_at,
            words=span_words(meeting.starts_at, meeting.ends_at, session.zone, language),
            topic=meeting.topic,
        )
        for meeting in session.meetings.all()
    ]


def day_words(moment: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """ "Saturday 14 March 2027"."""
    day = moment.astimezone(zone).date()
    return format_date(day, format=DAYS.get(language, "EEEE d MMMM y"), locale=known_locale(language))


def last_day(ends: datetime, zone: ZoneInfo) -> date:
    """What ends at midnight ends on the evening before."""
    return (ends - timedelta(microseconds=1)).astimezone(zone).date()


def time_words(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


def zone_words(moment: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """ "Eastern Daylight Time (New York)": what the zone is called at that moment."""
    return f"{_zone_name(moment, zone, language)}{_city(zone)}"


def moment_words(moment: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """ "Saturday 14 March 2027, 18:00, Eastern Daylight Time (New York)"."""
    day = day_words(moment, zone, language)
    return f"{day}, {time_words(moment, zone)}, {zone_words(moment, zone, language)}"


def span_words(starts: datetime, ends: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """ "Saturday 14 March 2027, 18:00 to 20:00, Eastern Daylight Time (New York)"."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    until = time_words(ends, zone)
    if last.date() != first.date():
        is_midnight = last.time() == time(0) and last.date() - first.date() == timedelta(days=1)
        word = MIDNIGHT.get(language, "midnight")
        until = word if is_midnight else f"{day_words(ends, zone, language)}, {until}"
    before, after = (_zone_name(moment, zone, language) for moment in (starts, ends))
    changed = f" {before}" if before != after else ""
    begins = f"{day_words(starts, zone, language)}, {time_words(starts, zone)}{changed}"
    named = f"{after}{_city(zone)}"
    return f"{begins} {TO.get(language, 'to')} {until}{' ' if changed else ', '}{named}"


def _zone_name(moment: datetime, zone: ZoneInfo, language: str) -> str:
    return get_timezone_name(moment.astimezone(zone), width="long", locale=known_locale(language))


def _city(zone: ZoneInfo) -> str:
    """Which of the places with that time: several zones are called alike."""
    city = zone.key.rpartition("/")[2].replace("_", " ") if "/" in zone.key else ""
    return f" ({city})" if city else ""
