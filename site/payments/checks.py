"""Start-up checks: what would make every payment fail, or worse, pass unseen, stops the start with a sentence."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from payments.signatures import BadSecret, read_secrets


@register()
def stripe_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The mode, the key and the webhook secrets fit each other."""
    return [Error(message, hint=hint, id=id) for message, hint, id in _problems()]


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
