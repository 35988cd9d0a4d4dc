"""Start-up checks: what would make every payment fail, or worse, pass unseen, stops the start with a sentence."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from payments.signatures import BadSecret, read_secrets
from payments.statement import faults_of_name, faults_of_suffix


@register()
def stripe_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The mode, the key and the webhook secrets fit each other."""
    return [Error(message, hint=hint, id=id) for message, hint, id in _problems()]


@register()
def statement_names(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What bank statements say is taken by Stripe, and neutral."""
    hint = "Choose a short neutral name of yours: a statement is read by others too."
    found = [
        *(("STATEMENT_NAME", fault, "payments.W001") for fault in faults_of_name(settings.STATEMENT_NAME)),
        *(("STATEMENT_SUFFIX", fault, "payments.W002") for fault in faults_of_suffix(settings.STATEMENT_SUFFIX)),
    ]
    return [Warning(f"{name}: {fault}.", hint=hint, id=id) for name, fault, id in found]


def _problems() -> list[tuple[str, str, str]]:
    found = []
    mode, key = settings.STRIPE_MODE, settings.STRIPE_SECRET_KEY
    if mode not in {"sandbox", "test", "live"}:
        found.append((f"STRIPE_MODE is {mode!r}.", "Set it to sandbox, test or live.", "payments.E001"))
    is_live_key = key.startswith(("sk_live_", "rk_live_"))
    is_test_key = key.startswith(("sk_test_", "rk_test_"))
    if mode == "live" and not is_live_key:
        found.append(("STRIPE_MODE is live, but the key is not a live key.", "Use sk_live_….", "payments.E002"))
    if mode != "live" and not is_test_key:
        found.append(
            (
                f"STRIPE_MODE is {mode}, but the key is not a test key.",
                "Use sk_test_…; never a live key.",
                "payments.E003",
            )
        )
    try:
        read_secrets(settings.STRIPE_WEBHOOK_SECRETS)
    except BadSecret as error:
        found.append((f"STRIPE_WEBHOOK_SECRETS: {error}", "Events can't be verified without it.", "payments.E004"))
    return found
