"""What payments know of a person; and ending, before anybody is erased, whatever still takes their money."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import formats, timezone

from accounts.privacy import CannotErase, Facts, Person, Table
from payments import checkout, customers, gateway, worker
from payments.mirror import subscriptions
from payments.mirror.ours import NotHereYet, NotOurs
from payments.models import Basket, Customer, DiscountUse, Payment, Plan, RenewalFailure
from payments.models.baskets import DETAILS
from receipts.money import format_amount, plain

AWAY = "Our payment provider can't be reached right now, and a payment that runs must be ended first. Try again later."
JUST_PAID = "A payment has just arrived and must be written down first. Try again in a few minutes."
AT_THE_BANK = "A bank is still working on a payment of yours. Try again when it has arrived; that takes a few days."


def running_plans(person: Person) -> QuerySet[Plan]:
    return Plan.objects.running().filter(_of(person))


def _of(person: Person) -> Q:
    """Also what began after the person was looked up."""
    mine = Q(payer__in=person.payers)
    return mine | Q(payer__user=person.user.pk) if person.user else mine


def notes(person: Person) -> Iterable[str]:
    for plan in running_plans(person).prefetch_related("first_payment__lines"):
        amount = format_amount(plan.amount, plan.currency)
        yield f"{plan.first_payment.describe()}, {amount}: no further payment is taken.{_what_ends(plan)}"


def _what_ends(plan: Plan) -> str:
    if plan.paid_until is None:
        return ""
    until = formats.date_format(timezone.localtime(plan.paid_until), "j F Y")
    return f" What is paid until {until} ends too."


def _basket_of(person: Person) -> Q:
    """However the address was typed there."""
    theirs = Q(pk__in=[])
    for email in person.emails:
        theirs |= Q(email__iexact=email)
    return theirs | Q(user=person.user.pk) if person.user else theirs


# -- Export -------------------------------------------------------------------------------------------------


def export(person: Person) -> Iterable[Table]:
    payments = Payment.objects.filter(payer__in=person.payers).order_by("created_at", "pk")
    yield Table(name="payments", rows=[_payment(payment) for payment in payments.prefetch_related("lines")])
    plans = Plan.objects.filter(payer__in=person.payers).prefetch_related("first_payment__lines").order_by("pk")
    yield Table(name="subscriptions", rows=[_plan(plan) for plan in plans])
    known = Customer.objects.filter(payer__in=person.payers).exclude(stripe_id=None).order_by("pk")
    yield Table(name="stripe-customer", rows=[{"customer": row.stripe_id, "since": row.created_at} for row in known])
    baskets = Basket.objects.filter(_basket_of(person)).prefetch_related("items").order_by("pk")
    yield Table(name="basket", rows=[row for basket in baskets for row in _basket(basket)])
    uses = DiscountUse.objects.counting().filter(payer__in=person.payers).select_related("code").order_by("pk")
    yield Table(name="discount-codes", rows=[_use(use) for use in uses])


def _payment(payment: Payment) -> Facts:
    return {
        "begun": payment.created_at,
        "paid": payment.paid_at,
        "for": payment.describe(),
        "amount": plain(payment.amount, payment.currency),
        "currency": payment.currency,
        "every": payment.interval,
        "state": payment.get_status_display(),
        "reference": str(payment.public_id),
    }


def _plan(plan: Plan) -> Facts:
    return {
        "for": plan.first_payment.describe(),
        "amount": plain(plan.amount, plan.currency),
        "currency": plan.currency,
        "every": plan.interval,
        "state": plan.status,
        "paid_until": plan.paid_until,
        "ended": plan.ended_at,
        "card": f"{plan.card_brand} {plan.card_last4}".strip(),
        "card_expires": plan.card_expires,
        "reference": plan.subscription_id,
    }


def _use(use: DiscountUse) -> Facts:
    return {
        "code": use.code.code,
        "taken_off": plain(use.amount, use.currency),
        "currency": use.currency,
        "state": use.get_state_display(),
        "begun": use.created_at,
    }


def _basket(basket: Basket) -> list[Facts]:
    """What lies in it, and what was typed at its checkout."""
    typed: Facts = {field: str(getattr(basket, field)) for field in DETAILS}
    things: list[Facts] = [
        {"thing": f"{item.kind} {item.reference}", "quantity": item.quantity} for item in basket.items.all()
    ]
    return [{**thing, **typed, "changed": basket.changed_at} for thing in things or [{"thing": "", "quantity": 0}]]


# -- Before the erasure -------------------------------------------------------------------------------------


def end_everything(person: Person) -> None:
    """End open checkouts and running plans, as Stripe itself must say. Raises CannotErase."""
    mine = Payment.objects.filter(_of(person))
    if mine.filter(status=Payment.Status.PROCESSING).exists():
        raise CannotErase(AT_THE_BANK)
    for payment in mine.open():
        _close_checkout(payment)
    for plan in running_plans(person):
        _end(plan)


def _close_checkout(payment: Payment) -> None:
    try:
        checkout.close(payment)
    except checkout.AlreadyPaid as paid:
        with suppress(gateway.StripeProblem, worker.Busy, worker.LeaseLost, NotOurs, NotHereYet):
            worker.sync("checkout.session", payment.session_id or "")
        raise CannotErase(JUST_PAID) from paid
    except checkout.CheckoutUnavailable as away:
        raise CannotErase(AWAY) from away


def _end(plan: Plan) -> None:
    try:
        # Refused when it is over at Stripe already: reading it again will tell.
        with suppress(gateway.StripeRefused):
            gateway.cancel_now(plan.subscription_id)
        worker.sync("subscription", plan.subscription_id)
    except gateway.NoSuchObject:
        _write_off(plan)
    except (gateway.StripeProblem, worker.Busy, worker.LeaseLost, NotOurs, NotHereYet) as away:
        raise CannotErase(AWAY) from away
    plan.refresh_from_db()
    if not plan.is_over:
        raise CannotErase(AWAY)


@transaction.atomic
def _write_off(plan: Plan) -> None:
    """What Stripe does not know takes nobody's money, and nobody will ever tell us that it ended."""
    now = timezone.now()
    plan.status, plan.ended_at, plan.changed_at = "canceled", now, now
    plan.save(update_fields=["status", "ended_at", "changed_at"])
    subscriptions.tell(plan)


# -- The erasure --------------------------------------------------------------------------------------------


def erase(person: Person) -> None:
    """Amounts and Stripe's ids stay for the books. The customer at Stripe goes: by a task, until Stripe has heard."""
    if running_plans(person).exists() or Payment.objects.filter(_of(person)).open().exists():
        # Begun between the ending and now.
        raise CannotErase(JUST_PAID)
    Payment.objects.filter(_of(person)).update(checkout_url="")
    RenewalFailure.objects.filter(plan__in=Plan.objects.filter(_of(person))).update(pay_url="")
    Plan.objects.filter(_of(person)).update(payment_method_id="", card_brand="", card_last4="", card_expires=None)
    customers.note_erasure(person.payers)
    # That a code was used stays with the code; by whom, even as a digest, does not.
    DiscountUse.objects.filter(_of(person)).update(person="", place=None)
    Basket.objects.filter(_basket_of(person)).delete()
