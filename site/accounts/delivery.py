"""Delivering a stored mail: claimed by one worker, tried again after a growing wait, then given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.utils import timezone

from accounts.mail_kinds import MailKind, kind_of, may_mail
from accounts.models import OutgoingMail
from accounts.stopping import stop_url

State = OutgoingMail.State

# How long to wait after the first, second, ... failed attempt; after the last the mail is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
OVER = (State.SENT, State.FAILED, State.CANCELLED)
# An attempt that has not reported back by then died with its process.
LOST_AFTER = timedelta(minutes=10)


def deliver_now(mail_pk: int) -> OutgoingMail:
    """Try to send one due mail. Never raises for the mail server's sake: the row says how it went."""
    now = timezone.now()
    # The claim: of two workers with the same mail, one finds nothing to do.
    claimed = OutgoingMail.objects.filter(pk=mail_pk, state__in=(State.WAITING, State.SENDING), due_at__lte=now).update(
        state=State.SENDING, attempts=F("attempts") + 1, due_at=now + LOST_AFTER
    )
    mail = OutgoingMail.objects.get(pk=mail_pk)
    if not claimed:
        return mail
    kind = kind_of(mail.kind)
    if not may_mail(mail.to, kind):
        # Switched off since it was written.
        OutgoingMail.objects.filter(pk=mail_pk).update(state=State.CANCELLED)
        mail.state = State.CANCELLED
        return mail
    try:
        _message_of(mail, kind).send()
    except Exception as error:  # noqa: BLE001 — whatever a mail back end raises, the mail waits and is tried again
        _put_back(mail, error)
    else:
        mail.state, mail.sent_at, mail.last_error = State.SENT, timezone.now(), ""
    mail.save(update_fields=["state", "sent_at", "due_at", "last_error"])
    return mail


def due_mail(now: datetime) -> list[int]:
    """Mails whose time has come: waiting for another try, or lost with a dead process."""
    due = OutgoingMail.objects.filter(state__in=(State.WAITING, State.SENDING), due_at__lte=now)
    return list(due.order_by("due_at").values_list("pk", flat=True))


def forget_mail(*, before: datetime) -> int:
    """Delete mails older than this, delivered or given up; their text is personal data with no further use."""
    over = OutgoingMail.objects.filter(state__in=OVER, created_at__lt=before)
    return over.delete()[0]


def cancel_mail(mail: OutgoingMail) -> bool:
    """Stop a mail that waits. Returns whether that was in time."""
    return bool(OutgoingMail.objects.filter(pk=mail.pk, state=State.WAITING).update(state=State.CANCELLED))


def send_again(mail: OutgoingMail) -> bool:
    """Give a mail that was given up all its attempts anew. Of two who ask at once, one does it."""
    failed = OutgoingMail.objects.filter(pk=mail.pk, state=State.FAILED)
    return bool(failed.update(state=State.WAITING, attempts=0, due_at=timezone.now(), last_error=""))


def _message_of(mail: OutgoingMail, kind: MailKind | None) -> EmailMultiAlternatives:
    headers = {"Auto-Submitted": "auto-generated"}
    if kind and not kind.is_service:
        headers["List-Unsubscribe"] = f"<{stop_url(mail.to, kind)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=headers)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _put_back(mail: OutgoingMail, error: Exception) -> None:
    mail.last_error = type(error).__name__[:100]
    if mail.attempts > len(WAITS):
        mail.state = State.FAILED
        return
    mail.state = State.WAITING
    mail.due_at = timezone.now() + WAITS[mail.attempts - 1]
