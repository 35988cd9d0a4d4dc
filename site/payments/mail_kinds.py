"""The mails about money as staff see them: when each is sent, and what they may put into it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils.translation import get_language

from accounts.mail_kinds import Context, MailKind, Placeholder
from receipts.templatetags.money import money

VOID = "Receipt {} is void now. Please do not file it with your taxes."
VOID_ES = "El recibo {} queda anulado. No lo presente con sus impuestos."
CREDITED = "Credit note {} corrects your invoice."
CREDITED_ES = "La nota de crédito {} corrige su factura."


def given_back(context: Context) -> str:
    return money(context["refund"].amount, context["payment"].currency)


def voided(context: Context) -> str:
    sentence = VOID_ES if get_language() == "es" else VOID
    return "\n".join(sentence.format(receipt.label) for receipt in context["voided"])


def credit_note(context: Context) -> str:
    if not context["credit_note"]:
        return ""
    sentence = CREDITED_ES if get_language() == "es" else CREDITED
    return sentence.format(context["credit_note"].label)


def sample_context() -> dict[str, Any]:
    return {
        "payer": SimpleNamespace(name="Grace Hopper"),
        "payment": SimpleNamespace(describe=lambda: "Guardian membership, monthly", amount=2500, currency="USD"),
        "refund": SimpleNamespace(amount=1000),
        "returned": "2 × Candle “Dawn”",
        "voided": [SimpleNamespace(label="US-2027-00042")],
        "credit_note": SimpleNamespace(label="CN-2027-00007"),
        "account_url": "https://example.org/account/",
    }


def mail_kinds() -> list[MailKind]:
    return [
        MailKind(
            key="payments/mail/refund",
            label="Money given back",
            when="Sent when a refund is in the books.",
            placeholders={
                "name": Placeholder("The payer's name", lambda context: context["payer"].name, "Grace Hopper"),
                "given_back": Placeholder("What goes back", given_back, "$10.00"),
                "paid": Placeholder(
                    "What was paid",
                    lambda context: money(context["payment"].amount, context["payment"].currency),
                    "$25.00",
                ),
                "for": Placeholder("What it goes back for", lambda context: context["returned"], "2 × Candle “Dawn”"),
                "credit_note": Placeholder(
                    "Which credit note corrects the invoice", credit_note, CREDITED.format("CN-2027-00007")
                ),
                "void_receipts": Placeholder(
                    "Which receipts are void",
                    voided,
                    VOID.format("US-2027-00042"),
                ),
                "account_url": Placeholder(
                    "Open My account", lambda context: context["account_url"], "https://example.org/account/"
                ),
            },
            sample_context=sample_context,
        ),
        MailKind(
            key="payments/mail/paid_twice",
            label="Paid twice by mistake",
            when="Sent when a checkout was paid on two pages, and the second subscription has ended by itself.",
            placeholders={
                "name": Placeholder("The payer's name", lambda context: context["payer"].name, "Grace Hopper"),
                "given_back": Placeholder(
                    "What goes back",
                    lambda context: money(context["given_back"], context["payment"].currency),
                    "$25.00",
                ),
                "for": Placeholder(
                    "What it was paid for",
                    lambda context: context["payment"].describe(),
                    "Guardian membership, monthly",
                ),
                "account_url": Placeholder(
                    "Open My account", lambda context: context["account_url"], "https://example.org/account/"
                ),
            },
            sample_context=lambda: {**sample_context(), "given_back": 2500},
        ),
        MailKind(
            key="payments/mail/go_on",
            label="Link to go on to the payment",
            when="Sent when a checkout goes on by e-mail, because programs may be trying out stolen cards.",
            placeholders={
                "continue_url": Placeholder(
                    "Continue to payment",
                    lambda context: context["continue_url"],
                    "https://example.org/checkout/go-on/x/",
                    is_required=True,
                ),
            },
            sample_context=lambda: {"continue_url": "https://example.org/checkout/go-on/x/"},
        ),
    ]
