"""The mails of gifts as staff see them: when each is sent, and what they may put into it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language

from accounts.mail_kinds import Context, MailKind, Placeholder
from membership.gift_mails import context_of
from membership.mail_kinds import MANAGE, NEXT_PAYMENT, SAMPLE_DAY
from membership.mails import per
from membership.models import Gift, Tribute
from membership.tributes import context_of as context_of_tribute
from receipts.models import Fund, Payer
from receipts.templatetags.money import money

WORDS = {
    "en": {
        "once": "once",
        "recurs": "It recurs until you end it.",
        "ends": "Nothing recurs.",
        "match": "{sponsor} adds {amount} to it.",
        "honour": "in honour of",
        "memory": "in memory of",
    },
    "es": {
        "once": "una sola vez",
        "recurs": "Se repite hasta que usted le ponga fin.",
        "ends": "No se repite nada.",
        "match": "{sponsor} añade {amount}.",
        "honour": "en honor de",
        "memory": "en memoria de",
    },
}


def words() -> dict[str, str]:
    return WORDS.get(get_language() or "", WORDS["en"])


def gift_amount(context: Context) -> str:
    return money(context["gift"].gift_amount, context["gift"].currency)


def whole_amount(context: Context) -> str:
    return money(context["gift"].amount, context["gift"].currency)


def fee_cover(context: Context) -> str:
    gift = context["gift"]
    return money(gift.fee_cover, gift.currency) if gift.fee_cover else ""


def how_often(context: Context) -> str:
    return per(context["gift"].interval) if context["gift"].interval else words()["once"]


def whether_it_recurs(context: Context) -> str:
    return words()["recurs" if context["gift"].interval else "ends"]


def match(context: Context) -> str:
    if not context["matched"]:
        return ""
    amount = money(context["matched"], context["gift"].currency)
    return words()["match"].format(sponsor=context["sponsor"], amount=amount)


def amount_if_shown(context: Context) -> str:
    return gift_amount(context) if context["tribute"].show_amount else ""


def sample_gift() -> Gift:
    payer = Payer(name="Grace Hopper", email="grace@example.org")
    fund = Fund(name="Roof fund", is_restricted=True)
    return Gift(payer=payer, fund=fund, interval="month", amount=2617, fee_cover=117, currency="USD")


def sample_thanks() -> dict[str, Any]:
    return context_of(sample_gift(), next_payment_at=SAMPLE_DAY)


def sample_recurring() -> dict[str, Any]:
    return context_of(sample_gift())


def sample_tribute() -> dict[str, Any]:
    tribute = Tribute(
        gift=sample_gift(),
        kind=Tribute.Kind.MEMORY,
        honouree="Mary Lovelace",
        family_name="Lovelace family",
        family_email="family@example.org",
        message="She taught me to read.\nI think of her every day.",
        notify_on=date(2027, 3, 14),
    )
    return context_of_tribute(tribute)


SALUTATION = Placeholder("The giver’s name", lambda context: context["gift"].salutation, "Grace Hopper")
GIFT = {
    "name": SALUTATION,
    "amount": Placeholder("What was given", gift_amount, "$25.00"),
    "per": Placeholder("How often", how_often, "a month"),
    "fee_cover": Placeholder("What covers the card costs", fee_cover, "$1.17"),
    "purpose": Placeholder("The fund or campaign", lambda context: context["purpose"], "Roof fund"),
    "match": Placeholder("What a sponsor really adds", match, "Lovelace Ltd adds $25.00 to it."),
    "recurs": Placeholder("Whether it recurs", whether_it_recurs, "It recurs until you end it."),
    "next_payment": NEXT_PAYMENT,
    "manage_url": MANAGE,
}


# Of a gift that runs, one payment, with what covers the card costs.
RECURRING = {
    "name": SALUTATION,
    "amount": Placeholder("What is given each time", whole_amount, "$26.17"),
    "per": GIFT["per"],
    "manage_url": MANAGE,
}


def of_tribute(field: str) -> Any:
    return lambda context: getattr(context["tribute"], field)


TRIBUTE = {
    "family": Placeholder("Who is written to", of_tribute("family_name"), "Lovelace family"),
    "sender": Placeholder("Who gave, as they want to be named", of_tribute("sender"), "Grace Hopper", is_required=True),
    "in_honour_of": Placeholder(
        "“in honour of” or “in memory of”", lambda context: words()[context["tribute"].kind], "in memory of"
    ),
    "honouree": Placeholder("Whom it was given for", of_tribute("honouree"), "Mary Lovelace", is_required=True),
    "message": Placeholder("The giver’s own words", of_tribute("message"), "She taught me to read."),
    "amount": Placeholder("The amount, only if the giver wants it told", amount_if_shown, "$25.00"),
}


def gift_mail_kinds() -> list[MailKind]:
    return [
        MailKind(
            key="membership/mail/gift_thanks",
            label="Gift: thank you",
            when="Sent when a gift, or the first payment of one that recurs, is in the books.",
            placeholders=GIFT,
            sample_context=sample_thanks,
        ),
        MailKind(
            key="membership/mail/gift_cancelled",
            label="Gift: cancelled",
            when="Sent when a giver cancels a gift that recurs, as the written proof of it.",
            placeholders=RECURRING,
            sample_context=sample_recurring,
        ),
        MailKind(
            key="membership/mail/gift_kept",
            label="Gift: kept after all",
            when="Sent when a giver who had cancelled changes their mind.",
            placeholders=RECURRING,
            sample_context=sample_recurring,
        ),
        MailKind(
            key="membership/mail/tribute",
            label="Gift in honour or memory: to the family",
            when="Sent to whom the giver named, on the chosen day, once the gift is in the books.",
            placeholders=TRIBUTE,
            sample_context=sample_tribute,
        ),
    ]
