"""What the sandbox's own tests share."""

from __future__ import annotations

import pytest

from tests.sandbox_client import Sandbox
from tests.stripe_sandbox.shop import Shop


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return Shop(sandbox)
