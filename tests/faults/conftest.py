"""What the fault tests share: an offering to pay for, and the road an event takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from receipts.models import Payer
from tests.faults.road import Road

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox


@pytest.fixture
def payer(db: None) -> Payer:
    return Payer.objects.create(name="Bob Buyer", email="bob@example.org", country="US", fingerprint="bob")


@pytest.fixture
def road(connected_sandbox: Sandbox, payer: Payer) -> Road:
    """The sandbox holds its webhooks back; the test decides what arrives, when and how often."""
    return Road(sandbox=connected_sandbox, payer=payer)
