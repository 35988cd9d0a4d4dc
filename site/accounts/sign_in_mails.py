"""The mails of signing in, as staff see them. allauth sends them, through our own door (``adapter``)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.mail_kinds import MailKind, Placeholder

CODE = Placeholder(
    "The code",
    lambda context: str(context["code"]),
    "W3KP-7QHD",
    may_stand_in_subject=True,
    is_required=True,
    opens_account=True,
)
SIGN_IN = Placeholder("Sign in", lambda context: sign_in_url(), "https://example.org/accounts/login/")
SIGN_UP = Placeholder("Make an account", lambda context: context["signup_url"], "https://example.org/accounts/signup/")
OLD_ADDRESS = Placeholder("The old address", lambda context: context["from_email"], "old@example.org")
NEW_ADDRESS = Placeholder("The new address", lambda context: context["to_email"], "new@example.org")


def sign_in_url() -> str:
    return settings.BASE_URL + reverse("account_login")


def sample_context(**more: Any) -> dict[str, Any]:
    return {"email": "grace@example.org", **more}


# What allauth says when something else changed in an account.
NOTICES = {
    "account/email/email_confirm": ("an address was confirmed", "Sent when an address was confirmed."),
    "account/email/email_deleted": ("an address was removed", "Sent when an address is taken out of an account."),
    "account/email/password_changed": ("the password was changed", "Sent when somebody changes their password."),
    "account/email/password_set": ("a password was set", "Sent when somebody sets their first password."),
    "account/email/password_reset": ("the password was reset", "Sent when a forgotten password was replaced."),
    "mfa/email/totp_activated": ("an app was set up", "Sent when an authenticator app becomes the second factor."),
    "mfa/email/totp_deactivated": ("an app was removed", "Sent when an authenticator app is no longer in use."),
    "mfa/email/webauthn_added": ("a key was added", "Sent when a security key was added."),
    "mfa/email/webauthn_removed": ("a key was removed", "Sent when a security key was removed."),
    "mfa/email/recovery_codes_generated": ("new recovery codes", "Sent when recovery codes were made anew."),
}
REMOVED = {
    "deleted_email": Placeholder("The address", lambda context: str(context["deleted_email"]), "old@example.org")
}
OF_NOTICE = {"account/email/email_deleted": REMOVED}
RESET = Placeholder(
    "Choose a new password",
    lambda context: context["password_reset_url"],
    "https://example.org/accounts/password/reset/",
    is_required=True,
    opens_account=True,
)


def notices() -> list[MailKind]:
    return [_notice(key, label, when, OF_NOTICE.get(key, {})) for key, (label, when) in NOTICES.items()]


def _notice(key: str, label: str, when: str, placeholders: dict[str, Placeholder]) -> MailKind:
    samples = {name: placeholder.sample for name, placeholder in placeholders.items()}
    return MailKind(
        key=key,
        label=f"Account: {label}",
        when=when,
        placeholders=placeholders,
        sample_context=partial(sample_context, **samples),
    )


def sign_in_mails() -> list[MailKind]:
    with_code = partial(sample_context, code=CODE.sample)
    return [
        MailKind(
            key="account/email/login_code",
            label="Signing in: the code",
            when="Sent when somebody asks for a code to sign in.",
            placeholders={"code": CODE},
            sample_context=with_code,
        ),
        MailKind(
            key="account/email/email_confirmation",
            label="Signing in: confirm an address",
            when="Sent when an address is added to an account.",
            placeholders={"code": CODE},
            sample_context=with_code,
        ),
        MailKind(
            key="account/email/email_confirmation_signup",
            label="Signing in: confirm a new account",
            when="Sent when somebody makes an account.",
            placeholders={"code": CODE},
            sample_context=with_code,
        ),
        MailKind(
            key="account/email/account_already_exists",
            label="Signing in: there is an account already",
            when="Sent when somebody makes an account with an address that has one.",
            placeholders={"sign_in_url": SIGN_IN},
            sample_context=sample_context,
        ),
        MailKind(
            key="account/email/unknown_account",
            label="Signing in: there is no account",
            when="Sent when somebody asks for a code for an address that is not known here.",
            placeholders={"signup_url": SIGN_UP},
            sample_context=partial(sample_context, signup_url=SIGN_UP.sample),
        ),
        MailKind(
            key="account/email/email_changed",
            label="Account: another e-mail address",
            when="Sent to the old and to the new address when somebody's main address changes.",
            placeholders={"old_address": OLD_ADDRESS, "new_address": NEW_ADDRESS},
            sample_context=partial(sample_context, from_email="old@example.org", to_email="new@example.org"),
        ),
        MailKind(
            key="accounts/mail/erased",
            label="Account: closed",
            when="Sent once, as the last mail, when somebody closed their account or was erased at their wish.",
            placeholders={},
            sample_context=sample_context,
        ),
        MailKind(
            key="account/email/password_reset_key",
            label="Signing in: a new password",
            when="Sent when somebody has forgotten their password.",
            placeholders={"password_reset_url": RESET},
            sample_context=partial(sample_context, password_reset_url=RESET.sample),
        ),
    ]
