from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.test import Client
from django.urls import reverse

from accounts.inviting import invite
from accounts.models import User
from tests.accounts.conftest import PASSWORD, code_in


def ask_for_code(client: Client, email: str) -> Any:
    return client.post(reverse("account_login"), {"login": email}, follow=True)


def test_a_mailed_code_signs_in(client: Client, alice: User, mailoutbox: list[Any]) -> None:
    ask_for_code(client, alice.email)
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])}, follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_home")
    assert alice.email in answer.text


def test_a_code_works_once(client: Client, alice: User, mailoutbox: list[Any]) -> None:
    ask_for_code(client, alice.email)
    code = code_in(mailoutbox[0])
    client.post(reverse("account_confirm_login_code"), {"code": code})
    stranger = Client()
    ask_for_code(stranger, alice.email)
    stranger.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" in client.session
    assert "_auth_user_id" not in stranger.session


def test_a_code_works_only_where_it_was_asked_for(client: Client, alice: User, mailoutbox: list[Any]) -> None:
    ask_for_code(client, alice.email)
    elsewhere = Client()
    elsewhere.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])})
    assert "_auth_user_id" not in elsewhere.session


def test_known_and_unknown_addresses_get_the_same_answer(alice: User, mailoutbox: list[Any]) -> None:
    known = ask_for_code(Client(), alice.email)
    unknown = ask_for_code(Client(), "nobody@example.org")
    assert known.redirect_chain == unknown.redirect_chain

    def said(answer: Any) -> str:
        token = answer.context["csrf_token"]
        return str(answer.text).replace("alice@", "x@").replace("nobody@", "x@").replace(str(token), "")

    assert said(known) == said(unknown)
    # Both get a mail, so that the time it takes tells nothing either.
    assert [mail.to for mail in mailoutbox] == [[alice.email], ["nobody@example.org"]]


def test_a_wrong_code_is_refused_beside_the_field(client: Client, alice: User) -> None:
    ask_for_code(client, alice.email)
    answer = client.post(reverse("account_confirm_login_code"), {"code": "AAAA-AAAA"})
    assert "Incorrect code." in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "_auth_user_id" not in client.session


def test_an_empty_address_is_refused_beside_the_field(client: Client, db: None) -> None:
    answer = client.post(reverse("account_login"), {"login": ""})
    assert 'class="error-summary"' in answer.text
    assert 'href="#id_login"' in answer.text


def test_the_first_code_confirms_an_invited_address(client: Client, db: None, mailoutbox: list[Any]) -> None:
    invite("Eve@Example.org")
    confirmed: list[str] = []

    def note(email_address: EmailAddress, **_: Any) -> None:
        confirmed.append(email_address.email)

    email_confirmed.connect(note)
    ask_for_code(client, "eve@example.org")
    assert confirmed == []
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])})
    assert confirmed == ["eve@example.org"]
    assert EmailAddress.objects.get(email="eve@example.org").verified


def test_inviting_twice_makes_one_user_and_sends_nothing(db: None, mailoutbox: list[Any]) -> None:
    assert invite("eve@example.org") == invite(" EVE@example.org ")
    user = User.objects.get(email="eve@example.org")
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified is False
    assert mailoutbox == []


def test_inviting_a_member_leaves_their_confirmed_address_alone(alice: User) -> None:
    assert invite("ALICE@example.org") == alice
    assert EmailAddress.objects.get(user=alice).verified


@pytest.mark.both_databases
def test_addresses_are_unique_whatever_their_case(alice: User) -> None:
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="ALICE@example.org")])


def test_a_new_visitor_makes_an_account_without_a_password(client: Client, db: None, mailoutbox: list[Any]) -> None:
    client.post(reverse("account_signup"), {"email": "new@example.org"}, follow=True)
    code = code_in(mailoutbox[0])
    answer = client.post(reverse("account_email_verification_sent"), {"code": code}, follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_home")
    assert EmailAddress.objects.get(email="new@example.org").verified


def test_staff_sign_in_with_password_and_second_factor(client: Client, staff: User, totp: Callable[[], str]) -> None:
    answer = client.post(
        reverse("account_login_password"), {"login": staff.email, "password": PASSWORD, "next": "/admin/"}, follow=True
    )
    assert answer.request["PATH_INFO"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    answer = client.post(reverse("mfa_authenticate"), {"code": totp()}, follow=True)
    assert answer.request["PATH_INFO"] == "/admin/"
    assert answer.status_code == 200


def test_a_wrong_password_says_the_same_for_known_and_unknown(client: Client, staff: User) -> None:
    errors = [
        client.post(reverse("account_login_password"), {"login": email, "password": "wrong"}).context["form"].errors
        for email in (staff.email, "nobody@example.org")
    ]
    assert errors[0] == errors[1] != {}


def test_the_sign_in_page_leads_staff_to_the_password(client: Client, db: None) -> None:
    answer = client.get(reverse("account_login"), {"next": "/admin/"})
    assert f"{reverse('account_login_password')}?next=/admin/" in answer.text


@pytest.mark.parametrize("target", ["//evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_off_the_site(client: Client, staff: User, target: str, settings: Any) -> None:
    answer = client.post(
        reverse("account_login_password"), {"login": staff.email, "password": PASSWORD, "next": target}
    )
    assert answer.status_code == 302
    assert answer["Location"] == reverse("account_home")


def test_nobody_can_be_bombed_with_codes(db: None, alice: User, mailoutbox: list[Any]) -> None:
    """Whoever asks, and whether or not there is an account, an address gets few mails in a row."""
    for address in (alice.email, "nobody@example.org"):
        answers = [ask_for_code(Client(), address) for _ in range(6)]
        assert "tried too often" in str(answers[-1].context["form"].errors["login"])
        assert len([mail for mail in mailoutbox if mail.to == [address]]) == 3


def test_who_tries_too_often_reads_a_plain_sentence(client: Client, db: None) -> None:
    answers = [client.post(reverse("account_login"), {"login": ""}) for _ in range(31)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert "Please wait a little" in answers[-1].text


def test_the_log_of_a_sign_in_names_nobody(
    client: Client, alice: User, mailoutbox: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        ask_for_code(client, alice.email)
        code = code_in(mailoutbox[0])
        client.post(reverse("account_confirm_login_code"), {"code": "AAAA-AAAA"})
        client.post(reverse("account_confirm_login_code"), {"code": code})
        ask_for_code(Client(), "canary@example.org")
        client.get("/nope/")
    for secret in (alice.email, alice.name, "canary", code):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    "name", ["account_login", "account_login_password", "account_signup", "account_reset_password"]
)
def test_everywhere_it_is_called_an_email_address(client: Client, db: None, name: str) -> None:
    page = client.get(reverse(name)).content.decode()
    assert "E-mail address" in page and ">Email" not in page
