"""Make a place for somebody who has paid but never signed in."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User


@transaction.atomic
def invite(email: str) -> User:
    """Return the user of this address, made if missing, who can sign in by mailed code. Sends nothing.

    The address of a new user stays unverified until they sign in: nothing may be attached to it before.
    """
    address = email.strip().lower()
    user = User.objects.filter(email__iexact=address).first() or User.objects.create_user(address)
    if not EmailAddress.objects.filter(user=user, email__iexact=address).exists():
        EmailAddress.objects.create(user=user, email=address, primary=True, verified=False)
    return user
