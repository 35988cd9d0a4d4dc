"""Who likes a password better than a mailed code chooses one, and can do without it again."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.conftest import PASSWORD
from tests.accounts.recent import sign_in_now

pytestmark = pytest.mark.django_db
NEW = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def alice(db: None) -> User:
    alice = User.objects.create_user("alice@example.org", name="Alice Adams")
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    return alice


def sign_in(password: str) -> Any:
    typed = {"login": "alice@example.org", "password": password}
    return Client().post(reverse("account_login_password"), typed, follow=True)


def test_it_is_chosen_in_my_account_and_signs_in(client: Client, alice: User, mailoutbox: list[Any]) -> None:
    sign_in_now(client, alice)
    assert reverse("account_set_password") in client.get(reverse("account_home")).text
    form = client.get(reverse("account_set_password")).context["form"]
    assert [field.label for field in form] == ["New password", "The new password again"]
    answer = client.post(reverse("account_set_password"), NEW, follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_home"), "still signed in"
    assert "Your password is saved." in answer.text and reverse("account_change_password") in answer.text
    assert [mail.to for mail in mailoutbox] == [[alice.email]], "and told, in case it was somebody else"
    assert "Hello, Alice Adams" in sign_in(PASSWORD).text
    assert sign_in("another long sentence").context["form"].errors


def test_a_code_goes_on_working(client: Client, alice: User, mailoutbox: list[Any]) -> None:
    alice.set_password(PASSWORD)
    alice.save()
    client.post(reverse("account_request_login_code"), {"email": alice.email})
    assert len(mailoutbox) == 1 and "code" in mailoutbox[0].subject


@pytest.mark.parametrize("typed", [{"password1": "short", "password2": "short"}, {**NEW, "password2": "other"}, {}])
def test_a_bad_one_is_said_beside_its_field(client: Client, alice: User, typed: dict[str, str]) -> None:
    answer = sign_in_now(client, alice).post(reverse("account_set_password"), typed)
    assert answer.context["form"].errors and "There is a problem" in answer.text
    alice.refresh_from_db()
    assert not alice.has_usable_password()


def test_a_screen_that_somebody_left_gets_none(client: Client, alice: User) -> None:
    sign_in_now(client, alice, seconds_ago=16 * 60)
    for answer in (client.get(reverse("account_set_password")), client.post(reverse("account_set_password"), NEW)):
        assert answer["Location"].startswith(reverse("account_sign_in_again"))
    alice.refresh_from_db()
    assert not alice.has_usable_password()
