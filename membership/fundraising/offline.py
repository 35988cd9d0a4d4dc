"""Gifts that came by cheque, in cash or to the bank account: into the books once, and out of them again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from membership import gift_mails
from membership.models import Campaign, Gift, OfflineGift
from membership.states import State
from membership.tributes import TributeTerms, keep_tribute
from receipts import ledger
from receipts.chart import Account
from receipts.issuing import issue_receipt, void_receipts_of
from receipts.models import Fund, Payer, Transaction
from receipts.months import day_of


class UndoRefused(Exception):
    """This booking cannot be taken back. Its text is a sentence for staff."""


@dataclass(frozen=True, kw_only=True)
class OfflineTerms:
    """What was given, when and how, as staff know it. ``amount`` in minor units."""

    amount: int
    currency: str
    received_on: date
    method: str
    fund: Fund
    campaign: Campaign | None = None
    reference: str = ""
    note: str = ""
    tribute: TributeTerms | None = None


def record_offline_gift(
    *, key: uuid.UUID, payer: Payer, terms: OfflineTerms, by: Any, booked_as: str = "", thanks: bool = False
) -> tuple[OfflineGift, bool]:
    """Book a gift with its receipt. Told twice with one key, it returns what it wrote the first time."""
    if earlier := _recorded(key):
        return earlier, False
    try:
        with transaction.atomic():
            return _record(key, payer, terms, by, booked_as or f"offline:{key}", thanks), True
    except IntegrityError:
        # The same form, sent from two tabs at once: the other one's stands.
        if earlier := _recorded(key):
            return earlier, False
        raise


def _recorded(key: uuid.UUID) -> OfflineGift | None:
    return OfflineGift.objects.for_staff().filter(gift__public_id=key).first()


def _record(
    key: uuid.UUID, payer: Payer, terms: OfflineTerms, by: Any, booked_as: str, thanks: bool
) -> OfflineGift:  # fmt: skip
    gift = Gift.objects.create(
        public_id=key,
        payer=payer,
        amount=terms.amount,
        currency=terms.currency,
        fund=terms.fund,
        campaign=terms.campaign,
        method=terms.method,
        state=State.GIVEN,
        started_at=moment_of(terms.received_on),
    )
    keep_tribute(gift, terms.tribute)
    booked = _book(gift, booked_as)
    gift.paid(booked)
    issue_receipt(booked, on=day_of(timezone.now()), sandbox=settings.STRIPE_MODE != "live")
    if thanks:
        gift_mails.thank(gift, None)
    return OfflineGift.objects.create(
        gift=gift, transaction=booked, reference=terms.reference, note=terms.note, recorded_by=by
    )


def moment_of(day: date) -> datetime:
    """A bank knows days only: noon of that day where the books are kept, and never later than now."""
    return min(datetime.combine(day, time(12), ZoneInfo(settings.TIME_ZONE)), timezone.now())


def _book(gift: Gift, booked_as: str) -> Transaction:
    lines = [
        ledger.IncomeLine(
            account=line.account, amount=line.amount, fund=line.fund, description=line.description, subject=line.subject
        )
        for line in gift.lines()
    ]
    booked, _ = ledger.record_income(
        reference=booked_as,
        occurred_at=gift.started_at or timezone.now(),
        payer=gift.payer,
        currency=gift.currency,
        lines=lines,
        held_in=Account.CASH if gift.method == Gift.Method.CASH else Account.BANK,
    )
    return booked


def looks_like(payer: Payer, terms: OfflineTerms) -> list[OfflineGift]:
    """Gifts of the same payer, amount and day that stand already: this may be one of them once more."""
    moment = moment_of(terms.received_on)
    same = OfflineGift.objects.standing().for_staff().filter(
        gift__payer__in=Payer.objects.same_as(payer), gift__amount=terms.amount, gift__currency=terms.currency
    )  # fmt: skip
    return [one for one in same if one.gift.started_at and day_of(one.gift.started_at) == day_of(moment)]


def undo_offline_gift(offline: OfflineGift, *, reason: str, by: Any) -> bool:
    """Take the booking back and void the receipt; false when somebody has done that already.

    Raises UndoRefused where the books cannot take it back whole.
    """
    try:
        with transaction.atomic():
            if not offline.claim_undo(by=by, reason=reason):
                return False
            now = timezone.now()
            reversal, _ = ledger.reverse(
                offline.transaction, reference=f"{offline.transaction.reference}:undo", occurred_at=now
            )
            void_receipts_of(offline.transaction, reason=reason, at=now)
            Gift.objects.filter(pk=offline.gift_id).update(state=State.UNDONE)
            Gift.objects.get(pk=offline.gift_id).refunded(reversal)
    except ledger.BookingError as refused:
        raise UndoRefused(str(refused)) from refused
    return True
