"""Who works in training's office, and seats that were booked without a checkout."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.receipts import cast
from training.models import Enrolment, Meeting, Session, Trainer
from training.roles import TRAINERS
from training.seats.taking import take


def signed_in(group: str, email: str) -> Client:
    return cast.signed_in(cast.in_group(group, email))


def a_trainer(name: str, *sessions: Session) -> Client:
    """Somebody who teaches these sessions, at their own desk."""
    user = cast.in_group(TRAINERS, f"{name.lower()}@example.org")
    trainer = Trainer.objects.create(name=name, user=user)
    trainer.sessions.set(sessions)
    return cast.signed_in(user)


def a_seat(session: Session, shown_as: str = "Tess", **fields: Any) -> Enrolment:
    """A seat that is somebody's, confirmed if nothing else is said."""
    ticket = fields.pop("ticket", None) or session.tickets.order_by("pk")[0]
    take({ticket.pk: 1})
    state = fields.pop("state", Enrolment.State.CONFIRMED)
    moments = {"confirmed_at": timezone.now()} if state == Enrolment.State.CONFIRMED else {}
    return Enrolment.objects.create(
        session=session, ticket=ticket, state=state, holds_seat=True, currency="USD", shown_as=shown_as,
        **{"email": f"{shown_as.lower()}@example.org", **moments, **fields},
    )  # fmt: skip


def address(name: str, session: Session, *more: int) -> str:
    return reverse(f"training_sessions:{name}", args=[session.pk, *more])


def page(client: Client, url: str, **query: Any) -> str:
    answer = client.get(url, query)
    assert answer.status_code == 200, (url, answer.status_code, answer.get("Location"))
    return " ".join(answer.content.decode().split())


def typed(session: Session | None, days: list[dict[str, str]], **fields: Any) -> dict[str, Any]:
    """The session's form as a browser sends it; ``days`` are the rows that are added."""
    kept = list(session.meetings.all()) if session else []
    rows: dict[str, Any] = {
        "meetings-TOTAL_FORMS": len(kept) + len(days), "meetings-INITIAL_FORMS": len(kept),
        "meetings-MIN_NUM_FORMS": 0, "meetings-MAX_NUM_FORMS": 1000,
    }  # fmt: skip
    for number, row in enumerate([*(_row(session, day) for day in kept), *days]):
        rows |= {f"meetings-{number}-{name}": value for name, value in {"ORDER": number, **row}.items()}
    before = {
        "page": session.page_id, "name": session.name, "seats": session.seats, "time_zone": session.time_zone,
        "place": session.place,
    } if session else {}  # fmt: skip
    return {"language": "en", "offer_hours": 48, "time_zone": "America/New_York", **before, **rows, **fields}


def _row(session: Session | None, meeting: Meeting) -> dict[str, Any]:
    assert session is not None
    starts, ends = session.local(meeting.starts_at), session.local(meeting.ends_at)
    return {
        "id": meeting.pk, "day": f"{starts:%Y-%m-%d}", "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}",
        "ends_on": "" if ends.date() == starts.date() else f"{ends:%Y-%m-%d}", "topic": meeting.topic,
    }  # fmt: skip
