"""The mails of a membership as staff see them: when each is sent, and what they may put into it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.utils.translation import get_language

from accounts.mail_kinds import Context, MailKind, Placeholder, written_day
from membership.mails import context_of, per
from membership.models import Membership, Tier
from receipts.models import Payer
from receipts.templatetags.money import money

SAMPLE_DAY = datetime(2027, 3, 14, 17, 0, tzinfo=UTC)
NAME = Placeholder("The supporter's name", lambda context: context["payer"].name, "Grace Hopper")
TIER = Placeholder("The tier", lambda context: context["tier"].name, "Guardian", may_stand_in_subject=True)
AMOUNT = Placeholder(
    "What is paid each time",
    lambda context: money(context["membership"].amount, context["membership"].currency),
    "$25.00",
)
PER = Placeholder("How often", lambda context: per(context["membership"].interval), "a month")
MANAGE = Placeholder("Open My account", lambda context: context["manage_url"], "https://example.org/account/")
WORDS = {
    "en": {
        "until": "Your benefits go on until {}.",
    },
    "es": {
        "until": "Sus ventajas continúan hasta el {}.",
    },
}
COMMON = {"name": NAME, "tier": TIER, "amount": AMOUNT, "per": PER, "manage_url": MANAGE}


def sample_context(**more: Any) -> dict[str, Any]:
    """A membership that is in no database."""
    payer = Payer(name="Grace Hopper", email="grace@example.org")
    membership = Membership(
        payer=payer,
        tier=Tier(name="Guardian"),
        interval="month",
        amount=2500,
        currency="USD",
        paid_until=SAMPLE_DAY,
    )
    return context_of(membership, **more)


def next_payment(context: Context) -> str:
    return written_day(context["next_payment_at"])


def benefits_until(context: Context) -> str:
    day = written_day(context["membership"].paid_until)
    return words()["until"].format(day) if day else ""


def words() -> dict[str, str]:
    return WORDS.get(get_language() or "", WORDS["en"])


NEXT_PAYMENT = Placeholder("Day of the next payment", next_payment, "14 March 2027")
BENEFITS_UNTIL = Placeholder("Until when", benefits_until, "Your benefits go on until 14 March 2027.")


def mail_kinds() -> list[MailKind]:
    return [
        MailKind(
            key="membership/mail/welcome",
            label="Membership: welcome",
            when="Sent when the first payment of a membership is in the books.",
            placeholders={**COMMON, "next_payment": NEXT_PAYMENT},
            sample_context=partial(sample_context, next_payment_at=SAMPLE_DAY),
        ),
        MailKind(
            key="membership/mail/cancelled",
            label="Membership: cancelled",
            when="Sent when a supporter cancels, as the written proof of it.",
            placeholders={**COMMON, "benefits_until": BENEFITS_UNTIL},
            sample_context=sample_context,
        ),
        MailKind(
            key="membership/mail/kept",
            label="Membership: kept after all",
            when="Sent when a supporter who had cancelled changes their mind.",
            placeholders=COMMON,
            sample_context=sample_context,
        ),
    ]
