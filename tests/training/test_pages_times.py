"""The words for when something takes place: in the session's own zone, also at midnight and where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from training.sessions.times import span_words

NEW_YORK, LONDON, KATHMANDU = (ZoneInfo(key) for key in ("America/New_York", "Europe/London", "Asia/Kathmandu"))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "words"),
    [
        # Whatever zone the moment is stored in, the session's is said.
        (utc(2027, 7, 3, 22), utc(2027, 7, 4, 0), NEW_YORK,
         "Saturday 3 July 2027, 18:00 to 20:00, Eastern Daylight Time (New York)"),
        (utc(2027, 7, 3, 17), utc(2027, 7, 3, 18), LONDON,
         "Saturday 3 July 2027, 18:00 to 19:00, British Summer Time (London)"),
        (utc(2027, 7, 3, 22), utc(2027, 7, 4, 0), KATHMANDU,
         "Sunday 4 July 2027, 03:45 to 05:45, GMT+05:45 (Kathmandu)"),
        # It ends at midnight: that is still the same evening. It begins then: that is already the next day.
        (utc(2027, 1, 10, 1), utc(2027, 1, 10, 5), NEW_YORK,
         "Saturday 9 January 2027, 20:00 to midnight, Eastern Standard Time (New York)"),
        (utc(2027, 1, 10, 5), utc(2027, 1, 10, 6), NEW_YORK,
         "Sunday 10 January 2027, 00:00 to 01:00, Eastern Standard Time (New York)"),
        (utc(2027, 1, 10, 3), utc(2027, 1, 10, 6), NEW_YORK,
         "Saturday 9 January 2027, 22:00 to Sunday 10 January 2027, 01:00, Eastern Standard Time (New York)"),
        # Clocks are put forward at 02:00, and back at 02:00 half a year later.
        (utc(2027, 3, 14, 6), utc(2027, 3, 14, 8), NEW_YORK,
         "Sunday 14 March 2027, 01:00 Eastern Standard Time to 04:00 Eastern Daylight Time (New York)"),
        (utc(2027, 11, 7, 5), utc(2027, 11, 7, 7), NEW_YORK,
         "Sunday 7 November 2027, 01:00 Eastern Daylight Time to 02:00 Eastern Standard Time (New York)"),
        (utc(2027, 3, 14, 22), utc(2027, 3, 15, 0), NEW_YORK,
         "Sunday 14 March 2027, 18:00 to 20:00, Eastern Daylight Time (New York)"),
    ],
)  # fmt: skip
def test_times_are_said_as_the_sessions_own_clocks_show_them(
    starts: datetime, ends: datetime, zone: ZoneInfo, words: str
) -> None:
    assert span_words(starts, ends, zone) == words


def test_spanish_says_it_in_spanish() -> None:
    said = span_words(utc(2027, 7, 3, 22), utc(2027, 7, 4, 4), NEW_YORK, "es")
    assert said == "sábado 3 de julio de 2027, 18:00 a medianoche, hora de verano oriental (New York)"
