from __future__ import annotations

from typing import Any

import pytest

from config import settings as real

NAMES = ("GUARD_CHECKOUTS_PER_ADDRESS", "GUARD_CHECKOUTS_ON_SITE", "GUARD_SECONDS_TO_FILL_IN")


@pytest.fixture
def guarded(settings: Any) -> Any:
    """The limits that a real site has; the other tests run with wider ones."""
    for name in NAMES:
        setattr(settings, name, getattr(real, name))
    return settings
