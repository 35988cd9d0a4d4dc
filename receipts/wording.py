"""What a receipt says, in sentences. Frozen into the receipt's snapshot when it is issued."""

from __future__ import annotations

from receipts.money import format_amount
from receipts.rules import Assessment

# What the sentences here are written in: dates and amounts beside them are in no other.
LANGUAGES = ("en",)
TITLES = {"US": "Receipt for your contribution"}
PAYMENT_TITLE = "Receipt for your payment"
NOT_FOR_TAX = "This confirms a payment. It is not a receipt for tax purposes."

SENTENCES = {
    "no_goods_or_services": "No goods or services were provided in exchange for this contribution.",
    "insubstantial_benefits": (
        "What you received in return is of insubstantial value under Internal Revenue Service guidelines, "
        "so it does not reduce your deduction."
    ),
    "deductible_above_estimate": (
        "The amount that is deductible for federal income tax purposes is limited to the excess of what you paid "
        "over the value of the goods or services we provided."
    ),
    "intangible_religious_only": "The only benefits provided in return were intangible religious benefits.",
    "intangible_religious_too": "Intangible religious benefits were also provided.",
}


def statements_of(assessment: Assessment, *, currency: str, language: str) -> list[str]:
    """The sentences that the rules ask for, in the order in which they are read."""
    return [
        _estimate(assessment, currency=currency, language=language)
        if statement == "goods_or_services_estimate"
        else SENTENCES[statement]
        for statement in assessment.statements
    ]


def _estimate(assessment: Assessment, *, currency: str, language: str) -> str:
    received = ", ".join(advantage.label for advantage in assessment.counted if advantage.label) or "goods or services"
    worth = format_amount(assessment.advantage, currency, language)
    return f"In return you received: {received}. Our good-faith estimate of the fair market value is {worth}."


def paid_as_note(amount: int, paid_in: str, *, currency: str, language: str) -> str:
    """For a payer whom the payment provider showed another currency than ours."""
    return (
        f"Your bank took {format_amount(amount, paid_in, language)}. This receipt is in {currency}, which we were paid."
    )


def title_of(jurisdiction: str, *, is_tax_receipt: bool) -> str:
    return TITLES.get(jurisdiction, "Tax receipt") if is_tax_receipt else PAYMENT_TITLE
