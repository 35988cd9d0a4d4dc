from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from accounts.models import User


def count_enrolment(*, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Who has just set up a second factor has just shown it: this session need not ask for it again."""
    if authenticator.type in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN):
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
