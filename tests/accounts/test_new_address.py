"""Moving to another e-mail address: proved first, then everything follows and both addresses are told."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts import choices
from accounts.models import User
from receipts.models import Payer
from receipts.payers import find_or_create_payer
from tests.accounts.conftest import code_in
from tests.accounts.recent import sign_in_now

NEW = "alice@new.example"


@pytest.fixture
def payer(alice: User) -> Payer:
    return find_or_create_payer(kind="person", name="Alice Adams", email=alice.email, user=alice)


def add(client: Client, mailoutbox: list[Any]) -> None:
    client.post(reverse("account_email"), {"action_add": "", "email": NEW})
    client.post(reverse("account_email_verification_sent"), {"code": code_in(mailoutbox[-1])})


def make_main(client: Client) -> None:
    client.post(reverse("account_email"), {"action_primary": "", "email": NEW})


def test_once_it_is_the_main_address_all_payers_have_it_and_both_are_told(
    client: Client, alice: User, payer: Payer, mailoutbox: list[Any]
) -> None:
    choices.switch_on(alice.email, "news")
    sign_in_now(client, alice)
    add(client, mailoutbox)
    payer.refresh_from_db()
    assert payer.email == "alice@example.org", "a further address changes nothing"
    mailoutbox.clear()
    make_main(client)
    payer.refresh_from_db()
    alice.refresh_from_db()
    assert alice.email == payer.email == NEW
    assert sorted(mail.to[0] for mail in mailoutbox) == ["alice@example.org", NEW]
    assert all("@" not in mail.subject for mail in mailoutbox)
    assert choices.wants(NEW, "news")


def test_an_address_that_was_not_proved_attaches_nothing_and_is_never_the_main_one(
    client: Client, alice: User, payer: Payer, bob: Payer, mailoutbox: list[Any]
) -> None:
    sign_in_now(client, alice)
    client.post(reverse("account_email"), {"action_add": "", "email": bob.email})
    EmailAddress.objects.get_or_create(user=alice, email=bob.email)
    client.post(reverse("account_email"), {"action_primary": "", "email": bob.email})
    for row in (alice, payer, bob):
        row.refresh_from_db()
    assert alice.email == payer.email == "alice@example.org"
    assert bob.user is None


def test_payers_with_another_address_of_hers_keep_it(client: Client, alice: User, mailoutbox: list[Any]) -> None:
    company = find_or_create_payer(kind="organisation", name="Adams Ltd", email="office@adams.example")
    Payer.objects.filter(pk=company.pk).update(user=alice)
    sign_in_now(client, alice)
    add(client, mailoutbox)
    make_main(client)
    company.refresh_from_db()
    assert company.email == "office@adams.example"


def test_somebody_elses_payer_with_the_old_address_stays_theirs(
    client: Client, alice: User, payer: Payer, charlie: User, mailoutbox: list[Any]
) -> None:
    shared = find_or_create_payer(kind="person", name="Charlie", email=alice.email)
    Payer.objects.filter(pk=shared.pk).update(user=charlie)
    sign_in_now(client, alice)
    add(client, mailoutbox)
    make_main(client)
    shared.refresh_from_db()
    assert shared.email == "alice@example.org"


def test_a_screen_that_somebody_left_cannot_give_the_account_away(
    client: Client, alice: User, mailoutbox: list[Any]
) -> None:
    sign_in_now(client, alice, seconds_ago=16 * 60)
    for answer in (client.get(reverse("account_email")), client.post(reverse("account_email"), {"action_add": ""})):
        assert answer["Location"].startswith(reverse("account_sign_in_again"))
    assert mailoutbox == []
