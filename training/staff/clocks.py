"""Days and times as the clocks of a session's zone show them: typed by staff, kept as moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.admin.widgets import AdminDateTimeInput

from training.sessions.meetings import moments_of

SKIPPED = "On this day the clocks are put forward: {clock:%H:%M} does not exist. Choose another time."
TWICE = "On {day:%-d %B %Y} the clocks are put back, and {clock:%H:%M} comes twice: the first of them is meant."


class ClockField(forms.DateTimeField):
    """A moment without a zone yet; ``at_session`` says which it is."""

    widget = AdminDateTimeInput

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):
            moment = super().to_python(value)
        return moment.replace(tzinfo=None) if moment else None


def at_session(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, str]:
    """The moment, and what to tell staff of it where a clock shows that time twice. Raises ValidationError."""
    moments = moments_of(day, clock, zone)
    if not moments:
        raise ValidationError(SKIPPED.format(clock=clock))
    return moments[0], TWICE.format(day=day, clock=clock) if len(moments) > 1 else ""


def kept_or_meant(kept: datetime | None, day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, str]:
    """Of two moments that look alike, the one that was kept before; else as ``at_session``."""
    if kept is not None and kept in moments_of(day, clock, zone):
        return kept, ""
    return at_session(day, clock, zone)


@cache
def zones() -> list[tuple[str, str]]:
    """Ours first, then the zones that are named for a place."""
    named = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix")))
    ours = settings.TIME_ZONE
    first = [ours, *(["UTC"] if ours != "UTC" else [])]
    return [(name, name.replace("_", " ")) for name in [*first, *(name for name in named if name != ours)]]


def zone_named(name: Any) -> ZoneInfo | None:
    return ZoneInfo(name) if name in dict(zones()) else None


class ClocksForm:
    """A form with ``ClockField``s, each shown and read in the zone that ``zone()`` names. Mixed into a model form."""

    clocks: tuple[str, ...] = ()

    def show_clocks(self, zone: ZoneInfo) -> None:
        form: Any = self
        for name in self.clocks:
            if moment := getattr(form.instance, name):
                form.initial[name] = moment.astimezone(zone).replace(tzinfo=None)

    def read_clocks(self, cleaned: dict[str, Any], zone: ZoneInfo) -> None:
        form: Any = self
        for name in self.clocks:
            if typed := cleaned.get(name):
                try:
                    kept = getattr(form.instance, name)
                    cleaned[name], _ = kept_or_meant(kept, typed.date(), typed.time(), zone)
                except ValidationError as error:
                    form.add_error(name, error)
