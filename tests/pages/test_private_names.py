"""A real name that slips into what is written is noticed, and nobody gets a list of names."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pages.models import Consent, PrivateName
from pages.private_names import names_in, remember_names
from tests.pages.consents import a_consent, keeper

pytestmark = pytest.mark.django_db


@pytest.fixture
def joy(db: None) -> Consent:
    consent = a_consent(alias="Amara")
    remember_names(consent, "Joÿ Ifeoma O’Brien-Adé, paper in the folder of Lagos")
    return consent


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Poured by Ifeoma in the morning", ["Ifeoma"]),
        ("IFEOMA’S candle, and joy", ["joy"]),
        ("o’brien-ade", ["o’brien-ade"]),
        ("Ifeomas and enjoyment", []),
        ("The folder lies in Lagos", []),
        ("", []),
    ],
)
def test_words_of_a_name_are_found_as_they_were_typed(joy: Consent, text: str, found: list[str]) -> None:
    assert names_in(text) == found


def test_the_database_holds_no_name(joy: Consent) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM pages_privatename")
        rows = str(cursor.fetchall()).casefold()
    assert "ifeoma" not in rows and "brien" not in rows


def test_any_number_of_texts_take_one_query(joy: Consent) -> None:
    with CaptureQueriesContext(connection) as seen:
        names_in("Poured by Ifeoma", "many words " * 200, "more")
    assert len(seen) == 1


def test_another_name_takes_the_place_of_the_first(joy: Consent) -> None:
    remember_names(joy, "Ngozi")
    assert names_in("Ifeoma and Ngozi") == ["Ngozi"]


def test_names_are_known_under_old_keys_and_the_newest(joy: Consent, settings: Any) -> None:
    settings.CONSENT_KEYS = ["newer"]
    assert names_in("Ifeoma") == ["Ifeoma"]
    Consent.objects.update(sealed_person=_sealed("Ifeoma, folder 3"))
    call_command("seal_consents", verbosity=0)
    settings.SECRET_KEY = "gone"
    assert names_in("Ifeoma") == ["Ifeoma"]


def _sealed(person: str) -> str:
    consent = Consent()
    consent.person = person
    return consent.sealed_person


@pytest.mark.parametrize("alias", ["Ifeoma", "Little ifeoma"])
def test_an_alias_is_no_part_of_the_name(settings: Any, alias: str) -> None:
    settings.STAFF_SECOND_FACTOR = False
    desk = Client()
    desk.force_login(keeper())
    today = timezone.localdate().isoformat()
    typed = {
        "alias": alias, "person": "Ifeoma Adé, folder 3", "scope_text": "on", "channel_shop": "on",
        "given_on": today, "until": today,
    }  # fmt: skip
    answer = desk.post(reverse("consents:add"), typed)
    assert answer.context["form"].errors["alias"]
    desk.post(reverse("consents:add"), {**typed, "alias": "Amara"})
    consent = Consent.objects.get()
    assert PrivateName.objects.filter(consent=consent).count() == 2
    # The name is not asked for again, and still known.
    changed = desk.post(reverse("consents:edit", args=[consent.pk]), {**typed, "person": ""})
    assert changed.context["form"].errors["alias"]
