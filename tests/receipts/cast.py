"""Who is who: Grace paid, Charlie is a stranger, Tamara keeps the books, Otto audits them."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User

PASSWORD = "a long password"


def somebody(email: str, *, is_verified: bool = True) -> User:
    user = User.objects.create_user(email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=is_verified, primary=True)
    return user


def in_group(name: str, email: str) -> User:
    user = somebody(email)
    user.groups.add(Group.objects.get(name=name))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
