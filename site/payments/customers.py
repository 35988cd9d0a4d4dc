"""Telling Stripe who a customer is now, or to forget them: after the commit, and again until it has heard."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import task

from payments import gateway
from payments.issues import close_issue, open_issue
from payments.models import Customer
from receipts.models import Payer

ToTell = Customer.ToTell
# By then a task has had its chance, and the clock looks itself.
OVERDUE = timedelta(minutes=10)


def note_change(payer: Payer) -> None:
    """The payer's name or address is another. Call it in the transaction that changes them."""
    _note(Customer.objects.filter(payer=payer).exclude(to_tell=ToTell.DELETE), ToTell.UPDATE)


def note_erasure(payers: list[Payer]) -> None:
    """The payers were erased. Call it in the transaction that erases them."""
    _note(Customer.objects.filter(payer__in=payers), ToTell.DELETE)


def _note(customers: QuerySet[Customer], what: str) -> None:
    # Another mode's customers are behind another key: they wait until the site runs in that mode.
    told = list(customers.exclude(stripe_id=None).values_list("pk", flat=True))
    Customer.objects.filter(pk__in=told).update(to_tell=what, to_tell_since=timezone.now())
    for pk in told:
        _queue(pk)


def _queue(customer_pk: int) -> None:
    if tell_stripe.get_backend().supports_defer:
        # A task table in our own database: the request commits or vanishes with the change.
        tell_stripe.enqueue(customer_pk)
    else:
        transaction.on_commit(partial(tell_stripe.enqueue, customer_pk))


@task()
def tell_stripe(customer_pk: int) -> None:
    """Tell Stripe what it must still hear of one customer. What fails now, the clock tries again."""
    mine = Customer.objects.exclude(to_tell=ToTell.NOTHING).filter(livemode=settings.STRIPE_MODE == "live")
    customer = mine.select_related("payer").filter(pk=customer_pk).first()
    if customer is None:
        return
    try:
        _tell(customer)
    except gateway.NoSuchObject:
        # Deleted in Stripe's dashboard, or by the call of ours whose answer was lost: there is nothing to tell.
        pass
    except gateway.StripeUnavailable:
        return
    except gateway.StripeRefused as refusal:
        open_issue("customer_not_told", customer.stripe_id or "", f"{customer.to_tell}: {refusal.code or 'no reason'}")
        return
    # What changed while we were speaking has a later time, and is told by its own task.
    Customer.objects.filter(pk=customer.pk, to_tell_since=customer.to_tell_since).update(to_tell=ToTell.NOTHING)
    close_issue("customer_not_told", customer.stripe_id or "")


def _tell(customer: Customer) -> None:
    payer, stripe_id = customer.payer, customer.stripe_id or ""
    if customer.to_tell == ToTell.DELETE:
        gateway.delete_customer(stripe_id)
    else:
        gateway.update_customer(stripe_id, name=payer.name, email=payer.email, address=_address_of(payer))


def _address_of(payer: Payer) -> dict[str, str]:
    """The address in Stripe's words."""
    return {
        "line1": payer.line1,
        "line2": payer.line2,
        "city": payer.city,
        "state": payer.region,
        "postal_code": payer.postcode,
        "country": str(payer.country),
    }


def tell_overdue() -> int:
    """The scheduled job: whatever Stripe has not heard yet."""
    overdue = Customer.objects.exclude(to_tell=ToTell.NOTHING).filter(to_tell_since__lte=timezone.now() - OVERDUE)
    customers = list(overdue.values_list("pk", flat=True))
    for customer_pk in customers:
        tell_stripe.enqueue(customer_pk)
    return len(customers)
