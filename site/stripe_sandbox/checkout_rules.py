"""What a checkout session may ask for. Parameters that the sandbox would have to ignore are refused, never faked."""

from __future__ import annotations

import time

from stripe_sandbox.account import Account
from stripe_sandbox.errors import ApiError
from stripe_sandbox.store import Json

SHORTEST, LONGEST, SLACK = 30 * 60, 24 * 3600, 60
# The least a card can be charged, in minor units; 50 where Stripe's list is silent here.
MINIMUM = {"gbp": 30, "jpy": 50, "cad": 50, "aud": 50, "mxn": 1000, "sek": 300, "nok": 300, "dkk": 250, "huf": 17500}
# What the sandbox acts on, and what would only change the look of Stripe's own page. All else is refused.
UNDERSTOOD = {
    *("adaptive_pricing", "allow_promotion_codes", "allowed_payment_method_types", "automatic_tax"),
    *(
        "billing_address_collection",
        "branding_settings",
        "cancel_url",
        "client_reference_id",
        "currency",
        "custom_text",
    ),
    *("customer", "customer_creation", "customer_email", "customer_update", "discounts"),
    *("excluded_payment_method_types", "expires_at", "integration_identifier", "line_items", "locale", "metadata"),
    *("mode", "origin_context", "payment_intent_data", "payment_method_collection", "saved_payment_method_options"),
    *("submit_type", "subscription_data", "success_url", "ui_mode", "wallet_options"),
}
UNDERSTOOD_BELOW = {
    "payment_intent_data": {
        *("description", "metadata", "receipt_email", "setup_future_usage"),
        *("statement_descriptor", "statement_descriptor_suffix"),
    },
    "subscription_data": {"billing_mode", "description", "metadata", "proration_behavior"},
}
MODES = {"payment": "payment_intent_data", "subscription": "subscription_data"}


def refuse_what_does_not_fit(account: Account, params: Json) -> None:
    mode = params.get("mode")
    if mode not in MODES:
        if mode is None:
            raise ApiError("Missing required param: mode.", code="parameter_missing", param="mode")
        raise not_implemented(f"mode={mode}")
    for name in sorted(set(params) - UNDERSTOOD):
        raise not_implemented(name)
    for outer, understood in UNDERSTOOD_BELOW.items():
        for name in sorted(set(params.get(outer) or {}) - understood):
            raise not_implemented(f"{outer}[{name}]")
    if (params.get("automatic_tax") or {}).get("enabled"):
        raise not_implemented("automatic_tax")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_implemented(f"ui_mode={params['ui_mode']}")
    if not params.get("success_url"):
        raise ApiError("Missing required param: success_url.", code="parameter_missing", param="success_url")
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            raise ApiError("Not a valid URL", code="url_invalid", param=name)
    if not params.get("line_items"):
        raise ApiError("Missing required param: line_items.", code="parameter_missing", param="line_items")
    if len(params["line_items"]) > 100:
        raise ApiError("You can pass at most 100 line items.", param="line_items")
    for other, name in MODES.items():
        if other != mode and name in params:
            raise ApiError(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if mode == "subscription" and "customer_creation" in params:
        raise ApiError("`customer_creation` can only be used in `payment` mode.", param="customer_creation")
    refuse_customer(account, params)


def refuse_customer(account: Account, params: Json) -> None:
    if "customer" in params:
        account.get_live("customer", params["customer"], param="customer")
        for name in ("customer_email", "customer_creation"):
            if name in params:
                raise ApiError(f"You may only specify one of these parameters: customer, {name}.", param="customer")
    email = params.get("customer_email")
    if email is not None and ("@" not in email or " " in email):
        raise ApiError(f"Invalid email address: {email}", code="email_invalid", param="customer_email")


def not_implemented(name: str) -> ApiError:
    return ApiError(
        f"The sandbox does not implement `{name}` of POST /v1/checkout/sessions.", status=501, kind="api_error"
    )


def expiry(account: Account, given: int | None) -> int:
    """Between 30 minutes and 24 hours from now, by the sandbox's clock or, as callers read their own, the wall's."""
    now = account.now()
    if given is None:
        return now + LONGEST
    for clock in (now, int(time.time())):
        if SHORTEST - SLACK <= given - clock <= LONGEST + SLACK:
            return now + given - clock
    raise ApiError(
        "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
        param="expires_at",
    )


def refuse_amount(currency: str, total: int) -> None:
    least = MINIMUM.get(currency, 50)
    if 0 < total < least:
        raise ApiError(
            f"The Checkout Session's total amount must be at least {least} in {currency}'s minor unit.",
            code="amount_too_small",
            param="line_items",
        )
    if total > 99_999_999:
        raise ApiError("Amount must be no more than 999,999.99", code="amount_too_large", param="line_items")
