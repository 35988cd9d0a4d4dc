"""What applicants are mailed: that there is news, and where to read it. Who reads along learns nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from accounts.mail_kinds import MailKind, Placeholder
from accounts.mailing import send_mail_later, wording_of
from training.bursaries.links import place_url

if TYPE_CHECKING:
    from accounts.mail_wording import Wording
    from training.models import Application

RECEIVED, NEWS = "training/mail/place_received", "training/mail/place_news"

# In the place of the link where colleagues look at the mail.
THEIR_LINK = f"{settings.BASE_URL}/…"


def received(application: Application) -> None:
    _send(RECEIVED, application)


def news(application: Application) -> None:
    _send(NEWS, application)


def news_wording(application: Application) -> Wording:
    """The mail that a decision sends, for a look at it before: without the link, which is the applicant's alone."""
    enrolment = application.enrolment
    return wording_of(
        template=NEWS, to=enrolment.email, context={"place_url": THEIR_LINK}, language=enrolment.language or "en"
    )


def _send(template: str, application: Application) -> None:
    enrolment = application.enrolment
    # Forgotten: there is nobody to write to.
    if enrolment.email:
        send_mail_later(
            template=template,
            to=enrolment.email,
            context=_context(application),
            language=enrolment.language or "en",
        )


def _context(application: Application) -> dict[str, Any]:
    return {"place_url": place_url(application)}


def mail_kinds() -> list[MailKind]:
    return [
        _kind(RECEIVED, "Place: asked for", "Sent when somebody has asked for a place."),
        _kind(NEWS, "Place: news", "Sent when we have a question about a place, or have decided on it."),
    ]


def _kind(key: str, label: str, when: str) -> MailKind:
    url = "https://example.org/training/place/x/"
    # Colleagues who see what was mailed may not see what is behind it.
    placeholder = Placeholder("See it", lambda context: context["place_url"], url, is_required=True, opens_account=True)
    return MailKind(
        key=key,
        label=label,
        when=when,
        placeholders={"place_url": placeholder},
        sample_context=lambda: {"place_url": url},
        # Only applicants are sent these: that one was sent tells who applied.
        seen_by="training.decide_application",
    )
