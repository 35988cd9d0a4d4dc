from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from wagtail import hooks

from accounts.models import User
from accounts.sections import AccountSection
from tests.accounts.recent import sign_in_now


@pytest.fixture
def no_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this account page shows is up to the other apps; here it stands alone."""
    hooks.search_for_hooks()
    monkeypatch.setitem(hooks._hooks, "account_sections", [])


def section(order: int, title: str) -> Any:
    def of(request: HttpRequest) -> AccountSection:
        return AccountSection(
            order=order,
            title=title,
            template_name="components/empty_state.html",
            context={"text": f"{title} of {request.user}"},
        )

    return of


@pytest.fixture
def two_sections(no_sections: None) -> Iterator[None]:
    with (
        hooks.register_temporarily("account_sections", section(20, "Receipts")),
        hooks.register_temporarily("account_sections", section(10, "Membership")),
        hooks.register_temporarily("account_sections", lambda request: None),
    ):
        yield


def test_visitors_are_asked_to_sign_in(client: Client, db: None) -> None:
    answer = client.get(reverse("account_home"))
    assert answer["Location"] == f"{reverse('account_login')}?next={reverse('account_home')}"


def test_an_empty_account_says_what_will_be_here(client: Client, alice: User, no_sections: None) -> None:
    client.force_login(alice)
    assert "Nothing here yet" in client.get(reverse("account_home")).text


def test_sections_join_in_order(client: Client, alice: User, two_sections: None) -> None:
    client.force_login(alice)
    page = client.get(reverse("account_home")).text
    assert page.index(f"Membership of {alice}") < page.index(f"Receipts of {alice}")
    assert "Nothing here yet" not in page


def test_the_page_is_never_stored(client: Client, alice: User, no_sections: None) -> None:
    client.force_login(alice)
    assert "no-store" in client.get(reverse("account_home"))["Cache-Control"]


def test_people_change_their_own_name_and_nothing_else(client: Client, alice: User, charlie: User) -> None:
    client.force_login(alice)
    client.post(
        reverse("account_name"),
        {"name": "Alice Arden", "email": "x@example.org", "is_superuser": "1", "id": charlie.pk},
    )
    alice.refresh_from_db()
    charlie.refresh_from_db()
    assert (alice.name, alice.email, alice.is_superuser) == ("Alice Arden", "alice@example.org", False)
    assert charlie.name == "Charlie Chen"


def test_too_long_a_name_is_kept_and_explained(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post(reverse("account_name"), {"name": "A" * 201})
    assert "at most 200 characters" in answer.text
    assert "A" * 201 in answer.text


def test_names_are_shown_as_text(client: Client, alice: User, no_sections: None) -> None:
    alice.name = "<script>alert(1)</script>"
    alice.save()
    client.force_login(alice)
    assert "<script>alert" not in client.get(reverse("account_home")).text


def test_signing_out_needs_a_post(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_addresses_are_shown_with_only_what_can_be_done(client: Client, db: None) -> None:
    person = User.objects.create_user("grace@example.org")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    sign_in_now(client, person)
    page = client.get(reverse("account_email")).content.decode()
    assert "Main address" in page and "action_remove" not in page and "action_primary" not in page
    client.post(reverse("account_email"), {"action_add": "", "email": "okafor@example.org"})
    EmailAddress.objects.get_or_create(user=person, email="okafor@example.org")
    page = client.get(reverse("account_email")).content.decode()
    assert "Not confirmed yet" in page and "action_send" in page and "action_remove" in page
    client.post(reverse("account_email"), {"action_remove": "", "email": "okafor@example.org"})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["grace@example.org"]
