from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from receipts.models import Issuer
from tests.receipts import cast
from tests.receipts.books import an_issuer


@pytest.fixture(autouse=True)
def private_files_of_this_test(settings: Any, tmp_path: Path) -> None:
    storages = {name: dict(value) for name, value in settings.STORAGES.items()}
    storages["private"]["OPTIONS"] = {"location": str(tmp_path), "base_url": None}
    settings.STORAGES = storages


@pytest.fixture
def issuer(db: None) -> Issuer:
    return an_issuer()


@pytest.fixture
def grace(db: None) -> User:
    return cast.somebody("grace@example.org")


@pytest.fixture
def charlie(db: None) -> User:
    return cast.somebody("charlie@example.org")


@pytest.fixture
def finance(db: None, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    return cast.signed_in(cast.in_group("Finance", "tamara@example.org"))


@pytest.fixture
def auditor(db: None, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    return cast.signed_in(cast.in_group("Auditors", "otto@example.org"))
