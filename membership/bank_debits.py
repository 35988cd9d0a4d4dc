"""A bank debit takes days: its payer hears once that the bank is working on it, and again if it came back.

That it arrived is said by the welcome or the thanks. Looked for by a job, because no event says "still on its way".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from membership.models import Notice, Subscription
from membership.recovery import mails
from payments.models import Payment
from payments.payables import find_payable

# A card takes seconds to settle, also where the bank asks: younger payments are not worth a mail. And a debit that
# begins a subscription is tried again for weeks before Stripe gives it up.
AFTER, NO_LONGER_THAN = timedelta(minutes=15), timedelta(days=60)
TEMPLATES: dict[str, str] = {Notice.Kind.AT_THE_BANK: "at_the_bank", Notice.Kind.DEBIT_FAILED: "debit_failed"}


def tell_all() -> int:
    """The scheduled job. Returns how many mails were written."""
    now = timezone.now()
    # Renewals have no session: those that fail are told with their reason.
    recent = Payment.objects.filter(created_at__range=(now - NO_LONGER_THAN, now - AFTER)).exclude(session_id=None)
    under_way = recent.filter(~_told(Notice.Kind.AT_THE_BANK), status=Payment.Status.PROCESSING)
    failed = recent.filter(_told(Notice.Kind.AT_THE_BANK), ~_told(Notice.Kind.DEBIT_FAILED))
    sent = sum(_tell(payment, Notice.Kind.AT_THE_BANK) for payment in under_way)
    return sent + sum(_tell(payment, Notice.Kind.DEBIT_FAILED) for payment in failed.filter(status="failed"))


def _told(kind: str) -> Exists:
    return Exists(Notice.objects.filter(kind=kind, payment=OuterRef("pk")))


@transaction.atomic
def _tell(payment: Payment, kind: str) -> bool:
    subscription = next(_subscriptions(payment), None)
    if subscription is None or not Notice.objects.get_or_create(kind=kind, payment=payment)[1]:
        return False
    return mails.send(TEMPLATES[kind], subscription, None, amount=payment.amount)


def _subscriptions(payment: Payment) -> Iterator[Subscription]:
    """What of it is ours: other things that are sold speak for themselves."""
    for item in payment.items.all():
        payable = find_payable(item.payable_kind, item.payable_id)
        if isinstance(payable, Subscription):
            yield payable
