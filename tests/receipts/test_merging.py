"""Two payers that are one: merged, read as one, and parted again."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from receipts.account import payers_of, payments_of
from receipts.checks import books_problems
from receipts.giving import totals_of
from receipts.ledger import record_refund
from receipts.merging import MergeRefused, merge, undo, why_not
from receipts.models import Payer, PayerMerge
from receipts.months import day_of
from receipts.payers import change_payer, give_payers_to
from tests.receipts import cast
from tests.receipts.books import PAID_AT, a_line, a_payer, a_payment, books_balance
from tests.receipts.test_issuing_in_parallel import in_parallel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def again(payer: Payer) -> Payer:
    return Payer.objects.get(pk=payer.pk)


def pair(**second: Any) -> tuple[Payer, Payer]:
    return a_payer(), a_payer(**{"name": "G. Okafor", "email": "g@example.net", "line1": "9 New Street", **second})


def given_by(payer: Payer) -> list[tuple[str, int, int]]:
    totals = totals_of(payments_of(Payer.objects.same_as(payer)), today=day_of(PAID_AT))
    return sorted((total.currency, total.given, total.payments) for total in totals)


def test_totals_are_the_same_after_a_merge_as_the_two_were_before() -> None:
    kept, merged = pair()
    paid = a_payment(a_line(10_000), payer=kept)
    record_refund(reference="re_1", of=paid, amount=2_500, occurred_at=PAID_AT)
    a_payment(a_line(4_000), payer=merged)
    a_payment(a_line(700), payer=merged, currency="EUR")
    assert (given_by(kept), given_by(merged)) == ([("USD", 7_500, 1)], [("EUR", 700, 1), ("USD", 4_000, 1)])
    record = merge(kept=kept, merged=merged, by=None)
    assert given_by(again(kept)) == given_by(again(merged)) == [("EUR", 700, 1), ("USD", 11_500, 2)]
    undo(record, by=None)
    assert (given_by(again(kept)), given_by(again(merged))) == (
        [("USD", 7_500, 1)],
        [("EUR", 700, 1), ("USD", 4_000, 1)],
    )
    assert books_balance()


def test_a_merge_rewrites_nothing_in_the_books() -> None:
    kept, merged = pair()
    paid = a_payment(payer=merged)
    merge(kept=kept, merged=merged, by=None)
    paid.refresh_from_db()
    assert paid.payer == merged


def test_the_kept_payer_takes_over_what_is_chosen_and_nothing_else() -> None:
    kept, merged = pair()
    merge(kept=kept, merged=merged, take=["address", "email"], by=None)
    kept.refresh_from_db()
    assert (kept.name, kept.email, kept.line1) == ("Grace Okafor", "g@example.net", "9 New Street")
    assert again(merged).name == "G. Okafor"


def test_undo_restores_both() -> None:
    kept, merged = pair()
    record = merge(kept=kept, merged=merged, take=["name", "email", "address"], by=None)
    assert undo(record, by=None) == []
    for payer in (kept, merged):
        fresh = again(payer)
        assert fresh.merged_into is None
        assert [getattr(fresh, field) for field in ("name", "email", "line1", "fingerprint")] == [
            getattr(payer, field) for field in ("name", "email", "line1", "fingerprint")
        ]
    assert a_payer() == kept, "who types the same again is recognised again"


def test_undo_keeps_what_was_changed_since_and_names_it() -> None:
    kept, merged = pair()
    record = merge(kept=kept, merged=merged, take=["name", "address"], by=None)
    change_payer(again(kept), {"city": "Elsewhere"})
    assert undo(record, by=None) == ["Address"]
    kept.refresh_from_db()
    assert (kept.name, kept.line1, kept.city) == ("Grace Okafor", "9 New Street", "Elsewhere")


def test_undo_is_done_once() -> None:
    record = merge(**dict(zip(("kept", "merged"), pair(), strict=True)), by=None)
    undo(record, by=None)
    with pytest.raises(MergeRefused, match="undone already"):
        undo(record, by=None)


def test_undo_after_the_values_were_erased_parts_the_two_and_brings_nothing_back() -> None:
    kept, merged = pair()
    record = merge(kept=kept, merged=merged, take=["name"], by=None)
    PayerMerge.objects.update(before={}, after={})
    record.refresh_from_db()
    undo(record, by=None)
    assert again(kept).name == "G. Okafor"
    assert again(merged).merged_into is None


# -- Chains -------------------------------------------------------------------------------------------------


def test_what_was_merged_follows_and_a_chain_never_forms() -> None:
    a, b, c, d = (a_payer(email=f"{letter}@example.org") for letter in "abcd")
    merge(kept=c, merged=d, by=None)
    merge(kept=b, merged=c, by=None)
    merge(kept=a, merged=b, by=None)
    assert {again(payer).merged_into for payer in (b, c, d)} == {a}
    assert set(Payer.objects.same_as(again(d))) == {a, b, c, d}
    assert not books_problems()


def test_parting_in_any_order_leads_back_to_how_it_was() -> None:
    a, b, c, d = (a_payer(email=f"{letter}@example.org") for letter in "abcd")
    into_c = merge(kept=c, merged=d, by=None)
    into_b = merge(kept=b, merged=c, by=None)
    into_a = merge(kept=a, merged=b, by=None)
    undo(into_b, by=None)
    assert (again(c).merged_into, again(d).merged_into, again(b).merged_into) == (None, c, a)
    undo(into_a, by=None)
    assert (again(b).merged_into, again(d).merged_into) == (None, c)
    undo(into_c, by=None)
    assert not Payer.objects.exclude(merged_into=None).exists()
    assert not books_problems()


def test_a_payer_that_was_merged_again_elsewhere_does_not_come_back_with_its_old_group() -> None:
    a, b, c = (a_payer(email=f"{letter}@example.org") for letter in "abc")
    first = merge(kept=b, merged=c, by=None)
    second = merge(kept=a, merged=b, by=None)
    undo(first, by=None)
    merge(kept=a, merged=again(c), by=None)
    undo(second, by=None)
    assert (again(b).merged_into, again(c).merged_into) == (None, a)


def test_no_payer_is_merged_twice_or_into_one_that_is_merged_or_in_a_circle() -> None:
    a, b, c = (a_payer(email=f"{letter}@example.org") for letter in "abc")
    merge(kept=a, merged=b, by=None)
    for kept, merged in ((c, b), (b, c), (b, a), (a, a)):
        with pytest.raises((MergeRefused, KeyError)):
            merge(kept=kept, merged=merged, by=None)
    assert why_not(a, a)
    assert not books_problems()


def test_the_database_holds_one_merge_of_a_payer_at_a_time() -> None:
    kept, merged = pair()
    merge(kept=kept, merged=merged, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayerMerge.objects.create(kept=kept, merged=merged, at=timezone.now())


def test_check_books_finds_a_chain_and_a_merged_payer_of_another_user(grace: User) -> None:
    a, b, c = (a_payer(email=f"{letter}@example.org") for letter in "abc")
    Payer.objects.filter(pk=c.pk).update(merged_into=b)
    Payer.objects.filter(pk=b.pk).update(merged_into=a, user=grace)
    assert [problem for problem in books_problems() if "merged" in problem] == [
        "1 payers were merged into one that is merged itself.",
        "2 merged payers belong to another log-in than the payer that stands for them.",
    ]


# -- Log-ins ------------------------------------------------------------------------------------------------


def test_two_with_different_log_ins_are_never_merged(grace: User, charlie: User) -> None:
    kept, merged = a_payer(user=grace), a_payer(user=charlie, email="charlie@example.org")
    with pytest.raises(MergeRefused, match="log-in of its own"):
        merge(kept=kept, merged=merged, by=None)
    assert again(merged).merged_into is None


@pytest.mark.parametrize("has_login", ["kept", "merged"])
def test_the_one_log_in_sees_the_payments_of_both_and_after_undo_its_own_only(has_login: str, grace: User) -> None:
    own, other = a_payer(user=grace), pair()[1]
    mine, others = a_payment(payer=own), a_payment(payer=other)
    kept, merged = (own, other) if has_login == "kept" else (other, own)
    seen = lambda: {made.transaction for made in payments_of(payers_of(grace))}  # noqa: E731
    record = merge(kept=kept, merged=merged, by=None)
    assert seen() == {mine, others}
    undo(record, by=None)
    assert seen() == {mine}
    assert again(other).user is None


def test_who_confirms_the_kept_address_gets_all_of_it_and_the_merged_address_opens_nothing() -> None:
    kept, merged = a_payer(email="now@example.org"), a_payer()
    merge(kept=kept, merged=merged, by=None)
    grace = cast.somebody("grace@example.org")
    give_payers_to(grace, "grace@example.org")
    assert not payers_of(grace)
    late = cast.somebody("now@example.org")
    give_payers_to(late, "now@example.org")
    assert set(payers_of(late)) == {kept, merged}
    undo(PayerMerge.objects.get(), by=None)
    assert set(payers_of(late)) == {kept}
    assert EmailAddress.objects.get(email="grace@example.org").verified
    assert again(merged).user == grace, "parted, it is whose address it has"


def test_who_types_a_merged_identity_is_not_shown_the_kept_ones_data() -> None:
    old, new = a_payer(), a_payer(email="safe@example.org", line1="A secret place")
    merge(kept=new, merged=old, by=None)
    typed = a_payer()
    assert (typed, typed.line1) == (old, "12 Harbour Street")


# -- At once ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_staff_who_merge_the_same_two_at_once_in_both_directions_merge_them_once() -> None:
    a, b = a_payer(email="a@example.org"), a_payer(email="b@example.org")

    def one(number: int) -> bool:
        kept, merged = (a, b) if number % 2 else (b, a)
        try:
            merge(kept=kept, merged=merged, by=None)
        except MergeRefused:
            return False
        return True

    assert sum(in_parallel(one, range(8))) == 1
    assert Payer.objects.exclude(merged_into=None).count() == 1
    assert not books_problems()


@pytest.mark.django_db(transaction=True)
def test_merges_that_form_a_ring_at_once_leave_one_payer_that_stands_for_the_others() -> None:
    payers = [a_payer(email=f"{number}@example.org") for number in range(4)]

    def one(number: int) -> None:
        try:
            merge(kept=payers[number], merged=payers[(number + 1) % 4], by=None)
        except MergeRefused:
            return

    in_parallel(one, range(4))
    assert Payer.objects.live().count() >= 1
    assert not books_problems(), connection.vendor
