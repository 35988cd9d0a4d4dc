"""Downloading all of one's data: everything of oneself, nothing of anybody else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts import choices
from accounts.models import OutgoingMail, User
from receipts.merging import merge
from receipts.models import Payer
from receipts.payers import find_or_create_payer
from tests.accounts.conftest import code_in
from tests.accounts.recent import sign_in_now
from tests.receipts.books import a_line, a_payment, an_issuer

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(alice: User, charlie: User) -> dict[str, Payer]:
    """Alice and Charlie with the same kinds of things, each with words of their own in every one of them."""
    an_issuer()
    return {user.email: _with_everything(user, word) for user, word in ((alice, "ALPHA"), (charlie, "CANARY"))}


def _with_everything(user: User, word: str) -> Payer:
    payer = find_or_create_payer(kind="person", name=f"{word} payer", email=user.email, line1=f"{word} road", user=user)
    a_payment(a_line(description=f"{word} gift"), payer=payer)
    OutgoingMail.objects.create(to=user.email, subject=f"{word} subject", text=f"Dear {word}")
    choices.switch_on(user.email, "news")
    return payer


def files_of(client: Client) -> dict[str, str]:
    answer: Any = client.post(reverse("account_data"))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_it_holds_everything_twice_as_json_and_as_csv(client: Client, alice: User, both: dict[str, Payer]) -> None:
    files = files_of(sign_in_now(client, alice))
    tables = json.loads(files["my-data.json"])["tables"]
    assert tables["account"][0]["e_mail"] == "alice@example.org"
    assert tables["names-and-addresses"][0]["line1"] == "ALPHA road"
    assert (tables["paid-and-given-back"][0]["for"], tables["paid-and-given-back"][0]["amount"]) == (
        "ALPHA gift",
        "100.00",
    )
    assert tables["mails"][0]["text"] == "Dear ALPHA"
    assert {row["about"] for row in tables["mail-choices"]} == {"News"}
    for name, rows in tables.items():
        lines = list(csv.DictReader(io.StringIO(files[f"{name}.csv"])))
        assert len(lines) == len(rows)
        assert list(lines[0]) == list(rows[0])


def test_not_a_byte_of_another_person_is_in_it(client: Client, alice: User, both: dict[str, Payer]) -> None:
    for content in files_of(sign_in_now(client, alice)).values():
        for other in ("CANARY", "charlie"):
            assert other.lower() not in content.lower()


def test_what_opens_the_account_is_left_out(client: Client, alice: User) -> None:
    for kind, word in (("login_code", "W3KP-7QHD"), ("password_reset_key", "/accounts/password/reset/key/")):
        OutgoingMail.objects.create(to=alice.email, kind=f"account/email/{kind}", subject=word, text=word)
    files = "".join(files_of(sign_in_now(client, alice)).values())
    assert "Signing in: the code" in files and "W3KP" not in files and "reset/key" not in files


def test_an_address_that_is_only_claimed_opens_nobodys_mail(
    client: Client, alice: User, charlie: User, both: dict[str, Payer]
) -> None:
    EmailAddress.objects.filter(user=charlie).delete()
    EmailAddress.objects.create(user=alice, email=charlie.email, verified=False)
    files = files_of(sign_in_now(client, alice))
    assert "CANARY" not in "".join(files.values())


def test_what_was_merged_into_somebody_is_theirs(client: Client, alice: User, bob: Payer) -> None:
    kept = find_or_create_payer(kind="person", name=alice.name, email=alice.email, user=alice)
    merge(kept=kept, merged=bob, by=None)
    tables = json.loads(files_of(sign_in_now(client, alice))["my-data.json"])["tables"]
    assert {row["name"] for row in tables["names-and-addresses"]} == {"Alice Adams", "Bob Brown"}


def test_a_cell_that_a_spreadsheet_would_run_is_defused(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(name="=HYPERLINK(1)")
    files = files_of(sign_in_now(client, alice))
    assert "'=HYPERLINK(1)" in files["account.csv"]


def test_looking_at_the_page_is_no_download(client: Client, alice: User, both: dict[str, Payer]) -> None:
    page = sign_in_now(client, alice).get(reverse("account_data"))
    assert page["Content-Type"].startswith("text/html")
    assert "E-mail addresses" in page.text and "CANARY" not in page.text


# -- Only who has just signed in ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["account_data", "account_close"])
def test_a_visitor_signs_in_and_a_forgotten_screen_signs_in_again(client: Client, alice: User, name: str) -> None:
    assert reverse("account_login") in client.get(reverse(name))["Location"]
    sign_in_now(client, alice, seconds_ago=16 * 60)
    for method in (client.get, client.post):
        assert method(reverse(name))["Location"] == f"{reverse('account_sign_in_again')}?next=%2Faccount%2F" + (
            "data%2F" if name == "account_data" else "close%2F"
        )


def test_signing_in_again_leads_to_where_one_wanted_to_go(client: Client, alice: User, mailoutbox: list[Any]) -> None:
    client.force_login(alice)
    stop = client.get(reverse("account_data"))["Location"]
    assert "Sign in once more" in client.get(stop).text
    login = client.post(stop)["Location"]
    assert "_auth_user_id" not in client.session
    client.post(login, {"login": alice.email, "next": reverse("account_data")})
    answer = client.post(
        reverse("account_confirm_login_code"),
        {"code": code_in(mailoutbox[0]), "next": reverse("account_data")},
        follow=True,
    )
    assert answer.request["PATH_INFO"] == reverse("account_data")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_stop_leads_nowhere_else(client: Client, alice: User, target: str) -> None:
    client.force_login(alice)
    answer = client.post(reverse("account_sign_in_again") + "?next=" + target)
    assert answer["Location"] == f"{reverse('account_login')}?next=%2Faccount%2F"
