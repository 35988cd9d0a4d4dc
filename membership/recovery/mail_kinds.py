"""The mails about failed payments as staff see them: when each is sent, and what they may put into it."""

from __future__ import annotations

from functools import partial
from typing import Any

from accounts.mail_kinds import Context, MailKind, Placeholder, written_day
from membership.mail_kinds import MANAGE, SAMPLE_DAY
from membership.models import Membership, Tier
from membership.recovery.mails import context_of, of_failure
from payments.models import Plan, RenewalFailure
from receipts.models import Payer
from receipts.templatetags.money import money

MEND = "https://example.org/mend/x/"


def said(name: str) -> Any:
    """What the context says under a name, called where it is a sentence of the active language."""

    def value(context: Context) -> str:
        found = context.get(name)
        return str(found() if callable(found) else found or "")

    return value


def statement_name(context: Context) -> str:
    return str(context["statement_name"] or getattr(context.get("brand"), "name", ""))


def sample_plan() -> Plan:
    return Plan(
        amount=2500, currency="USD", interval="month", card_brand="visa", card_last4="4242", paid_until=SAMPLE_DAY
    )


def sample(**more: Any) -> dict[str, Any]:
    """A membership that is in no database."""
    membership = Membership(
        payer=Payer(name="Grace Hopper", email="grace@example.org"),
        tier=Tier(name="Guardian", slug="guardian"),
        interval="month",
        amount=2500,
        currency="USD",
        paid_until=SAMPLE_DAY,
    )
    return context_of(membership, sample_plan(), **more)


def sample_failure(reason: str) -> dict[str, Any]:
    failure = RenewalFailure(
        reason=reason, amount=2500, currency="USD", next_attempt_at=SAMPLE_DAY, pay_url="https://example.org/invoice/x/"
    )
    return sample(mend_url=MEND, **of_failure(failure))


COMMON = {
    "name": Placeholder("The supporter's name", said("name"), "Grace Hopper"),
    "what": Placeholder(
        "Membership or gift, behind “your”", said("what"), "Guardian membership", may_stand_in_subject=True
    ),
    "amount": Placeholder("The payment", lambda context: money(context["amount"], context["currency"]), "$25.00"),
    "statement_name": Placeholder("How a statement names us", statement_name, "Harbour Light"),
    "manage_url": MANAGE,
}
CARD = Placeholder("The card", said("card"), "Visa ending in 4242")
REASON = Placeholder("Why it failed", said("reason"), "The card has expired.")
WHAT_NEXT = Placeholder("What happens next", said("what_next"), "We will try again on 14 March 2027.")
MEND_URL = Placeholder("Mend the payment", said("mend_url"), MEND, is_required=True)
BANK_URL = Placeholder("Approve it at my bank", said("bank_url"), "https://example.org/invoice/x/", is_required=True)
BENEFITS = Placeholder("Until when", said("kept_until"), "What you paid for is yours until 14 March 2027.")
COME_BACK = Placeholder("Come back", said("come_back_url"), "https://example.org/join/guardian/")


def sample_notice() -> dict[str, Any]:
    day = partial(written_day, SAMPLE_DAY)
    more = {"expires": day, "due": day, "resumes": day, "suggested": 3000, "change_url": MANAGE.sample}
    return sample(mend_url=MEND, **more)


def suggested(context: Context) -> str:
    return money(context["suggested"], context["currency"])


PER = Placeholder("How often", said("per"), "a month")
DUE = Placeholder("Day of the payment", said("due"), "14 March 2027")
GIVE_CARD = Placeholder("Give another card", said("mend_url"), MEND, is_required=True)
TRY_AGAIN = Placeholder("Try another way", said("come_back_url"), "https://example.org/join/guardian/")
CHANGE_URL = Placeholder("Yes, change it", said("change_url"), MANAGE.sample, is_required=True)


def notice_kinds() -> list[MailKind]:
    return [
        MailKind(
            key="membership/mail/card_expires",
            label="Recurring payment: the card expires",
            when="Sent 30 and 7 days before the last day of a card that a payment will be taken from after it.",
            placeholders={
                **COMMON,
                "per": PER,
                "card": CARD,
                "expires": Placeholder("The card's last day", said("expires"), "31 March 2027"),
                "mend_url": GIVE_CARD,
            },
            sample_context=sample_notice,
        ),
        MailKind(
            key="membership/mail/yearly_ahead",
            label="Recurring payment: a yearly one is due",
            when="Sent two to three weeks before a yearly payment.",
            placeholders={**COMMON, "card": CARD, "due": DUE, "mend_url": GIVE_CARD},
            sample_context=sample_notice,
        ),
        MailKind(
            key="membership/mail/resumes",
            label="Recurring payment: a break ends",
            when="Sent a week before payments go on after a break.",
            placeholders={
                **COMMON,
                "card": CARD,
                "due": DUE,
                "resumes": Placeholder("Day on which the break ends", said("resumes"), "14 March 2027"),
            },
            sample_context=sample_notice,
        ),
        MailKind(
            key="membership/mail/upgrade_ask",
            label="Asking for a little more",
            when="Sent to who wants to be asked, after a year without trouble, and at most twice a year.",
            placeholders={
                **COMMON,
                "per": PER,
                "suggested": Placeholder("What we suggest", suggested, "$30.00"),
                "change_url": CHANGE_URL,
            },
            sample_context=sample_notice,
            is_service=False,
            purpose="upgrade_asks",
        ),
        MailKind(
            key="membership/mail/at_the_bank",
            label="Bank debit: on its way",
            when="Sent once when a first payment or a gift by bank debit is at the bank.",
            placeholders=COMMON,
            sample_context=sample,
        ),
        MailKind(
            key="membership/mail/debit_failed",
            label="Bank debit: it came back",
            when="Sent once when the bank did not carry out what we said was on its way.",
            placeholders={**COMMON, "come_back_url": TRY_AGAIN},
            sample_context=sample,
        ),
        MailKind(
            key="membership/mail/pays_twice",
            label="Recurring payment: twice for one thing",
            when="Sent once when somebody has two running payments for one tier.",
            placeholders=COMMON,
            sample_context=sample,
        ),
    ]


def recovery_mail_kinds() -> list[MailKind]:
    return [
        MailKind(
            key="membership/mail/renewal_failed",
            label="Recurring payment: it failed",
            when="Sent at the first and the third failed attempt to collect a payment.",
            placeholders={**COMMON, "card": CARD, "reason": REASON, "what_next": WHAT_NEXT, "mend_url": MEND_URL},
            sample_context=partial(sample_failure, "expired_card"),
        ),
        MailKind(
            key="membership/mail/bank_check",
            label="Recurring payment: the bank wants an approval",
            when="Sent at once when a bank wants the supporter to approve a payment.",
            placeholders={**COMMON, "what_next": WHAT_NEXT, "bank_url": BANK_URL, "mend_url": MEND_URL},
            sample_context=partial(sample_failure, "authentication_required"),
        ),
        MailKind(
            key="membership/mail/lapsed",
            label="Recurring payment: it ended unpaid",
            when="Sent once, after the last attempt to collect a payment.",
            placeholders={**COMMON, "benefits_until": BENEFITS, "come_back_url": COME_BACK},
            sample_context=sample,
        ),
        MailKind(
            key="membership/mail/recovered",
            label="Recurring payment: it worked after all",
            when="Sent when a payment that we wrote about is paid after all.",
            placeholders=COMMON,
            sample_context=sample,
        ),
    ]
