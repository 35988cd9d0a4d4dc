"""The mails of given memberships as staff see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.mail_kinds import Context, MailKind, Placeholder, written_day
from membership.gift_memberships.mails import context_of
from membership.mail_kinds import MANAGE, SAMPLE_DAY, TIER
from membership.models import GiftMembership, Membership, Tier
from receipts.models import Payer

GIVER = Placeholder("Who gives it", lambda context: context["giver"], "Grace Hopper")
CODE = Placeholder("The code", lambda context: context["gift"].code, "ABCD-EFGH-JKLM", is_required=True)
MONTHS = Placeholder("How many months", lambda context: str(context["gift"].months), "12")
REDEEM = Placeholder("Redeem it", lambda context: context["redeem_url"], "https://example.org/redeem/")
UNTIL = Placeholder(
    "The last day to redeem it", lambda context: written_day(context["gift"].redeem_by), "14 March 2027"
)
MESSAGE = Placeholder("The giver's message", lambda context: context["gift"].message, "With love.")
FOR_WHOM = Placeholder("Who it is for", lambda context: context["gift"].recipient_name, "Ada Lovelace")


def ends(context: Context) -> str:
    return written_day(context["membership"].paid_until)


ENDS = Placeholder("The last day of the membership", ends, "14 March 2027")


def sample_context(**more: Any) -> dict[str, Any]:
    """A gift that is in no database."""
    gift = GiftMembership(
        public_id=UUID(int=7),
        payer=Payer(name="Grace Hopper", email="grace@example.org"),
        tier=Tier(name="Guardian"),
        interval="year",
        amount=100_000,
        currency="USD",
        recipient_name="Ada Lovelace",
        message="With love.",
        redeem_by=SAMPLE_DAY,
    )
    return context_of(gift, **more)


def mail_kinds() -> list[MailKind]:
    common = {"tier": TIER, "months": MONTHS, "giver": GIVER}
    with_code = {**common, "code": CODE, "redeem_url": REDEEM, "until": UNTIL}
    return [
        MailKind(
            key="membership/mail/gift_membership_thanks",
            label="A membership was given: to the giver",
            when="When a membership for somebody else is paid.",
            placeholders={**with_code, "recipient": FOR_WHOM, "manage_url": MANAGE},
            sample_context=sample_context,
        ),
        MailKind(
            key="membership/mail/gift_membership",
            label="A membership was given: to whom it is for",
            when="On the day that the giver chose.",
            placeholders={**with_code, "recipient": FOR_WHOM, "message": MESSAGE},
            sample_context=sample_context,
        ),
        MailKind(
            key="membership/mail/gift_membership_begun",
            label="A given membership has begun",
            when="When a code is redeemed.",
            placeholders={**common, "ends": ENDS, "manage_url": MANAGE},
            sample_context=lambda: sample_context(membership=Membership(paid_until=SAMPLE_DAY)),
        ),
    ]
