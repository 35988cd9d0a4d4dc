"""What the background worker does for accounts: deliver mail, and try again later."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks import task

from accounts import delivery

logger = logging.getLogger(__name__)


@task()
def deliver(mail_pk: int) -> None:
    """Deliver one mail; when the mail server is down, come back after a growing wait."""
    mail = delivery.deliver_now(mail_pk)
    if mail.state != mail.State.WAITING:
        return
    logger.warning("mail %s not delivered (%s), attempt %s", mail.pk, mail.last_error, mail.attempts)
    if deliver.get_backend().supports_defer:
        deliver.using(run_after=mail.due_at).enqueue(mail_pk)


@task()
def deliver_due_mail() -> None:
    """Sweep up mails whose own task was lost; the clock asks for it."""
    for mail_pk in delivery.due_mail(timezone.now()):
        deliver.enqueue(mail_pk)
