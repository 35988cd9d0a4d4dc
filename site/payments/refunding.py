"""Giving money back from here: the row first, then the call, then Stripe's own word."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from payments import gateway, worker
from payments.gateway import reference_of
from payments.mirror.ours import NotHereYet, NotOurs
from payments.models import Payment, Refund, RefundLine
from payments.refund_parts import RefundPart, are_left, asked_of, total_of

log = logging.getLogger(__name__)

# Stripe forgets a key after a day or more; after that, the same key would make a second refund.
KEY_KEPT = timedelta(hours=23)
LATER = "Stripe could not be reached. Nothing is lost: ask again in a moment."


class RefundRefused(Exception):
    """The refund can't be made; the message is for the person who asked."""


def request_refund(
    payment: Payment, *, amount: int, reason: str, by: User | None, parts: Sequence[RefundPart] = ()
) -> Refund:
    """Refund ``amount`` (minor units of the payment's currency). Asked twice at once, it is done once.

    ``parts`` says from which lines it goes back, and sums to it; without any, it is split over all that is left.

    Raises:
        RefundRefused: nothing went back; its message says why. Where Stripe could not be reached the request stays,
            and asking again goes on with it, under the same key.
    """
    refund = _request(payment, amount=amount, reason=reason, by=by, parts=parts)
    if timezone.now() - refund.created_at > KEY_KEPT and _made_already(refund, payment):
        return refund
    try:
        remote = gateway.create_refund(
            payment_intent=payment.payment_intent_id or "",
            amount=refund.amount,
            reference=str(refund.public_id),
            key=f"refund:{refund.public_id}:{refund.attempt}",
        )
    except (gateway.StripeFailed, gateway.KeyReused) as error:
        raise RefundRefused(_after_failure(refund, payment)) from error
    except gateway.StripeUnavailable as error:
        raise RefundRefused(LATER) from error
    except gateway.StripeRefused as error:
        Refund.objects.filter(pk=refund.pk, refund_id=None).update(status=Refund.Status.FAILED)
        raise RefundRefused(f"Stripe refused the refund: {error}") from error
    try:
        worker.sync("refund", remote.id)
    except (gateway.StripeProblem, worker.Busy, worker.LeaseLost, NotOurs, NotHereYet):
        # It is made; the webhook will book it.
        Refund.objects.filter(pk=refund.pk, refund_id=None).update(refund_id=remote.id, status=Refund.Status.PENDING)
    refund.refresh_from_db()
    return refund


def refund_rest(payment: Payment, *, reason: str) -> bool | None:
    """Give back, without staff, all that is left of a payment.

    False when there was nothing left or Stripe refused; None when Stripe could not be asked: then ask again later.
    """
    waiting = payment.refunds.filter(status=Refund.Status.REQUESTED).first()
    amount = waiting.amount if waiting else payment.refundable_amount
    if amount <= 0:
        return False
    try:
        request_refund(payment, amount=amount, reason=reason, by=None, parts=asked_of(waiting) if waiting else ())
    except RefundRefused as refused:
        log.warning("A payment was not refunded: %s", refused)
        return None if payment.refunds.filter(status=Refund.Status.REQUESTED).exists() else False
    return True


def _after_failure(refund: Refund, payment: Payment) -> str:
    """Stripe failed with an answer: see whether it made the refund all the same before another try gets a new key."""
    if _made_already(refund, payment):
        return "Stripe had trouble, but made the refund. It is on its way."
    Refund.objects.filter(pk=refund.pk).update(attempt=refund.attempt + 1)
    return LATER


def _made_already(refund: Refund, payment: Payment) -> bool:
    """Look at Stripe for a refund with our mark, and adopt it.

    Raises RefundRefused when Stripe can't be asked: without the answer nothing may be tried again.
    """
    try:
        made = gateway.refunds_of(payment.charge_id or "")
    except gateway.StripeProblem as error:
        raise RefundRefused(LATER) from error
    ours = [one.id for one in made if reference_of(one.metadata) == str(refund.public_id)]
    if ours:
        Refund.objects.filter(pk=refund.pk, refund_id=None).update(refund_id=ours[0], status=Refund.Status.PENDING)
        refund.refresh_from_db()
    return bool(ours)


def _request(payment: Payment, *, amount: int, reason: str, by: User | None, parts: Sequence[RefundPart]) -> Refund:
    if parts and total_of(parts) != amount:
        raise ValueError("The parts of a refund sum to it.")
    with transaction.atomic():
        # The lock under which the sum and each line are looked at; on SQLite, the whole database is.
        payment = Payment.objects.select_for_update().get(pk=payment.pk)
        waiting = payment.refunds.filter(status=Refund.Status.REQUESTED).first()
        if waiting:
            return _same(waiting, amount, parts)
        if payment.payment_intent_id is None or amount <= 0:
            raise RefundRefused("There is nothing to refund.")
        if amount > payment.refundable_amount:
            raise RefundRefused("That is more than what is left of this payment.")
        if parts and not are_left(payment, parts):
            raise RefundRefused("That is more than what is left of a line of this payment.")
        try:
            with transaction.atomic():
                return _create(payment, parts, amount=amount, reason=reason, requested_by=by)
        except IntegrityError:
            return _same(payment.refunds.get(status=Refund.Status.REQUESTED), amount, parts)


def _create(payment: Payment, parts: Sequence[RefundPart], **fields: Any) -> Refund:
    refund = Refund.objects.create(payment=payment, **fields)
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line=part.line, amount=part.amount, tax=part.tax, quantity=part.quantity)
        for part in parts
    )
    return refund


def _same(waiting: Refund, amount: int, parts: Sequence[RefundPart]) -> Refund:
    asked = {(part.line.pk, part.amount, part.tax, part.quantity) for part in parts}
    if waiting.amount != amount or asked != set(waiting.lines.values_list("line", "amount", "tax", "quantity")):
        raise RefundRefused("Another refund of this payment is on its way. Wait until it is done.")
    return waiting
