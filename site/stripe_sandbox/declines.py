"""Why a card is declined: the words that Stripe uses for it, and whether trying again makes sense."""

from __future__ import annotations

from dataclasses import dataclass

from stripe_sandbox.store import Json


@dataclass(frozen=True)
class Decline:
    """``hard``: no retry with the same card, ever. ``invalid``: it never got as far as the bank."""

    text: str
    message: str = "Your card was declined."
    code: str = "card_declined"
    reason: str = ""
    advice: str | None = "try_again_later"
    network_code: str | None = None
    hard: bool = False
    invalid: bool = False


STOP, CHECK = "do_not_try_again", "confirm_card_data"
DECLINES: dict[str, Decline] = {
    "declined": Decline("Card is declined", reason="generic_decline"),
    "insufficient_funds": Decline(
        "Card has insufficient funds", message="Your card has insufficient funds.", network_code="51"
    ),
    "do_not_honor": Decline("Bank says no without a reason", network_code="05"),
    "expired_card": Decline(
        "Card has expired", message="Your card has expired.", code="expired_card", advice=CHECK, network_code="54"
    ),
    "incorrect_number": Decline(
        "Number of the card is wrong",
        message="Your card number is incorrect.",
        code="incorrect_number",
        advice=CHECK,
        hard=True,
        invalid=True,
    ),
    "incorrect_cvc": Decline(
        "Security code is wrong",
        message="Your card's security code is incorrect.",
        code="incorrect_cvc",
        advice=CHECK,
        network_code="N7",
    ),
    "processing_error": Decline(
        "An error at the bank",
        message="An error occurred while processing your card. Try again in a little bit.",
        code="processing_error",
    ),
    "lost_card": Decline("Card is reported lost", advice=STOP, network_code="41", hard=True),
    "stolen_card": Decline("Card is reported stolen", advice=STOP, network_code="43", hard=True),
    "pickup_card": Decline("Bank wants the card back", advice=STOP, network_code="04", hard=True),
    "fraudulent": Decline("Stripe suspects fraud", advice=STOP, network_code="59", hard=True),
    "transaction_not_allowed": Decline("Card takes no such payments", advice=STOP, network_code="57", hard=True),
}


def reason_of(outcome: str) -> str:
    return DECLINES[outcome].reason or outcome


def is_hard(outcome: str) -> bool:
    return outcome in DECLINES and DECLINES[outcome].hard


def payment_error(outcome: str, charge_id: str, method: Json | None) -> Json:
    """``last_payment_error`` of an intent."""
    decline = DECLINES[outcome]
    return {
        "advice_code": decline.advice,
        "charge": charge_id,
        "code": decline.code,
        "decline_code": reason_of(outcome),
        "message": decline.message,
        "network_decline_code": decline.network_code,
        "payment_method": dict(method) if method else None,
        "type": "card_error",
    }


def charge_outcome(outcome: str) -> Json:
    """What a failed charge tells about it."""
    decline = DECLINES[outcome]
    return {
        "advice_code": decline.advice,
        "network_decline_code": decline.network_code,
        "network_status": "not_sent_to_network" if decline.invalid else "declined_by_network",
        "reason": reason_of(outcome),
        "seller_message": f"The bank returned the decline code `{reason_of(outcome)}`.",
        "type": "invalid" if decline.invalid else "issuer_declined",
    }


def authentication_error(method: Json | None) -> Json:
    """A charge without the payer that the bank wants to ask them about."""
    return {
        "code": "authentication_required",
        "decline_code": "authentication_required",
        "message": "Your card was declined. This transaction requires authentication.",
        "payment_method": dict(method) if method else None,
        "type": "card_error",
    }
