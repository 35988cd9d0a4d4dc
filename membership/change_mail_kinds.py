"""The mails about changed terms as staff see them."""

from __future__ import annotations

from typing import Any

from accounts.mail_kinds import MailKind, Placeholder
from membership.change_mails import context_of
from membership.mail_kinds import MANAGE, NAME, NEXT_PAYMENT, SAMPLE_DAY
from membership.mails import per
from membership.models import Membership
from payments.models import PlanTerms
from receipts.models import Payer
from receipts.templatetags.money import money


def sample_context() -> dict[str, Any]:
    membership = Membership(payer=Payer(name="Grace Hopper", email="grace@example.org"))
    terms = PlanTerms(amount=4000, currency="USD", interval="month")
    return context_of(membership, terms, next_payment_at=SAMPLE_DAY)


PLACEHOLDERS = {
    "name": NAME,
    "amount": Placeholder(
        "The other amount", lambda context: money(context["terms"].amount, context["terms"].currency), "$40.00"
    ),
    "per": Placeholder("How often", lambda context: per(context["terms"].interval), "a month"),
    "next_payment": NEXT_PAYMENT,
    "manage_url": MANAGE,
}


def change_mail_kinds() -> list[MailKind]:
    return [
        MailKind(
            key="membership/mail/terms_changed",
            label="Regular payment: changed by staff",
            when="Sent when staff change what is paid, or how often, at Stripe; if the settings of giving say so.",
            placeholders=PLACEHOLDERS,
            sample_context=sample_context,
        ),
        MailKind(
            key="membership/mail/change_dropped",
            label="Regular payment: a change was not made",
            when="Sent when the payment that a change waited for did not come in time.",
            placeholders=PLACEHOLDERS,
            sample_context=sample_context,
        ),
    ]
