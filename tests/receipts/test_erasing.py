"""Staff erase somebody who wrote a letter."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from accounts.models import OutgoingMail, User
from receipts.merging import MergeRefused, merge, undo
from receipts.models import Payer, PayerMerge, PayerNote
from tests.receipts import cast
from tests.receipts.books import a_payer, a_payment, books_balance

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def page_of(payer: Payer) -> str:
    return reverse("privacy_erase_payer", args=[payer.pk])


def test_a_guest_is_erased_after_a_second_look(finance: Client) -> None:
    payer = a_payer()
    a_payment(payer=payer)
    OutgoingMail.objects.create(to="Grace@example.org", subject="Old", text="Dear Grace")
    page = finance.get(page_of(payer))
    assert page.status_code == 200 and "Grace Okafor" in page.text
    answer = finance.post(page_of(payer), {"confirmation": " Erase "}, follow=True)
    assert answer.request["PATH_INFO"] == reverse("payers:inspect", args=[payer.pk])
    assert "Grace" not in answer.text
    payer.refresh_from_db()
    assert payer.name.startswith("Erased supporter ") and payer.email == "" and payer.erased_at
    assert [mail.subject for mail in OutgoingMail.objects.all()] == ["Your account is closed"]
    assert books_balance()


@pytest.mark.parametrize("typed", ["", "yes", "Grace Okafor"])
def test_without_the_word_nothing_happens(finance: Client, typed: str) -> None:
    payer = a_payer()
    answer = finance.post(page_of(payer), {"confirmation": typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    payer.refresh_from_db()
    assert payer.erased_at is None


def test_it_is_in_the_history_without_the_name(finance: Client) -> None:
    payer = a_payer()
    ModelLogEntry.objects.log_action(payer, "wagtail.edit")
    finance.post(page_of(payer), {"confirmation": "erase"})
    payer.refresh_from_db()
    entries = ModelLogEntry.objects.for_instance(payer)
    assert {entry.action for entry in entries} == {"wagtail.edit", "receipts.erase"}
    assert {entry.label for entry in entries} == {payer.name}
    assert entries.get(action="receipts.erase").user.email == "tamara@example.org"


def test_a_supporter_with_a_login_goes_with_it_and_with_all_that_was_merged(finance: Client, grace: User) -> None:
    kept = a_payer(user=grace)
    old = a_payer(name="G. Okafor", email="other@example.org")
    merge(kept=kept, merged=old, by=None)
    finance.post(page_of(old), {"confirmation": "erase"})
    assert not User.objects.filter(email="grace@example.org").exists()
    assert not Payer.objects.filter(erased_at=None).exists()


def test_a_guest_goes_with_all_that_was_merged_and_what_staff_wrote(finance: Client) -> None:
    old, kept = a_payer(name="G. Okafor", email="other@example.org"), a_payer()
    merge(kept=kept, merged=old, take=["email"], by=None)
    PayerNote.objects.create(payer=old, text="Rang about Grace")
    finance.post(page_of(old), {"confirmation": "erase"})
    assert not Payer.objects.filter(erased_at=None).exists()
    assert not PayerNote.objects.exists()
    record = PayerMerge.objects.get()
    assert (record.before, record.after) == ({}, {})
    undo(record, by=None)
    assert set(Payer.objects.values_list("email", flat=True)) == {""}


def test_an_erased_payer_is_not_merged_into_somebody(finance: Client) -> None:
    payer, other = a_payer(), a_payer(name="Noor")
    finance.post(page_of(payer), {"confirmation": "erase"})
    with pytest.raises(MergeRefused, match="erased"):
        merge(kept=other, merged=payer, by=None)


def test_others_at_the_same_address_are_named_and_stay_and_so_do_their_mails(finance: Client) -> None:
    payer, husband = a_payer(), a_payer(name="Noor Okafor")
    OutgoingMail.objects.create(to=husband.email, subject="Theirs too", text="Dear both")
    assert "Noor Okafor" in finance.get(page_of(payer)).text
    finance.post(page_of(payer), {"confirmation": "erase"})
    husband.refresh_from_db()
    assert (husband.name, husband.erased_at) == ("Noor Okafor", None)
    assert OutgoingMail.objects.filter(subject="Theirs too").exists()


def test_a_second_time_says_so_and_does_nothing(finance: Client) -> None:
    payer = a_payer()
    finance.post(page_of(payer), {"confirmation": "erase"})
    before = Payer.objects.values().get()
    answer = finance.post(page_of(payer), {"confirmation": "erase"}, follow=True)
    assert "erased already" in answer.text
    assert Payer.objects.values().get() == before


def test_a_colleague_is_not_erased(finance: Client) -> None:
    colleague = cast.in_group("Finance", "otis@example.org")
    payer = a_payer(email="otis@example.org", user=colleague)
    answer = finance.post(page_of(payer), {"confirmation": "erase"}, follow=True)
    assert "a colleague" in answer.text
    assert User.objects.filter(pk=colleague.pk).exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_may_erase_opens_the_page(auditor: Client, charlie: User, method: str, settings: Any) -> None:
    payer = a_payer()
    charlie.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_payer"]))
    for client in (auditor, cast.signed_in(charlie)):
        answer = getattr(client, method)(page_of(payer), {"confirmation": "erase"})
        assert answer.status_code in (302, 403) and "Grace" not in answer.text
    payer.refresh_from_db()
    assert payer.erased_at is None


def test_an_erased_payer_has_no_address_and_no_user(finance: Client, charlie: User) -> None:
    payer = a_payer()
    finance.post(page_of(payer), {"confirmation": "erase"})
    for value in ({"email": "grace@example.org"}, {"line1": "x"}, {"user": charlie}):
        with pytest.raises(IntegrityError, match="an_erased_payer_has_no"), transaction.atomic():
            Payer.objects.filter(pk=payer.pk).update(**value)
