"""What people are told of their certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.mailing import send_mail_later
from training.completing.links import url_of

if TYPE_CHECKING:
    from training.models import Certificate

ISSUED = "training/mail/certificate_issued"


def issued(certificate: Certificate) -> None:
    """The link to it. The code, which anybody may verify it with, is not in the mail."""
    enrolment = certificate.enrolment
    if enrolment.email:
        context = context_of(certificate)
        send_mail_later(template=ISSUED, to=enrolment.email, context=context, language=enrolment.language)


def context_of(certificate: Certificate) -> dict[str, Any]:
    return {"title": certificate.course, "certificate_url": url_of(certificate)}
