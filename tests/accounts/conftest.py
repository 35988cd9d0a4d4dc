"""Ways in: how a test signs somebody in as a browser would."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.mail import EmailMessage
from django.test import Client
from wagtail import hooks

from accounts.models import User
from tests.accounts.mails import FILES, HARBOUR, NEWS

PASSWORD = "a long enough sentence"
CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)


def code_in(mail: EmailMessage) -> str:
    found = CODE.search(str(mail.body))
    assert found, "the mail holds no code"
    return found[1]


@pytest.fixture
def harbour(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Two kinds of mail, a service and news, whose files are in a folder of this test."""
    folder = tmp_path / "tests" / "mail"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    with hooks.register_temporarily("register_mails", lambda: [HARBOUR, NEWS]):
        yield


@pytest.fixture
def staff(db: None) -> User:
    """A superuser with a password and no second factor yet."""
    user = User.objects.create_superuser("dora@example.org", PASSWORD, name="Dora Diaz")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


@pytest.fixture
def totp(staff: User) -> Callable[[], str]:
    """Gives the staff member an authenticator app and returns what it shows now."""
    secret = generate_totp_secret()
    TOTP.activate(staff, secret)

    def shown() -> str:
        return format_hotp_value(hotp_value(secret, int(time.time()) // 30))

    return shown


def sign_in_with_second_factor(client: Client, user: User) -> None:
    """The quick way past the gate: what allauth leaves in the session after password and code."""
    client.force_login(user)
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}})
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "type": "totp", "at": time.time()},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
