"""The mails of orders as staff see them: when each is sent, and what they may put into it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from accounts.mail_kinds import Context, MailKind, Placeholder
from receipts.templatetags.money import money
from shop.models import Order, OrderLine
from shop.orders.mails import context_of

WORDS = {
    "en": {
        "back": "What you paid for it goes back to the card or account that you paid with.",
        "free": "Nothing had been paid for it.",
        "part": "The rest follows.",
        "whole": "With that your order is complete.",
    },
    "es": {
        "back": "Lo que pagó por ello vuelve a la tarjeta o cuenta con la que pagó.",
        "free": "No se había pagado nada por ello.",
        "part": "El resto irá después.",
        "whole": "Con esto su pedido está completo.",
    },
}


def words(key: str) -> str:
    return WORDS.get(get_language() or "", WORDS["en"])[key]


def total(context: Context) -> str:
    return money(context["total"], context["order"].currency)


PARCEL = "Post, RR123456785US"
SAMPLE_URL = "https://example.org/order/x/"
COMMON = {
    "name": Placeholder("The customer’s name", lambda context: context["name"], "Grace Hopper"),
    "number": Placeholder(
        "The order’s number", lambda context: context["number"], "4K7XQ2P9", may_stand_in_subject=True
    ),
    "items": Placeholder("What it is about", lambda context: context["listing"](), "- 2 × Candle, blue"),
    "order_url": Placeholder("See your order", lambda context: context["order_url"], SAMPLE_URL),
}
TOTAL = Placeholder("What the order cost", total, "$45.00")
DELIVERED = {
    "sending": Placeholder("What the sending cost", lambda context: context["sending"](), "- By post: $5.00"),
    "address": Placeholder("Where it goes", lambda context: "\n".join(context["address"]), "1 Harbour Street"),
}
MONEY_BACK = Placeholder(
    "Whether money goes back",
    lambda context: words("back" if context["money_goes_back"] else "free"),
    WORDS["en"]["back"],
)
ANSWER = Placeholder("What staff answered", lambda context: context["answer"], "Please send it to our post box.")


def sample_order() -> tuple[Order, list[OrderLine]]:
    """An order that is in no database."""
    order = Order(
        pk=1, number="4K7XQ2P9", currency="USD", email="grace@example.org", recipient="Grace Hopper",
        line1="1 Harbour Street", city="Portland", region="ME", postcode="04101", country="US",
        shipping_label="By post", shipping=500,
    )  # fmt: skip
    lines = [
        OrderLine(pk=1, order=order, title="Candle", variant_name="blue", quantity=2, amount=3000),
        OrderLine(pk=2, order=order, title="Soap", quantity=1, amount=1000),
    ]
    return order, lines


def sample(**more: Any) -> Any:
    return lambda: context_of(*sample_order(), **more)


def kind(name: str, label: str, when: str, sample_context: Any, **placeholders: Placeholder) -> MailKind:
    return MailKind(
        key=f"shop/mail/{name}",
        label=label,
        when=when,
        placeholders={**COMMON, **placeholders},
        sample_context=sample_context,
    )


def order_mail_kinds() -> list[MailKind]:
    parcel = {"parcel": PARCEL, "tracking_url": "https://example.org/track/"}
    part = {1: 1}
    return [
        kind("order_confirmed", "Order: paid", "Sent when an order is paid for.", sample(), total=TOTAL, **DELIVERED),
        kind(
            "order_sent",
            "Order: sent",
            "Sent when staff send an order or a part of it, or hand it over.",
            sample(units=part, is_part=True, **parcel),
            parcel=Placeholder("Carrier and number of the parcel", lambda context: context["parcel"], PARCEL),
            tracking_url=Placeholder("Follow the parcel", lambda context: context["tracking_url"], SAMPLE_URL),
            rest=Placeholder(
                "Whether something follows",
                lambda context: words("part" if context["is_part"] else "whole"),
                WORDS["en"]["part"],
            ),
        ),
        kind(
            "order_cancelled",
            "Order: cancelled",
            "Sent when units of an order are cancelled before they are sent, by the customer or by staff.",
            sample(units=part, money_goes_back=True),
            money_back=MONEY_BACK,
        ),
        kind(
            "order_sold_out",
            "Order: sold out, refunded",
            "Sent when a payment comes after its things were given free, and somebody else has bought them.",
            sample(money_goes_back=True),
            total=TOTAL,
            money_back=MONEY_BACK,
        ),
        kind("order_not_paid", "Order: not paid", "Sent when a bank debit for an order comes back.", sample()),
        kind(
            "return_accepted",
            "Return: accepted",
            "Sent when staff accept a return.",
            sample(units=part, answer=ANSWER.sample),
            answer=ANSWER,
        ),
        kind(
            "return_declined",
            "Return: declined",
            "Sent when staff decline a return.",
            sample(units=part, answer="We can’t take back opened soap."),
            answer=ANSWER,
        ),
        kind(
            "return_received",
            "Return: received",
            "Sent when staff note that a return has come back.",
            sample(units=part, answer=""),
        ),
    ]
