"""Changing one's own name and address, and what does not change with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from receipts.issuing import issue_receipt
from receipts.models import Issuer, Payer
from receipts.payers import find_or_create_payer
from tests.receipts import cast
from tests.receipts.books import a_payer, a_payment

pytestmark = pytest.mark.django_db
MOVED = {
    "name": "Grace  Okafor-Lind", "line1": "9 Hill Road", "line2": "", "city": "Camden", "postcode": "04843",
    "region": "ME", "country": "US", "language": "en",
}  # fmt: skip


def page_of(payer: Payer) -> str:
    return reverse("account_details", args=[payer.public_id])


def test_somebody_moves(grace: User) -> None:
    payer = a_payer(user=grace)
    client = cast.signed_in(grace)
    assert 'value="12 Harbour Street"' in client.get(page_of(payer)).text
    answer = client.post(page_of(payer), MOVED, follow=True)
    assert "Your details are saved" in answer.text
    payer.refresh_from_db()
    assert (payer.name, payer.line1, payer.city) == ("Grace Okafor-Lind", "9 Hill Road", "Camden")
    assert "9 Hill Road" in answer.text, "the account shows where receipts go"


def test_a_receipt_that_was_issued_stays_as_it_was(grace: User, issuer: Issuer) -> None:
    payer = a_payer(user=grace)
    receipt = issue_receipt(a_payment(payer=payer), on=date(2025, 6, 16), sandbox=False)
    answer = cast.signed_in(grace).get(page_of(payer))
    assert "Receipts that you have already stay as they are" in answer.text
    cast.signed_in(grace).post(page_of(payer), MOVED)
    receipt.refresh_from_db()
    assert receipt.snapshot["payer"]["name"] == "Grace Okafor"
    assert "12 Harbour Street" in receipt.snapshot["payer"]["address"]


def test_to_a_stranger_the_page_does_not_exist(grace: User, charlie: User) -> None:
    payer = a_payer(user=grace)
    stranger = cast.signed_in(charlie)
    for answer in (stranger.get(page_of(payer)), stranger.post(page_of(payer), MOVED)):
        assert answer.status_code == 404
        assert "Grace" not in answer.text
    payer.refresh_from_db()
    assert payer.line1 == "12 Harbour Street"
    assert Client().get(page_of(payer)).status_code == 302


@pytest.mark.parametrize("field", ["name", "line1", "city", "country"])
def test_what_is_missing_is_said_beside_the_field_and_the_rest_is_kept(grace: User, field: str) -> None:
    payer = a_payer(user=grace)
    answer = cast.signed_in(grace).post(page_of(payer), {**MOVED, field: ""})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert 'value="04843"' in answer.text
    payer.refresh_from_db()
    assert payer.line1 == "12 Harbour Street"


@pytest.mark.parametrize("value", ["A" * 201, "Grace\x00"])
def test_odd_input_is_refused_and_not_a_crash(grace: User, value: str) -> None:
    assert cast.signed_in(grace).post(page_of(a_payer(user=grace)), {**MOVED, "name": value}).status_code == 422


def test_nothing_else_of_the_payer_can_be_written(grace: User, charlie: User) -> None:
    payer = a_payer(user=grace)
    more = {"email": "x@example.org", "user": charlie.pk, "kind": "organisation", "merged_into": payer.pk}
    cast.signed_in(grace).post(page_of(payer), {**MOVED, **more})
    payer.refresh_from_db()
    assert (payer.email, payer.user, payer.kind, payer.merged_into) == ("grace@example.org", grace, "person", None)


def test_a_guest_who_types_the_old_identity_does_not_get_the_new_address(grace: User) -> None:
    payer = a_payer()
    Payer.objects.filter(pk=payer.pk).update(user=grace)
    cast.signed_in(grace).post(page_of(payer), MOVED)
    guest = find_or_create_payer(kind="person", name="Grace Okafor", email="grace@example.org",
        line1="12 Harbour Street", city="Portland", region="ME", postcode="04101", country="US")  # fmt: skip
    assert guest != payer
    assert guest.line1 == "12 Harbour Street"


def test_the_language_can_be_chosen_where_there_is_a_choice(grace: User, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("es", "Español")]
    payer = a_payer(user=grace)
    cast.signed_in(grace).post(page_of(payer), {**MOVED, "language": "es"})
    payer.refresh_from_db()
    assert payer.language == "es"
    answer = cast.signed_in(grace).post(page_of(payer), {**MOVED, "language": "tlh"})
    assert answer.status_code == 422


def test_the_fields_of_another_country_come_without_a_script(grace: User) -> None:
    payer = a_payer(user=grace)
    client = cast.signed_in(grace)
    assert "ZIP code" in client.get(page_of(payer)).text
    answer = client.post(page_of(payer), {**MOVED, "country": "CA", "city": "Ottawa", "show_fields": "1"})
    assert answer.status_code == 200 and "Province" in answer.text and 'value="Ottawa"' in answer.text
    assert "Error" not in answer.text
    payer.refresh_from_db()
    assert payer.city != "Ottawa", "nothing is saved by looking"


def test_a_postcode_that_is_none_is_said_beside_the_field(grace: User) -> None:
    payer = a_payer(user=grace)
    answer = cast.signed_in(grace).post(page_of(payer), {**MOVED, "country": "CA", "region": "ON"})
    assert answer.status_code == 422 and "04843 is no postcode of Canada. It looks like" in answer.text
    assert 'value="04843"' in answer.text and 'value="9 Hill Road"' in answer.text
