from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from accounts.models import User
from receipts.models import Payer
from tests.receipts import cast
from tests.receipts.books import a_payer

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def confirm(user: User) -> None:
    address, _ = EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True})
    email_confirmed.send(sender=EmailAddress, request=RequestFactory().get("/"), email_address=address)


def test_a_guest_who_types_the_same_again_is_the_same_payer() -> None:
    assert a_payer() == a_payer(name=" GRACE  okafor", email="Grace@Example.org", language="fr")


@pytest.mark.parametrize(
    "change", [{"name": "Noor"}, {"email": "g@example.org"}, {"line1": "1 Elsewhere"}, {"country": "CA"}]
)
def test_a_guest_who_types_anything_else_is_another_payer_and_changes_nobody(change: dict[str, str]) -> None:
    first = a_payer()
    second = a_payer(**change)
    assert first != second
    first.refresh_from_db()
    assert (first.name, first.email, first.line1) == ("Grace Okafor", "grace@example.org", "12 Harbour Street")


def test_a_signed_in_users_payer_is_updated_in_place(grace: User) -> None:
    first = a_payer(user=grace)
    second = a_payer(user=grace, line1="99 New Street")
    assert first == second
    assert second.line1 == "99 New Street"
    assert Payer.objects.get().user == grace


def test_a_person_and_their_organisation_are_two_payers_of_one_user(grace: User) -> None:
    assert a_payer(user=grace) != a_payer(user=grace, kind="organisation", name="Okafor Ltd")


def test_a_guest_who_types_what_a_user_has_changed_since_does_not_get_the_users_payer(grace: User) -> None:
    own = a_payer()
    confirm(grace)
    a_payer(user=grace, name="Grace Moved", line1="A secret place")
    guest = a_payer()
    assert guest != own
    assert guest.name == "Grace Okafor"


def test_confirming_an_address_attaches_what_was_paid_with_it() -> None:
    payer, other = a_payer(email="GRACE@example.org"), a_payer(email="noor@example.org")
    user = cast.somebody("grace@example.org", is_verified=False)
    payer.refresh_from_db()
    assert payer.user is None
    confirm(user)
    payer.refresh_from_db()
    other.refresh_from_db()
    assert payer.user == user
    assert other.user is None
    user.refresh_from_db()
    assert user.name == payer.name, "somebody without a name is called as they paid"


def test_confirming_never_takes_a_payer_from_another_user(grace: User, charlie: User) -> None:
    payer = a_payer(user=charlie)
    confirm(grace)
    payer.refresh_from_db()
    assert payer.user == charlie


def test_a_guest_with_a_verified_address_finds_the_payment_in_their_account(grace: User) -> None:
    assert a_payer().user == grace


def test_an_unverified_address_attaches_nothing() -> None:
    cast.somebody("grace@example.org", is_verified=False)
    assert a_payer().user is None


def test_no_payer_is_merged_into_itself() -> None:
    payer = a_payer()
    with pytest.raises(IntegrityError, match="no_payer_is_merged_into_itself"), transaction.atomic():
        Payer.objects.filter(pk=payer.pk).update(merged_into=payer)
