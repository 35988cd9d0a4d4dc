"""Tiers, a member, a stranger, and the way through the form that a visitor takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import User
from membership.demo import build_tiers
from membership.models import Membership, Tier
from membership.models import tributes as tribute_rows
from payments.models import Payment
from receipts.models import Issuer
from tests.membership.way import Way

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox


@pytest.fixture(autouse=True)
def morning_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a family is told "today" is told now, at whatever hour these tests run."""
    monkeypatch.setattr(tribute_rows, "MORNING", time.min)


@pytest.fixture
def tiers(db: None) -> list[Tier]:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    return build_tiers()


@pytest.fixture
def friend(tiers: list[Tier]) -> Tier:
    return tiers[0]


@pytest.fixture
def guardian(tiers: list[Tier]) -> Tier:
    return tiers[2]


@pytest.fixture
def way(connected_sandbox: Sandbox, client: Client, friend: Tier) -> Way:
    return Way(sandbox=connected_sandbox, client=client)


@pytest.fixture
def alice(db: None) -> User:
    """A member, once she has paid."""
    return User.objects.create_user("alice@example.org", name="Alice Adams")


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger."""
    return User.objects.create_user("charlie@example.org")


@pytest.fixture
def nothing_happened(connected_sandbox: Sandbox) -> Callable[[], None]:
    """Fails when a payer, a membership or a payment was written, or Stripe was called."""
    from receipts.models import Payer

    def check() -> None:
        assert [model.__name__ for model in (Payer, Membership, Payment) if model.objects.exists()] == []
        assert connected_sandbox.log() == []

    return check


@pytest.fixture
def member(way: Way, client: Client, alice: User, guardian: Tier) -> Membership:
    """Alice, signed in, who has just paid for a month as a guardian."""
    client.force_login(alice)
    way.join(guardian, email=alice.email, name=alice.name)
    way.pay()
    return Membership.objects.get()
