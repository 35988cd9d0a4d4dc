"""Issuing a certificate, issuing it anew under another name, and revoking it. What one says never changes."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from receipts.models import Issuer
from training.completing import mails
from training.completing.files import draw_soon
from training.models import Certificate, CoursePage, Enrolment
from training.sessions.times import last_day

REISSUED, REVOKED = "training.reissue_certificate", "training.revoke_certificate"


class CannotIssue(Exception):
    """The text is a sentence for staff."""


@transaction.atomic
def issue(enrolment: Enrolment, *, by: Any = None) -> Certificate:
    """The certificate of somebody who completed a course; the live one, where there is one already.

    Raises CannotIssue.
    """
    if live := enrolment.certificates.filter(revoked_at=None).first():
        return live
    certificate = Certificate(enrolment=enrolment, issued_by=by, **_facts(enrolment))
    try:
        with transaction.atomic():
            certificate.save()
    except IntegrityError:
        # Two at once: the other one's stands.
        return enrolment.certificates.get(revoked_at=None)
    draw_soon(certificate)
    mails.issued(certificate)
    return certificate


def _facts(enrolment: Enrolment) -> dict[str, Any]:
    session = enrolment.session
    course = CoursePage.objects.filter(pk=session.page_id).first()
    if course is None or course.hours is None:
        raise CannotIssue("There are no certificates for this: its page gives no hours.")
    if not enrolment.shown_as:
        raise CannotIssue("Nobody has said yet who sits on this seat.")
    if session.starts_at is None or session.ends_at is None:
        raise CannotIssue("The session has no days.")
    return {
        "name": enrolment.shown_as,
        "course": course.title,
        "hours": course.hours,
        "starts_on": session.local(session.starts_at).date(),
        "ends_on": last_day(session.ends_at, session.zone),
        "trainers": ", ".join(session.trainers.values_list("name", flat=True))[:500],
        "issuer": Issuer.load().legal_name,
        "language": session.language,
    }


@transaction.atomic
def reissue(certificate: Certificate, *, name: str, by: Any) -> Certificate:
    """The same under another name: the old one is revoked, and each knows of the other.

    Raises CannotIssue where it was revoked or replaced meanwhile.
    """
    _revoke(certificate, why="Issued anew", by=by)
    copied = ("enrolment_id", "course", "hours", "starts_on", "ends_on", "trainers", "issuer", "language")
    facts = {field: getattr(certificate, field) for field in copied}
    new = Certificate.objects.create(name=name, replaces=certificate, issued_by=by, **facts)
    log(new, REISSUED, user=by)
    draw_soon(new)
    mails.issued(new)
    return new


@transaction.atomic
def revoke(certificate: Certificate, *, why: str, by: Any) -> None:
    """From now on whoever verifies it is told that it does not hold. Raises CannotIssue where that is said already."""
    _revoke(certificate, why=why, by=by)
    log(certificate, REVOKED, user=by)


def _revoke(certificate: Certificate, *, why: str, by: Any) -> None:
    live = Certificate.objects.filter(pk=certificate.pk, revoked_at=None)
    if not live.update(revoked_at=timezone.now(), revoked_by=by, revoked_why=why):
        raise CannotIssue("This certificate was revoked already.")
    certificate.refresh_from_db()
