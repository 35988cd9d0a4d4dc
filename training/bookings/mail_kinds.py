"""The mails of bookings as staff see them: when each is sent, and what they may put into it."""

from __future__ import annotations

from typing import Any

from accounts.mail_kinds import MailKind, Placeholder
from training.bookings import wording
from training.bookings.mails import context_of

SAMPLE_URL = "https://example.org/booking/x/"
SAMPLE_ITEM = {
    "quantity": 2,
    "what": "Sewing for a living",
    "ticket": "Seat",
    "days": ["Sunday 14 March 2027, 18:00–20:00 (Eastern Daylight Time)"],
    "where": "12 Lantern Court, Portland, Oregon",
}
COMMON = {
    "name": Placeholder("The name of who booked", lambda context: context["name"], "Grace Hopper"),
    "number": Placeholder(
        "The booking’s number", lambda context: context["number"], "4K7XQ2P9", may_stand_in_subject=True
    ),
    "seats": Placeholder(
        "Which seats, when and where", lambda context: context["listing"](), "- 2 × Sewing for a living (Seat)"
    ),
    "booking_url": Placeholder("See your booking", lambda context: context["booking_url"], SAMPLE_URL),
}
WHEN = Placeholder("How soon", lambda context: context["when"](), wording.WORDS["en"]["day"])
REASON = Placeholder("Why it is cancelled", lambda context: context["reason"], "The trainer is ill.")
CHOICE = Placeholder("What they can do now", lambda context: context["choice"](), wording.said("choose", days=14)())
MONEY_BACK = Placeholder(
    "Whether money goes back", lambda context: context["money_back"](), wording.WORDS["en"]["nothing_paid"]
)


def sample(**more: Any) -> Any:
    return lambda: context_of(
        lambda: [SAMPLE_ITEM], url=SAMPLE_URL, name="Grace Hopper", number=COMMON["number"].sample, **more
    )


def kind(name: str, label: str, sent: str, sample_context: Any = None, **placeholders: Placeholder) -> MailKind:
    return MailKind(
        key=f"training/mail/{name}",
        label=label,
        when=sent,
        placeholders={**COMMON, **placeholders},
        sample_context=sample_context or sample(),
    )


def booking_mail_kinds() -> list[MailKind]:
    cancelled = sample(reason=REASON.sample, choice=wording.said("choose", days=14))
    return [
        kind("booking_confirmed", "Booking: made", "Sent when seats are booked."),
        kind("booking_full", "Booking: full, refunded", "Sent when a payment comes after the last seat was taken."),
        kind("seat_yours", "Booking: a seat for somebody", "Sent to whom a seat is given by who booked it."),
        kind(
            "seat_reminder",
            "Booking: reminder",
            "Sent a day and an hour before each meeting, once each.",
            sample(when=wording.said("day")),
            when=WHEN,
        ),
        kind("session_changed", "Booking: time or place changed", "Sent when staff tell that a session has changed."),
        kind(
            "session_cancelled",
            "Booking: session cancelled",
            "Sent to everybody with a seat when a session is cancelled.",
            cancelled,
            reason=REASON,
            choice=CHOICE,
        ),
        kind(
            "seat_cancelled",
            "Booking: seat given up",
            "Sent when a seat is cancelled, by who booked it or by staff.",
            sample(money_back=wording.said("nothing_paid")),
            money_back=MONEY_BACK,
        ),
        kind("seat_moved", "Booking: moved", "Sent when a seat is moved to another session."),
        kind(
            "session_gift",
            "Booking: given instead",
            "Sent when somebody gives what they paid for a session that was cancelled.",
        ),
    ]
