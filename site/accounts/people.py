"""Which addresses are somebody's own."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress


def addresses_of(user: Any) -> list[str]:
    """Every address that the user has proved to read, the main one first; one that is only claimed is nobody's."""
    proved = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return [email.lower() for email in proved.values_list("email", flat=True)]
