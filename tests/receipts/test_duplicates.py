"""The search for payers that may be one, and what staff do with what it finds."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from receipts.duplicates import Person, find_duplicates, mailbox, pairs_among
from receipts.merging import merge
from receipts.models import DuplicatePair, Payer, PayerMerge
from tests.receipts import cast
from tests.receipts.books import a_payer

pytestmark = pytest.mark.both_databases


def person(pk: int, name: str = "", **more: Any) -> Person:
    fields = {"kind": "person", "name": name or f"Name{pk}", "email": "", "postcode": "", "country": "", "user": None}
    return Person(pk=pk, **{**fields, **more})


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"email": "Grace@Example.org"}, {"email": "grace@example.org"}, "email"),
        ({"email": "g.okafor@gmail.com"}, {"email": "gokafor+gala@googlemail.com"}, "mailbox"),
        ({"email": "g+a@example.org"}, {"email": "g@example.org"}, "mailbox"),
        ({"user": 7}, {"user": 7}, "user"),
        ({"name": "Dr. Renée Müller", "postcode": "04 101"}, {"name": "MULLER Renee", "postcode": "04101"}, "name"),
        ({"name": "Grace Okafor", "postcode": "04101"}, {"name": "Grace Okaffor", "postcode": "04101"}, "alike"),
        ({"email": "g.okafor@example.org"}, {"email": "gokafor@example.org"}, None),
        ({"name": "Grace Okafor", "postcode": "04101"}, {"name": "Grace Okafor", "postcode": "04102"}, None),
        ({"name": "Grace Okafor", "postcode": "04101"}, {"name": "Graham Oaks", "postcode": "04101"}, None),
        ({"name": "Grace Okafor"}, {"name": "Grace Okafor"}, None),
        ({"email": "a@example.org"}, {"email": "a@example.org", "kind": "organisation"}, None),
    ],
)
def test_who_may_be_one(first: dict[str, Any], second: dict[str, Any], reason: str | None) -> None:
    assert pairs_among([person(1, **first), person(2, **second)]).get((1, 2)) == reason


def test_a_plus_at_the_beginning_is_an_address_and_no_tag() -> None:
    assert mailbox("+x@example.org") == "+x@example.org"


def test_an_address_that_many_share_pairs_each_with_the_oldest_only() -> None:
    found = pairs_among(person(number, email="office@example.org") for number in range(300))
    assert len(found) == 299
    assert {first for first, _ in found} == {0}


@pytest.mark.slow
def test_a_hundred_thousand_payers_take_seconds() -> None:
    people = [
        person(n, f"Given{n % 997} Family{n % 7919}", email=f"p{n}@example.org", postcode=f"{n % 4000:05d}")
        for n in range(100_000)
    ]
    started = time.process_time()
    pairs_among(people)
    assert time.process_time() - started < 20


@pytest.fixture
def fundraiser(db: None, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    return cast.signed_in(cast.in_group("Fundraisers", "fatima@example.org"))


@pytest.fixture
def two(db: None) -> tuple[Payer, Payer]:
    return a_payer(), a_payer(name="G. Okafor", line1="9 New Street")


def waiting() -> list[tuple[int, int, str]]:
    return list(DuplicatePair.objects.waiting().values_list("first", "second", "reason"))


def test_the_search_writes_pairs_once_and_forgets_those_that_are_none_any_more(two: tuple[Payer, Payer]) -> None:
    first, second = two
    for _ in range(2):
        assert find_duplicates() == 1
    assert waiting() == [(first.pk, second.pk, "email")]
    Payer.objects.filter(pk=second.pk).update(email="other@example.org")
    assert find_duplicates() == 0
    assert not DuplicatePair.objects.exists()


def test_two_that_a_person_called_two_are_not_named_again(two: tuple[Payer, Payer], fundraiser: Client) -> None:
    find_duplicates()
    fundraiser.post(reverse("duplicates:dismiss", args=[DuplicatePair.objects.get().pk]))
    pair = DuplicatePair.objects.get()
    assert pair.dismissed_by.email == "fatima@example.org"
    assert find_duplicates() == 0
    assert not fundraiser.get(reverse("duplicates:index")).context["object_list"]


def test_a_pair_that_was_merged_is_not_shown(two: tuple[Payer, Payer], fundraiser: Client) -> None:
    find_duplicates()
    assert "G. Okafor" in fundraiser.get(reverse("duplicates:index")).content.decode()
    merge(kept=two[0], merged=two[1], by=None)
    assert waiting() == []


def test_auditors_dismiss_nothing(two: tuple[Payer, Payer], auditor: Client) -> None:
    find_duplicates()
    auditor.post(reverse("duplicates:dismiss", args=[DuplicatePair.objects.get().pk]))
    assert len(waiting()) == 1


# -- The merge page -----------------------------------------------------------------------------------------


def merge_url(kept: Payer, merged: Payer) -> str:
    return reverse("payers:merge", args=[kept.pk, merged.pk])


def answers(client: Client, kept: Payer, merged: Payer, **chosen: str) -> dict[str, str]:
    form = client.get(merge_url(kept, merged)).context["form"]
    return {"seen": form["seen"].value(), "is_sure": "on", "name": "kept", "address": "kept", **chosen}


def test_staff_compare_choose_and_merge_and_undo_it(two: tuple[Payer, Payer], fundraiser: Client) -> None:
    kept, merged = two
    find_duplicates()
    page = fundraiser.get(reverse("payers:choose_merge", args=[kept.pk])).content.decode()
    assert merge_url(kept, merged) in page
    fundraiser.post(merge_url(kept, merged), answers(fundraiser, kept, merged, address="merged"))
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (merged.merged_into, kept.name, kept.line1) == (kept, "Grace Okafor", "9 New Street")
    record = PayerMerge.objects.get()
    assert record.by.email == "fatima@example.org"
    undo = reverse("payers:undo_merge", args=[record.pk])
    assert undo in fundraiser.get(reverse("payers:inspect", args=[kept.pk])).content.decode()
    assert fundraiser.get(undo).status_code == 200
    fundraiser.post(undo)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (merged.merged_into, kept.line1) == (None, "12 Harbour Street")
    assert fundraiser.post(undo).status_code == 404, "done once"


def test_the_other_one_is_found_by_searching(two: tuple[Payer, Payer], fundraiser: Client) -> None:
    other = a_payer(name="Noor Haddad", email="noor@example.org")
    page = fundraiser.get(reverse("payers:choose_merge", args=[two[0].pk]), {"q": "haddad"}).content.decode()
    assert merge_url(two[0], other) in page


@pytest.mark.parametrize("missing", ["is_sure", "name", "seen"])
def test_an_answer_that_is_missing_merges_nobody(missing: str, two: tuple[Payer, Payer], fundraiser: Client) -> None:
    given = answers(fundraiser, *two, address="merged")
    del given[missing]
    answer = fundraiser.post(merge_url(*two), given)
    assert answer.status_code == 422
    assert 'value="merged" checked' in answer.content.decode(), "what was chosen is kept"
    assert not PayerMerge.objects.exists()


def test_what_was_changed_while_somebody_looked_is_looked_at_again(
    two: tuple[Payer, Payer], fundraiser: Client
) -> None:
    given = answers(fundraiser, *two)
    Payer.objects.filter(pk=two[1].pk).update(name="Somebody Else")
    answer = fundraiser.post(merge_url(*two), given)
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.content.decode()
    assert not PayerMerge.objects.exists()


def test_two_log_ins_are_refused_with_the_reason(fundraiser: Client) -> None:
    kept, merged = (a_payer(user=cast.somebody(f"{name}@example.org"), email=f"{name}@example.org") for name in "ab")
    page = fundraiser.get(merge_url(kept, merged)).content.decode()
    assert "log-in of its own" in page
    answer = fundraiser.post(merge_url(kept, merged), answers(fundraiser, kept, merged, email="kept"))
    assert answer.status_code == 422
    assert not PayerMerge.objects.exists()


def test_a_person_and_an_organisation_are_warned_of(two: tuple[Payer, Payer], fundraiser: Client) -> None:
    firm = a_payer(kind="organisation", name="Okafor Ltd")
    assert "They may well be two" in fundraiser.get(merge_url(two[0], firm)).content.decode()


def test_who_signs_in_is_named_when_they_would_see_more(fundraiser: Client) -> None:
    kept, merged = a_payer(user=cast.somebody("a@example.org")), a_payer(email="b@example.org")
    assert "signs in as a@example.org will see" in fundraiser.get(merge_url(kept, merged)).content.decode()


def test_a_merged_one_has_no_merge_page(two: tuple[Payer, Payer], fundraiser: Client) -> None:
    merge(kept=two[0], merged=two[1], by=None)
    for pair in (two, two[::-1], (two[0], two[0])):
        assert fundraiser.get(merge_url(*pair)).status_code == 404
