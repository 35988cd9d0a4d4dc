"""Choosing which mails one gets, with and without a log-in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from wagtail import hooks

from accounts import choices
from accounts.models import MailChoice, User

pytestmark = pytest.mark.django_db
NEWS = SimpleNamespace(is_service=False, purpose="news")
RECEIPT = SimpleNamespace(is_service=True)


def test_nothing_is_on_before_it_was_chosen_but_what_answers_ones_own_gift() -> None:
    on = {key for key, is_on in choices.choices_of("new@example.org").items() if is_on}
    assert on == {"gift_updates"}


def test_what_was_chosen_counts_whatever_the_case_of_the_address() -> None:
    choices.switch_on("Grace@Example.org", "news")
    assert choices.wants("grace@example.ORG", "news")
    choices.switch_off(" grace@example.org", "news")
    assert not choices.wants("GRACE@example.org", "news")
    assert MailChoice.objects.count() == 1


def test_the_door_for_mails_asks() -> None:
    def may(kind: Any) -> bool:
        return all(answer("grace@example.org", kind) for answer in hooks.get_hooks("may_mail"))

    assert not may(NEWS)
    assert may(RECEIPT)
    assert not may(SimpleNamespace(is_service=False)), "a mail that names no purpose is not sent"
    assert not may(SimpleNamespace(is_service=False, purpose="anything"))
    choices.switch_on("grace@example.org", "news")
    assert may(NEWS)


def test_a_purpose_that_does_not_exist_cannot_be_chosen() -> None:
    with pytest.raises(ValueError):
        choices.switch_on("grace@example.org", "anything")


@pytest.mark.both_databases
def test_one_choice_per_address_and_purpose() -> None:
    choices.switch_on("grace@example.org", "news")
    with pytest.raises(IntegrityError), transaction.atomic():
        MailChoice.objects.create(email="grace@example.org", purpose="news", wanted=False, how="form")


@pytest.mark.both_databases
def test_a_mail_choice_is_lowercase() -> None:
    with pytest.raises(IntegrityError, match="a_mail_choice_is_lowercase"), transaction.atomic():
        MailChoice.objects.create(email="Grace@example.org", purpose="news", wanted=False, how="form")


def test_a_new_address_takes_the_choices_along_and_a_refusal_wins() -> None:
    choices.switch_on("old@example.org", "news")
    choices.switch_on("old@example.org", "upgrade_asks")
    choices.switch_off("old@example.org", "gift_updates")
    choices.switch_off("new@example.org", "upgrade_asks")
    choices.take_along("old@example.org", "new@example.org")
    assert choices.choices_of("new@example.org") == {
        "gift_updates": False, "news": True, "upgrade_asks": False, "second_gift": False,
    }  # fmt: skip
    assert not MailChoice.objects.filter(email="old@example.org").exists()


def test_a_suppressed_address_is_kept_nowhere_and_gets_nothing(settings: Any) -> None:
    choices.switch_on("grace@example.org", "news")
    choices.suppress("Grace@example.org")
    assert not any(choices.choices_of("grace@example.org").values())
    assert not any("grace" in choice.email for choice in MailChoice.objects.all())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret"
    assert not any(choices.choices_of("grace@example.org").values()), "changing the secret must not wake it"
    choices.switch_on("grace@example.org", "news")
    assert choices.wants("grace@example.org", "news"), "whoever comes back may choose again"
    assert not choices.wants("grace@example.org", "gift_updates")


# -- The page -----------------------------------------------------------------------------------------------


def test_the_page_needs_a_log_in(client: Client) -> None:
    assert client.get(reverse("account_mail")).status_code == 302


def test_people_choose_for_all_their_own_addresses_and_for_no_other(client: Client, alice: User, charlie: User) -> None:
    EmailAddress.objects.create(user=alice, email="Alice@work.example", verified=True)
    EmailAddress.objects.create(user=alice, email=charlie.email.upper(), verified=False)
    client.force_login(alice)
    answer = client.post(reverse("account_mail"), {"news": "on", "email": charlie.email}, follow=True)
    assert "Your choice is saved" in answer.text
    for own in ("alice@example.org", "alice@work.example"):
        assert choices.wants(own, "news")
        assert not choices.wants(own, "gift_updates"), "a switch that was off is off"
    assert not MailChoice.objects.filter(email=charlie.email).exists()
    assert set(MailChoice.objects.values_list("how", flat=True)) == {"account"}


def test_the_page_shows_what_is_chosen(client: Client, alice: User) -> None:
    choices.switch_on(alice.email, "second_gift")
    client.force_login(alice)
    form = client.get(reverse("account_mail")).context["form"]
    assert {name for name in form.fields if form[name].value()} == {"gift_updates", "second_gift"}
