"""Why a payment failed, in words: Stripe's codes are for machines, and some must not be told to who holds the card."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import get_language


class Why(StrEnum):
    """What the payer can do about it."""

    EXPIRED = "expired"
    FUNDS = "funds"
    BANK_CHECK = "bank_check"
    # No further try with this card will work, and Stripe makes none.
    HARD = "hard"
    OTHER = "other"


OF_CODE = {
    "expired_card": Why.EXPIRED,
    "invalid_expiry_month": Why.EXPIRED,
    "invalid_expiry_year": Why.EXPIRED,
    "insufficient_funds": Why.FUNDS,
    "card_velocity_exceeded": Why.FUNDS,
    "withdrawal_count_limit_exceeded": Why.FUNDS,
    "authentication_required": Why.BANK_CHECK,
    "authentication_not_handled": Why.BANK_CHECK,
    "offline_pin_required": Why.BANK_CHECK,
    **dict.fromkeys(
        (
            "account_closed",
            "card_not_supported",
            "fraudulent",
            "highest_risk_level",
            "incorrect_number",
            "invalid_account",
            "invalid_number",
            "lost_card",
            "pickup_card",
            "restricted_card",
            "revocation_of_all_authorizations",
            "revocation_of_authorization",
            "security_violation",
            "stolen_card",
            "stop_payment_order",
            "transaction_not_allowed",
        ),
        Why.HARD,
    ),
}

# Whoever holds the card need not be its owner: of a lost or stolen one, or of suspected fraud, they learn nothing.
FOR_PAYER = {
    "en": {
        Why.EXPIRED: "The card has expired.",
        Why.FUNDS: "There was not enough money on the account, or the card's limit was reached.",
        Why.BANK_CHECK: "Your bank wants you to approve this payment yourself.",
        Why.HARD: "Your bank does not let this card be used for this payment.",
        Why.OTHER: "Your bank said no and gave no reason. That happens, and often it works the next time.",
    },
    "es": {
        Why.EXPIRED: "La tarjeta ha caducado.",
        Why.FUNDS: "No había suficiente dinero en la cuenta o se alcanzó el límite de la tarjeta.",
        Why.BANK_CHECK: "Su banco quiere que usted mismo apruebe este pago.",
        Why.HARD: "Su banco no permite usar esta tarjeta para este pago.",
        Why.OTHER: "Su banco ha dicho que no sin dar una razón. Ocurre, y muchas veces funciona la próxima vez.",
    },
}

FOR_STAFF = {
    "": "No reason was given",
    "account_closed": "The account is closed",
    "authentication_not_handled": "The bank asked for an approval that nobody gave",
    "authentication_required": "The bank wants the payer to approve it",
    "card_not_supported": "The card does not do this kind of payment",
    "card_velocity_exceeded": "The card's limit is reached",
    "do_not_honor": "The bank says no without a reason",
    "expired_card": "The card has expired",
    "fraudulent": "Suspected fraud: do not tell the payer",
    "generic_decline": "The bank says no without a reason",
    "highest_risk_level": "Blocked by Stripe as too risky",
    "incorrect_cvc": "The security code is wrong",
    "incorrect_number": "The card number is wrong",
    "insufficient_funds": "Not enough money on the account",
    "lost_card": "The card is reported lost: do not tell the payer",
    "pickup_card": "The bank wants the card back: do not tell the payer",
    "processing_error": "An error at the bank",
    "restricted_card": "The card is restricted",
    "stolen_card": "The card is reported stolen: do not tell the payer",
    "stop_payment_order": "The payer told the bank to stop it",
    "transaction_not_allowed": "The card does not do this kind of payment",
    "try_again_later": "The bank could not answer",
}


def why(code: str) -> Why:
    """What kind of failure a code is; one that we do not know is no reason to frighten anybody."""
    return OF_CODE.get(code, Why.OTHER)


def for_payer(code: str) -> str:
    """One sentence for the payer, in the active language."""
    return FOR_PAYER.get(get_language() or "", FOR_PAYER["en"])[why(code)]


def for_staff(code: str) -> str:
    """A few words for staff, and Stripe's own where we have none."""
    return FOR_STAFF.get(code) or f"Stripe says “{code}”"
