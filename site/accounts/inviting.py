"""Make a place for somebody who has paid but never signed in."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.models import User


@transaction.atomic
def invite(email: str) -> User:
    """Return the user of this address, made if missing, who can sign in by mailed code. Sends nothing.

    The address of a new user stays unverified until they sign in: nothing may be attached to it before.
    """
    address = email.strip().lower()
    user = _user_of(address)
    if not EmailAddress.objects.filter(user=user, email__iexact=address).exists():
        EmailAddress.objects.create(user=user, email=address, primary=True, verified=False)
    return user


def _user_of(address: str) -> User:
    existing = User.objects.filter(email__iexact=address).first()
    if existing:
        return existing
    try:
        with transaction.atomic():
            return User.objects.create_user(address)
    except IntegrityError:
        # Two payments of one new supporter at the same moment: the other one made the user.
        return User.objects.get(email__iexact=address)
