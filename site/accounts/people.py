"""Which addresses are somebody's own, and what follows when the main one changes."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress

from accounts import choices


def addresses_of(user: Any) -> list[str]:
    """Every address that the user has proved to read, the main one first; one that is only claimed is nobody's."""
    proved = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return [email.lower() for email in proved.values_list("email", flat=True)]


def when_email_changed(
    sender: object, user: Any, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **kwargs: Any
) -> None:
    """allauth tells the old address; the new one is told too, and takes the choices along."""
    if from_email_address is None or from_email_address == to_email_address:
        return
    choices.take_along(from_email_address.email, to_email_address.email)
    addresses = {"from_email": from_email_address.email, "to_email": to_email_address.email}
    get_adapter().send_notification_mail("account/email/email_changed", user, addresses, to_email_address.email)
