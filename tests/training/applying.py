"""Somebody who applies for a bursary, and the team that decides."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, User
from receipts.chart import Account
from receipts.ledger import IncomeLine, fund_balance, record_income
from receipts.models import Fund, Payer
from tests.accounts.conftest import sign_in_with_second_factor
from tests.cast import a_user
from training.models import Application, BursarySettings, Session
from training.roles import BURSARY_TEAM

WORDS = "I sew at night and can't pay it at once."
TYPED = {
    "name": "Amara Obi",
    "alias": "",
    "email": "amara@example.org",
    "can_pay": "20",
    "words": WORDS,
    "language": "en",
}


def a_bursary_fund(*gifts: tuple[Payer, int]) -> Fund:
    """Chosen in the settings, with these gifts in it, oldest first."""
    fund = Fund.objects.create(name="Bursaries")
    kept = BursarySettings.load()
    kept.fund = fund
    kept.save()
    for payer, amount in gifts:
        give(fund, payer, amount)
    return fund


def give(fund: Fund, payer: Payer, amount: int) -> None:
    line = IncomeLine(account=Account.GIFTS, amount=amount, fund=fund)
    reference = f"cash:{fund.pk}:{payer.pk}:{timezone.now().timestamp()}"
    record_income(
        reference=reference, occurred_at=timezone.now(), payer=payer, currency="USD", lines=[line],
        held_in=Account.CASH,
    )  # fmt: skip


def held(fund: Fund) -> int:
    return fund_balance(fund, currency="USD")


def apply(session: Session, client: Client | None = None, **typed: Any) -> Any:
    return (client or Client()).post(reverse("training_apply", args=[session.public_id]), {**TYPED, **typed})


def an_application(session: Session, **typed: Any) -> Application:
    assert "We have your application" in apply(session, **typed).content.decode()
    return Application.objects.order_by("-pk")[0]


def mailed_link(email: str = TYPED["email"]) -> str:
    """To the place, from the newest mail to this address."""
    mail = OutgoingMail.objects.filter(to=email).order_by("-pk")[0]
    found = re.search(r"https?://\S+(/training/place/[^\s/]+/)", mail.text)
    assert found, mail.text
    return found[1]


def one_of_the_team(email: str = "bea@example.org", *, group: str = BURSARY_TEAM) -> User:
    user = a_user(email, "Bea Blum")
    user.groups.add(Group.objects.get(name=group))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    sign_in_with_second_factor(client, user)
    return client


def decide(client: Client, application: Application, step: str = "confirmed", **typed: Any) -> Any:
    application.refresh_from_db()
    fields = {"version": application.version, "answer": "", "amount": "", "step": step, **typed}
    return client.post(reverse("training_applications:decide", args=[application.pk]), fields)
