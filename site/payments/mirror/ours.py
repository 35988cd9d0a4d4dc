"""Which of Stripe's objects are this installation's. An account may be shared with a shop or another site."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from payments.gateway import reference_of
from payments.models import Event, Payment


class NotOurs(Exception):
    """The object belongs to another integration on the same account: ignore it, count it."""


class NotHereYet(Exception):
    """The object names a payment of ours that this database does not have: try again a little later."""


def payment_for(metadata: Any, **ids: str | None) -> Payment:
    """Find a payment by Stripe's ids as we stored them, then by the reference in the metadata.

    Ids come first: metadata can be edited in Stripe's dashboard.

    Raises:
        NotOurs: no id is known and the metadata is not ours.
        NotHereYet: the metadata is ours but names no payment that we have.
    """
    for field, value in ids.items():
        if value:
            found = Payment.objects.filter(**{field: value}).first()
            if found:
                return found
    reference = reference_of(metadata)
    if reference is None:
        raise NotOurs
    payment = Payment.objects.filter(public_id=reference).first() if _is_uuid(reference) else None
    if payment is None:
        raise NotHereYet(reference)
    return payment


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def at(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, tz=UTC)


def maybe_at(epoch: int | None) -> datetime | None:
    return None if epoch is None else at(epoch)


def told_at(object_id: str, asked_at: datetime) -> datetime:
    """When an object last changed: as the event says that has sent us to look, else when we asked."""
    waiting = Event.objects.filter(object_id=object_id, status=Event.Status.RECEIVED, created__lte=asked_at)
    return waiting.order_by("-created").values_list("created", flat=True).first() or asked_at


def id_of(value: Any) -> str | None:
    """The id of a field that Stripe may answer expanded or not."""
    if value is None or isinstance(value, str):
        return value
    return str(value.id)


def paid_payment(*, charge_id: str | None, payment_intent_id: str | None) -> Payment | None:
    """The payment behind a charge, if it is booked."""
    if charge_id and (found := Payment.objects.filter(charge_id=charge_id, transaction__isnull=False).first()):
        return found
    if payment_intent_id:
        return Payment.objects.filter(payment_intent_id=payment_intent_id, transaction__isnull=False).first()
    return None
