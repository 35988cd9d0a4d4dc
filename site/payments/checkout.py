"""Starting a payment: our rows first, then Stripe's hosted page.

The rows are committed before the network is touched, with the key that makes a repeated call harmless. Whatever
breaks in between can be started again: the same payment, the same key, the same session.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from payments import gateway
from payments.booking import release
from payments.issues import open_issue
from payments.looking_up import customer_made_already, session_made_already
from payments.models import Customer, Payment, PaymentItem, PaymentLine
from payments.payables import Line, Payable, fingerprint, kind_of
from receipts.models import Payer

if TYPE_CHECKING:
    import stripe

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
    payment = _open_payment(payables)
    if payment and (payment.terms != terms or _is_stale(payment)):
        close(payment)
        payment = None
    if payment is None:
        payment = _create(payer=payer, lines=lines, interval=interval, terms=terms)
    if payment.status == Payment.Status.CREATED:
        _send_to_stripe(payment, cancel_path=cancel_path, locale=locale)
    return payment


def _is_stale(payment: Payment) -> bool:
    """Whether Stripe's page of this checkout is over, though nobody has told us yet."""
    return payment.expires_at is not None and payment.expires_at <= timezone.now()


def _open_payment(payables: Sequence[Payable]) -> Payment | None:
    first = payables[0]
    item = PaymentItem.objects.filter(payable_kind=kind_of(first), payable_id=first.pk, is_open=True).first()
    return item.payment if item else None


def _create(*, payer: Payer, lines: list[tuple[Payable, list[Line]]], interval: str, terms: str) -> Payment:
    try:
        with transaction.atomic():
            return _create_rows(payer=payer, lines=lines, interval=interval, terms=terms)
    except IntegrityError:
        # The other tab was faster: its checkout is ours too.
        payment = _open_payment([payable for payable, _ in lines])
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
        PaymentLine.objects.bulk_create(_line(payment, item, line) for line in part)
        payable.pending()
    return payment


def _key(payment: Payment) -> str:
    return f"session:{payment.public_id}:{payment.attempt}"


def _line(payment: Payment, item: PaymentItem, line: Line) -> PaymentLine:
    return PaymentLine(
        payment=payment,
        item=item,
        account=line.account,
        fund=line.fund,
        amount=line.amount,
        tax=line.tax,
        description=line.description,
        advantages=list(line.advantages),
        yearly_amount=line.yearly_amount,
        subject=line.subject,
    )


def _send_to_stripe(payment: Payment, *, cancel_path: str, locale: str) -> None:
    try:
        session = _session_for(payment, cancel_path=cancel_path, locale=locale)
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


def _session_for(payment: Payment, *, cancel_path: str, locale: str) -> stripe.checkout.Session:
    """Make the session; once more under another key, where the first one leads nowhere."""
    try:
        return _create_session(payment, cancel_path=cancel_path, locale=locale)
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
    return _create_session(payment, cancel_path=cancel_path, locale=locale)


def _create_session(payment: Payment, *, cancel_path: str, locale: str) -> stripe.checkout.Session:
    return gateway.create_session(
        reference=str(payment.public_id),
        customer=_customer_id(payment),
        lines=[(line.description, line.amount + line.tax) for line in payment.lines.all() if line.amount],
        currency=payment.currency,
        interval=payment.interval,
        # Stripe fills in the session's id, so the braces must stay as they are.
        success_url=settings.BASE_URL + reverse("checkout_return") + "?session={CHECKOUT_SESSION_ID}",
        cancel_url=settings.BASE_URL + cancel_path,
        locale=locale,
        key=payment.idempotency_key,
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
