"""Nothing tells whether an address is known here: not the answer, not its headers, not the mails, not the time.

How the time is kept equal: both ways do the same work (compared below, query by query and hash by hash, within what a
row costs), and ``accounts.steady`` lets no answer out before ``SIGN_IN_SECONDS``, which is longer than either takes.
"""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.inviting import invite
from accounts.models import OutgoingMail, User
from tests.accounts.conftest import code_in

pytestmark = pytest.mark.django_db
# Everything under /accounts/ that takes an address from somebody who is not signed in.
FORMS = [
    ("account_login", "login"),
    ("account_request_login_code", "email"),
    ("account_login_password", "login"),
    ("account_signup", "email"),
    ("account_reset_password", "email"),
]
# Somebody with a confirmed address, somebody who paid and never signed in, nobody. Of one length, for the headers.
KNOWN, INVITED, UNKNOWN = "alice@example.org", "e.eve@example.org", "nobdy@example.org"


@pytest.fixture
def people(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(password="!")
    invite(INVITED)


def ask(name: str, field: str, address: str) -> Any:
    client = Client()
    client.get(reverse(name))
    return client.post(reverse(name), {field: address, "password": "a wrong password"})


def seen_by_the_asker(answer: Any, address: str) -> Any:
    """All of an answer, and of the page it leads to, that could tell something."""
    pages = [answer]
    if answer.status_code == 302:
        pages.append(answer.client.get(answer["Location"]))
    return [
        (page.status_code, _headers(page), _cookies(page), _neutral(page.content.decode(), address)) for page in pages
    ]


def _headers(page: Any) -> dict[str, str]:
    return {name: value for name, value in page.headers.items() if name not in ("Expires", "Last-Modified")}


def _cookies(page: Any) -> dict[str, Any]:
    return {
        name: {flag: cookie[flag] for flag in ("max-age", "path", "httponly", "samesite", "secure")}
        for name, cookie in page.cookies.items()
    }


def _neutral(text: str, address: str) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return text.replace(address, "the address")


@pytest.mark.parametrize(("name", "field"), FORMS)
@pytest.mark.parametrize("address", [KNOWN, INVITED])
def test_the_answer_is_the_same(people: None, name: str, field: str, address: str) -> None:
    known = seen_by_the_asker(ask(name, field, address), address)
    assert known == seen_by_the_asker(ask(name, field, UNKNOWN), UNKNOWN)


@pytest.mark.parametrize(("name", "field"), FORMS)
def test_each_address_gets_as_many_mails(people: None, name: str, field: str, mailoutbox: list[Any]) -> None:
    counts = []
    for address in (KNOWN, INVITED, UNKNOWN):
        ask(name, field, address)
        counts.append(OutgoingMail.objects.filter(to=address).count())
    expected = 0 if name == "account_login_password" else 1
    assert counts == [expected] * 3


@pytest.mark.parametrize(("name", "field"), FORMS)
@pytest.mark.parametrize("address", [KNOWN, INVITED, UNKNOWN])
def test_no_answer_comes_before_its_time(people: None, settings: Any, name: str, field: str, address: str) -> None:
    settings.SIGN_IN_SECONDS = 0.3
    client = Client()
    began = time.monotonic()
    client.post(reverse(name), {field: address, "password": "wrong"})
    assert time.monotonic() - began >= 0.3


def test_other_pages_are_not_held_up(settings: Any) -> None:
    settings.SIGN_IN_SECONDS = 30
    began = time.monotonic()
    Client().get(reverse("account_login"))
    Client().post("/nowhere/")
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(("name", "field"), FORMS)
def test_the_work_is_nearly_the_same(people: None, name: str, field: str) -> None:
    """A new account is two rows more, with what looks after them; the rest differs by a look-up."""
    ask(name, field, "warm.up@example.org")
    numbers = []
    for address in (KNOWN, INVITED, UNKNOWN):
        with CaptureQueriesContext(connection) as queries:
            ask(name, field, address)
        numbers.append(len(queries))
    assert max(numbers) - min(numbers) <= (10 if name == "account_signup" else 2), numbers


class CountingHasher(MD5PasswordHasher):
    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.hashed += 1
        return super().encode(password, salt)


def test_a_wrong_password_is_hashed_as_often_for_nobody(people: None, staff: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    staff.set_password("a right password")
    staff.save()
    counts = []
    for address in (staff.email, KNOWN, INVITED, UNKNOWN):
        CountingHasher.hashed = 0
        ask("account_login_password", "login", address)
        counts.append(CountingHasher.hashed)
    assert counts == [1, 1, 1, 1]


# -- The code -----------------------------------------------------------------------------------------------


def asked(client: Client, address: str, mailoutbox: list[Any]) -> str:
    client.post(reverse("account_login"), {"login": address})
    return code_in(mailoutbox[-1])


def test_a_code_is_used_once(people: None, mailoutbox: list[Any]) -> None:
    client = Client()
    code = asked(client, KNOWN, mailoutbox)
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" not in client.session


def test_a_code_expires(people: None, settings: Any, mailoutbox: list[Any]) -> None:
    client = Client()
    code = asked(client, KNOWN, mailoutbox)
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" not in client.session


def test_a_newer_code_takes_the_place_of_the_older(people: None, mailoutbox: list[Any]) -> None:
    client = Client()
    older = asked(client, KNOWN, mailoutbox)
    client.post(reverse("account_logout"))
    asked(client, KNOWN, mailoutbox)
    client.post(reverse("account_confirm_login_code"), {"code": older})
    assert "_auth_user_id" not in client.session


def test_guessing_ends_after_a_few_tries_alike_for_known_and_unknown(people: None, mailoutbox: list[Any]) -> None:
    ends = []
    for address in (KNOWN, UNKNOWN):
        client = Client()
        client.post(reverse("account_login"), {"login": address})
        answers = [client.post(reverse("account_confirm_login_code"), {"code": "AAAA-AAAA"}) for _ in range(6)]
        ends.append([(answer.status_code, answer.headers.get("Location")) for answer in answers])
    assert ends[0] == ends[1]
    assert ends[0][-1] == (302, reverse("account_request_login_code")), "one must ask for another code"


def test_asking_too_often_is_refused_alike(people: None) -> None:
    def answers(address: str) -> list[Any]:
        sent = [Client().post(reverse("account_request_login_code"), {"email": address}) for _ in range(5)]
        return [(answer.status_code, "tried too often" in answer.content.decode()) for answer in sent]

    assert answers(KNOWN) == answers(UNKNOWN) == [(302, False)] * 3 + [(200, True)] * 2


def test_a_new_account_twice_in_a_row_is_refused_alike(people: None) -> None:
    def statuses(address: str) -> list[Any]:
        return [ask("account_signup", "email", address).status_code for _ in range(3)]

    assert statuses(KNOWN) == statuses(UNKNOWN)


def test_the_link_that_stops_mails_answers_alike(people: None) -> None:
    pages = [Client().get(reverse("mail_stop", args=[token])) for token in ("nonsense", "alice", "x" * 200)]
    assert len({(page.status_code, _neutral(page.content.decode(), "")) for page in pages}) == 1
