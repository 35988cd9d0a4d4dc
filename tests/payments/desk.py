"""The finance desk: who sits there, and payments to look at, made by the code that makes real ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from payments.booking import Settled, settle
from payments.models import Event, Payment, PaymentItem, PaymentLine
from receipts.chart import Account
from receipts.models import Fund
from tests.offering.models import Offering
from tests.receipts.books import a_payer

PAID_AT = datetime(2026, 3, 15, 12, tzinfo=UTC)
_numbers = count(1)


def treasurer(email: str = "tamara@example.org") -> User:
    """Somebody of the Finance group."""
    user = User.objects.create_user(email, "a long password")
    user.groups.add(Group.objects.get(name="Finance"))
    return user


def colleague(*codenames: str, email: str = "charlie@example.org") -> User:
    """Somebody who may enter the staff's pages and has only the permissions named."""
    user = User.objects.create_user(email, "a long password")
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def an_open_payment(
    *, amount: int = 5000, name: str = "Grace Okafor", account: str = Account.GIFTS, **fields: Any
) -> Payment:
    number = next(_numbers)
    offering = Offering.objects.create(amount=amount, account=account)
    values = {
        "payer": a_payer(name=name, email=f"{name.split()[0].lower()}{number}@example.org"),
        "status": Payment.Status.OPEN,
        "amount": amount,
        "currency": "USD",
        "terms": "terms",
        "livemode": False,
        "idempotency_key": f"desk:{number}",
        "session_id": f"cs_test_desk{number}",
    }
    payment = Payment.objects.create(**{**values, **fields})
    item = PaymentItem.objects.create(payment=payment, payable_kind="offering.offering", payable_id=offering.pk)
    PaymentLine.objects.create(
        payment=payment, item=item, account=account, fund=Fund.unrestricted(), amount=amount, description="A gift"
    )
    return payment


def a_paid_payment(**fields: Any) -> Payment:
    payment = an_open_payment(**fields)
    number = payment.pk
    settled = Settled(
        charge_id=f"ch_desk{number}",
        payment_intent_id=f"pi_desk{number}",
        amount=payment.amount,
        currency=payment.currency,
        occurred_at=PAID_AT,
        fee=175,
    )
    assert settle(payment, settled)
    payment.refresh_from_db()
    return payment


def an_event(**fields: Any) -> Event:
    number = next(_numbers)
    now = timezone.now()
    values = {
        "event_id": f"evt_desk{number}",
        "type": "checkout.session.completed",
        "object_kind": "checkout.session",
        "object_id": f"cs_test_desk{number}",
        "livemode": False,
        "created": now - timedelta(minutes=1),
        "received_at": now,
        "status": Event.Status.RECEIVED,
        "attempts": 0,
        "next_attempt_at": now,
    }
    return Event.objects.create(**{**values, **fields})


def a_parked_event(**fields: Any) -> Event:
    parked = {"status": Event.Status.PARKED, "attempts": 8, "error": "NoSuchObject: No such session"}
    return an_event(**{**parked, **fields})
