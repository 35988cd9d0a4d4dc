"""Four people whom every test knows. An app's tests give them what the app knows: a tier, an order, a seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.models import User
    from receipts.models import Payer


def a_user(email: str, name: str) -> User:
    from allauth.account.models import EmailAddress

    from accounts.models import User

    user = User.objects.create_user(email, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def alice(db: None) -> User:
    """A supporter with a log-in of her own: whatever is shown to somebody, is shown to her."""
    return a_user("alice@example.org", "Alice Adams")


@pytest.fixture
def bob(db: None) -> Payer:
    """A guest: he pays, and has no log-in."""
    from receipts.payers import find_or_create_payer

    return find_or_create_payer(
        kind="person",
        name="Bob Brown",
        email="bob@example.org",
        line1="2 Mill Lane",
        city="Portland",
        region="ME",
        postcode="04101",
        country="US",
    )


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger with a log-in. On every page that shows what is Alice's or Bob's, he gets 404."""
    return a_user("charlie@example.org", "Charlie Chen")


@pytest.fixture
def tess(db: None) -> User:
    """The treasurer: staff, of the Finance group."""
    from django.contrib.auth.models import Group, Permission

    user = a_user("tess@example.org", "Tess Tanaka")
    user.groups.add(Group.objects.get(name="Finance"))
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return user
