"""Starting a payment: our rows first, then Stripe's hosted page.

The rows are committed before the network is touched, with the key that makes a repeated call harmless. Whatever
breaks in between can be started again: the same payment, the same key, the same session.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from payments import gateway
from payments.booking import release, settle_free
from payments.issues import open_issue
from payments.looking_up import customer_made_already, session_made_already
from payments.models import Customer, Payment, PaymentItem, PaymentLine
from payments.payables import Line, Payable, fingerprint, kind_of
from receipts.models import Payer

if TYPE_CHECKING:
    import stripe

# What a checkout sets apart (a seat, the last one on the shelf) is anybody's again after that; Stripe closes its page.
HELD_FOR = timedelta(minutes=45)
# Stripe's shortest life of a page.
LEAST_AT_STRIPE = timedelta(minutes=31)

KEY_REUSED = (
    "Stripe knew the key of this checkout with other contents. The payer went on under a new key. If nobody edited "
    "the payment, its contents changed between two tries: tell whoever maintains the code."
)


class CheckoutUnavailable(Exception):
    """Stripe could not be reached or refused. The payment is kept; starting it again goes on with it."""


class AlreadyPaid(Exception):
    """The open checkout turned out to be paid a moment ago."""


def start(
    *, payer: Payer, payables: Sequence[Payable], cancel_path: str, interval: str = "", locale: str = "auto"
) -> Payment:
    """Start (or go on with) the checkout of some payables and return the payment with its ``checkout_url``.

    ``interval`` is a word of ``payments.intervals``, or empty for a payment made once. ``cancel_path`` is where the
    payer lands who turns back. Two clicks, two tabs or a reload end in the same session.

    Raises:
        CheckoutUnavailable: say so and let the visitor try again.
        AlreadyPaid: show the result instead.
    """
    lines = [(payable, list(payable.lines())) for payable in payables]
    terms = fingerprint([line for _, part in lines for line in part], interval)

    def rows() -> Payment:
        return _create_rows(payer=payer, lines=lines, interval=interval, terms=terms)

    return _go_on_or_begin(payables[0], terms, rows, cancel_path=cancel_path, locale=locale)


def start_written(
    first: Payable, *, payer: Payer, terms: str, write: Callable[[], Sequence[Payable]], cancel_path: str, locale: str
) -> Payment:
    """As ``start``, for what is written down only once no open checkout of ``first`` with these ``terms`` is found.

    ``write`` returns what is paid for beside ``first``. It runs in the transaction of the payment's rows: where
    something can't be had, all of it vanishes. What a checkout sets apart is free again after ``HELD_FOR``.

    Raises as ``start``, and whatever ``write`` and ``pending`` raise.
    """

    def rows() -> Payment:
        payables = [first, *write()]
        lines = [(payable, list(payable.lines())) for payable in payables]
        return _create_rows(payer=payer, lines=lines, interval="", terms=terms)

    return _go_on_or_begin(first, terms, rows, cancel_path=cancel_path, locale=locale, held_for=HELD_FOR)


def _go_on_or_begin(
    first: Payable,
    terms: str,
    rows: Callable[[], Payment],
    *,
    cancel_path: str,
    locale: str,
    held_for: timedelta | None = None,
) -> Payment:
    payment = open_payment(first)
    if payment and (payment.terms != terms or _is_stale(payment, held_for)):
        close(payment)
        payment = None
    if payment is None:
        payment = _create(first, rows)
    if payment.status == Payment.Status.CREATED:
        if payment.amount:
            _send_to_stripe(payment, cancel_path=cancel_path, locale=locale, held_for=held_for)
        else:
            _end_free(payment)
    return payment


def _end_free(payment: Payment) -> None:
    """There is nothing to pay, so Stripe is not asked. The result has an address all the same."""
    with transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(session_id=f"free_{payment.public_id}")
        settle_free(payment, timezone.now())
    payment.refresh_from_db()


def _is_stale(payment: Payment, held_for: timedelta | None) -> bool:
    """Whether Stripe's page of this checkout is over, or would be too soon to be made now."""
    if payment.expires_at is None:
        return held_for is not None and payment.created_at <= timezone.now() - (held_for - LEAST_AT_STRIPE)
    return payment.expires_at <= timezone.now()


def open_payment(first: Payable) -> Payment | None:
    """The checkout of this payable that is not over, if there is one."""
    item = PaymentItem.objects.filter(payable_kind=kind_of(first), payable_id=first.pk, is_open=True).first()
    return item.payment if item else None


def _create(first: Payable, rows: Callable[[], Payment]) -> Payment:
    try:
        with transaction.atomic():
            return rows()
    except IntegrityError:
        # The other tab was faster: its checkout is ours too.
        payment = open_payment(first)
        if payment is None:
            raise
        return payment


def _create_rows(*, payer: Payer, lines: list[tuple[Payable, list[Line]]], interval: str, terms: str) -> Payment:
    every = [line for _, part in lines for line in part]
    (currency,) = {line.currency for line in every}
    payment = Payment(
        payer=payer,
        amount=sum(line.amount + line.tax for line in every),
        currency=currency,
        interval=interval,
        terms=terms,
        livemode=settings.STRIPE_MODE == "live",
    )
    payment.idempotency_key = _key(payment)
    payment.save()
    for payable, part in lines:
        item = PaymentItem.objects.create(payment=payment, payable_kind=kind_of(payable), payable_id=payable.pk)
        PaymentLine.objects.bulk_create(PaymentLine(payment=payment, item=item, **line.values()) for line in part)
        payable.pending()
    return payment


