"""Finding a supporter by what staff have in hand."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from payments.models import Customer, Payment, Plan
from receipts.issuing import issue_receipt
from receipts.merging import merge
from receipts.models import Issuer, Payer
from receipts.roles import CARING, grant
from receipts.searching import find_payers
from tests.payments.desk import a_paid_payment
from tests.receipts import cast
from tests.receipts.books import a_payer, a_payment

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def fundraiser(db: None, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    return cast.signed_in(cast.in_group("Fundraisers", "fatima@example.org"))


@pytest.fixture
def grace_and_noor(db: None) -> tuple[Payer, Payer]:
    noor = a_payer(name="Noor Haddad", email="noor@example.org", postcode="SW1A 1AA", country="GB")
    return a_payer(), noor


@pytest.mark.parametrize(
    "text",
    ["noor", "HADDAD noor", "noor had", "Noor@Example.org", "noor@exam", "sw1a1aa", "SW1A 1AA", "  noor   haddad  "],
)
def test_by_name_address_and_postcode(text: str, grace_and_noor: tuple[Payer, Payer]) -> None:
    assert list(find_payers(text)) == [grace_and_noor[1]]


def test_by_the_number_of_a_receipt(issuer: Issuer, grace_and_noor: tuple[Payer, Payer]) -> None:
    receipt = issue_receipt(a_payment(payer=grace_and_noor[1]), on=date(2025, 6, 16), sandbox=True)
    assert receipt
    assert receipt.label == "SANDBOX-2025-00001"
    assert list(find_payers("sandbox-2025-00001")) == [grace_and_noor[1]]


def test_by_any_of_stripes_ids(grace_and_noor: tuple[Payer, Payer]) -> None:
    paid = a_paid_payment(payer=grace_and_noor[0])
    Payment.objects.filter(pk=paid.pk).update(invoice_id="in_1Xy")
    Customer.objects.create(payer=paid.payer, livemode=False, stripe_id="cus_1Ab")
    Plan.objects.create(
        payer=paid.payer, payable_kind="offering.offering", payable_id=1, first_payment=paid, subscription_id="sub_1Cd",
        livemode=False, status="active", synced_at=paid.created_at,
    )  # fmt: skip
    for stripe_id in ("cus_1Ab", "sub_1Cd", "in_1Xy", paid.charge_id, paid.payment_intent_id, paid.session_id):
        assert list(find_payers(f" {stripe_id} ")) == [grace_and_noor[0]], stripe_id
    assert not find_payers("cus_unknown")


@pytest.mark.parametrize(
    "text", ["%", "_", "x" * 3000, "';--", 'can"dle', "\\", "@", "   ", "\u202e", "-", "00000000000000000000"]
)
def test_odd_words_find_nobody_by_chance_and_break_nothing(text: str, fundraiser: Client) -> None:
    a_payer()
    answer = fundraiser.get(reverse("payers:index"), {"q": text})
    assert answer.status_code == 200
    if text.strip() and text != "@":
        assert list(answer.context["object_list"]) == []
    assert fundraiser.get(reverse("payers:index"), {"q": f"\x00{text}"}).status_code == 200
    assert find_payers(f"a\x00{text}") is not None


def test_a_merged_payer_is_found_as_the_one_it_was_merged_into(grace_and_noor: tuple[Payer, Payer]) -> None:
    grace, noor = grace_and_noor
    merge(kept=grace, merged=noor, by=None)
    for text in ("noor", "noor@example.org", "SW1A1AA"):
        assert list(find_payers(text)) == [grace]


@pytest.mark.parametrize(
    ("text", "index"), [("noor@example.org", "payer_by_email"), ("SW1A 1AA", "payer_by_plain_postcode")]
)
def test_what_is_exact_is_looked_up_in_an_index(text: str, index: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table this small as a whole")
    from receipts import searching

    look = searching._by_email if "@" in text else searching._by_postcode
    found = look(text)
    assert found is not None
    assert index in found.explain()


def exported(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_what_was_found_is_exported_whole_and_guarded(fundraiser: Client) -> None:
    a_payer(name='=cmd|"/C calc"!A0', email="odd@example.org")
    a_payer()
    text = exported(fundraiser.get(reverse("payers:index"), {"q": "odd@example.org", "export": "csv"}))
    assert "'=cmd" in text
    assert "Grace" not in text
    book = load_workbook(io.BytesIO(b"".join(fundraiser.get(reverse("payers:index"), {"export": "xlsx"}))))
    assert {row[1] for row in book.active.iter_rows(min_row=2, values_only=True)} == {
        "Grace Okafor", "'=cmd|\"/C calc\"!A0",
    }  # fmt: skip


# -- The group ----------------------------------------------------------------------------------------------


def granted() -> set[str]:
    group = Group.objects.get(name="Fundraisers")
    return set(group.permissions.filter(content_type__app_label="receipts").values_list("codename", flat=True))


def test_fundraisers_look_after_supporters_and_touch_no_receipt_and_no_month() -> None:
    assert granted() == CARING
    assert not {"void_receipt", "add_closedmonth", "view_transaction", "delete_payernote"} & granted()
    assert Group.objects.get(name="Fundraisers").permissions.filter(codename="access_admin").exists()


def test_a_permission_taken_away_by_hand_stays_away() -> None:
    Group.objects.get(name="Fundraisers").permissions.remove(Permission.objects.get(codename="export_payer"))
    grant(apps.get_app_config("receipts"), using="default")
    assert granted() == CARING - {"export_payer"}


def test_a_group_that_another_app_made_first_gets_its_permissions_when_they_are_new() -> None:
    Group.objects.get(name="Fundraisers").permissions.clear()
    Permission.objects.filter(codename="merge_payer").delete()
    grant(apps.get_app_config("receipts"), using="default")
    assert granted() == CARING
