"""The sheet that people sign when they come: names on lists, and a field for each day."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import timezone

from receipts.models import Issuer
from receipts.staff.printing import paper
from training.models import Meeting, Session
from training.sessions.times import span_words
from training.staff.rosters import RosterRow
from training.staff.rows import title_of

STYLE = Path(__file__).parents[1] / "templates" / "training" / "papers" / "papers.css"
DAYS_ON_A_SHEET = 5
# Who comes without having booked writes their name by hand.
EMPTY_LINES = 4


def sign_in_html(session: Session, meetings: Sequence[Meeting], rows: Sequence[RosterRow]) -> str:
    """A sheet for each five days."""
    parts = [meetings[start : start + DAYS_ON_A_SHEET] for start in range(0, len(meetings), DAYS_ON_A_SHEET)]
    context = {
        "title": f"{title_of(session)}: sign in",
        "heading": title_of(session),
        "issuer": Issuer.load().legal_name,
        "place": session.address or session.place,
        "sheets": [[(session.on_clocks(day.starts_at), day) for day in part] for part in parts or [[]]],
        "spans": [span_words(day.starts_at, day.ends_at, session.zone) for day in meetings],
        "names": [row.name for row in rows],
        "empty": range(EMPTY_LINES),
        "shape": paper(),
        "style": _style(),
        "language": "en",
        "created": timezone.localtime(),
    }
    return render_to_string("training/papers/sign_in.html", context)


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")