def _key(payment: Payment) -> str:
    return f"session:{payment.public_id}:{payment.attempt}"


def _send_to_stripe(payment: Payment, *, cancel_path: str, locale: str, held_for: timedelta | None) -> None:
    try:
        session = _session_for(payment, cancel_path=cancel_path, locale=locale, held_for=held_for)
    except gateway.StripeProblem as error:
        raise CheckoutUnavailable from error
    payment.session_id = session.id
    payment.checkout_url = session.url or ""
    payment.expires_at = datetime.fromtimestamp(session.expires_at, tz=UTC)
    payment.save(update_fields=["session_id", "checkout_url", "expires_at"])
    # The webhook may have been faster and moved the payment on.
    if Payment.objects.filter(pk=payment.pk, status=Payment.Status.CREATED).update(status=Payment.Status.OPEN):
        payment.status = Payment.Status.OPEN
    elif Payment.objects.filter(pk=payment.pk, status=Payment.Status.EXPIRED).exists():
        _give_up(payment)


def _give_up(payment: Payment) -> None:
    """While we waited for Stripe, another tab chose other terms: this session must not be paid too."""
    with contextlib.suppress(gateway.StripeProblem):
        gateway.expire_session(payment.session_id or "")
    raise CheckoutUnavailable


def _session_for(
    payment: Payment, *, cancel_path: str, locale: str, held_for: timedelta | None
) -> stripe.checkout.Session:
    """Make the session; once more under another key, where the first one leads nowhere."""
    try:
        return _create_session(payment, cancel_path=cancel_path, locale=locale, held_for=held_for)
    except gateway.NoSuchObject:
        # The customer: deleted in Stripe's dashboard, or made in another mode.
        Customer.objects.filter(payer=payment.payer, livemode=payment.livemode).update(stripe_id=None)
    except (gateway.StripeFailed, gateway.KeyReused) as error:
        if isinstance(error, gateway.KeyReused):
            open_issue("key_reused", str(payment.public_id), KEY_REUSED, payment=payment)
        # The call may have worked all the same, and nobody must be able to pay twice.
        made = session_made_already(payment)
        if made:
            return made
    _count_attempt(payment)
    return _create_session(payment, cancel_path=cancel_path, locale=locale, held_for=held_for)


def _create_session(
    payment: Payment, *, cancel_path: str, locale: str, held_for: timedelta | None
) -> stripe.checkout.Session:
    return gateway.create_session(
        reference=str(payment.public_id),
        customer=_customer_id(payment),
        lines=[(line.counted, gross) for line in payment.lines.all() if (gross := line.amount + line.tax)],
        currency=payment.currency,
        interval=payment.interval,
        # Stripe fills in the session's id, so the braces must stay as they are.
        success_url=settings.BASE_URL + reverse("checkout_return") + "?session={CHECKOUT_SESSION_ID}",
        cancel_url=settings.BASE_URL + cancel_path,
        locale=locale,
        key=payment.idempotency_key,
        # Counted from the row: a repeated call must say the very same.
        expires_at=payment.created_at + held_for if held_for else None,
    )


def _count_attempt(payment: Payment) -> None:
    """Stripe would repeat its error for the same key."""
    payment.attempt += 1
    payment.idempotency_key = _key(payment)
    payment.save(update_fields=["attempt", "idempotency_key"])


def _customer_id(payment: Payment) -> str:
    """The payer's customer at Stripe, made the first time. The row and its key exist before the call."""
    payer = payment.payer
    customer, _ = Customer.objects.get_or_create(payer=payer, livemode=payment.livemode)
    if customer.stripe_id is None:
        made = customer_made_already(payer) if payment.attempt > 1 else None
        customer.stripe_id = made or _create_customer(payment)
        customer.save(update_fields=["stripe_id"])
    return customer.stripe_id


def _create_customer(payment: Payment) -> str:
    payer, mode = payment.payer, "live" if payment.livemode else "test"
    return gateway.create_customer(
        name=payer.name,
        email=payer.email,
        reference=str(payer.public_id),
        key=f"customer:{payer.public_id}:{mode}:{_short(payer.name, payer.email)}:{payment.attempt}",
    )


def _short(*texts: str) -> str:
    """A key names what was sent: Stripe refuses the same key with other words in it."""
    return hashlib.sha256("|".join(texts).encode()).hexdigest()[:12]


def close(payment: Payment) -> None:
    """End an open checkout that is no longer wanted. Raises AlreadyPaid if it was paid a moment ago."""
    if payment.session_id:
        try:
            gateway.expire_session(payment.session_id)
        except gateway.StripeUnavailable as error:
            raise CheckoutUnavailable from error
        except gateway.StripeRefused:
            _refuse_if_paid(payment)
    with transaction.atomic():
        release(payment, Payment.Status.EXPIRED)


def refuse_if_paid_meanwhile(payable: Payable) -> None:
    """For the ``pending`` of what begins once: another tab may have paid since it was read, and saving would undo that.

    Raises AlreadyPaid.
    """
    items = PaymentItem.objects.filter(payable_kind=kind_of(payable), payable_id=payable.pk)
    # Whoever books a payment holds its row: of the two of us, one waits for the other.
    for payment in Payment.objects.select_for_update().filter(pk__in=items.values("payment")).order_by("pk"):
        if payment.status == Payment.Status.PAID:
            raise AlreadyPaid(payment.session_id)


def _refuse_if_paid(payment: Payment) -> None:
    try:
        session = gateway.read_session(payment.session_id or "")
    except gateway.StripeProblem as error:
        raise CheckoutUnavailable from error
    if session.status == "complete":
        raise AlreadyPaid(payment.session_id)
