"""Discount codes: what they take off, whom they are refused, and that none is used too often."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.privacy import Person
from payments import privacy
from payments.discounts.finding import LONGEST, apply, find, look_up
from payments.discounts.refusals import CodeRefused, CodeUsedUp
from payments.models import DiscountCode, DiscountUse
from tests.payments.codes import a_code, a_payer, a_use

pytestmark = pytest.mark.both_databases

State = DiscountUse.State


def found(text: str = "spring", **changes: Any) -> DiscountCode:
    values = {"email": "ada@example.org", "total": 5000, "currency": "USD", "on": timezone.now(), **changes}
    return find(text, **values)


def refusal(text: str = "spring", **changes: Any) -> str:
    with pytest.raises(CodeRefused) as refused:
        found(text, **changes)
    return str(refused.value)


class TestWhatItTakesOff:
    @pytest.mark.parametrize(
        ("percent", "amounts", "off"),
        [
            ("10", [1000, 500], [100, 50]),
            ("12.5", [999], [125]),
            # 15 % of 10 is 1.5: rounded once, in all, and shared.
            ("15", [3, 3, 4], [1, 0, 1]),
            ("100", [1, 0, 1999], [1, 0, 1999]),
            ("0.01", [100], [0]),
            ("10", [], []),
            ("10", [0, 0], [0, 0]),
        ],
    )
    def test_a_percent(self, percent: str, amounts: list[int], off: list[int]) -> None:
        assert apply(DiscountCode(percent=Decimal(percent)), amounts) == off

    @pytest.mark.parametrize(
        ("amount", "amounts", "off"),
        [(500, [1000, 1000], [250, 250]), (500, [300, 0], [300, 0]), (1, [5, 5, 5], [1, 0, 0]), (500, [], [])],
    )
    def test_an_amount(self, amount: int, amounts: list[int], off: list[int]) -> None:
        assert apply(DiscountCode(amount=amount), amounts) == off

    def test_of_three_decimals_each_line_stays_one_that_a_card_can_pay(self) -> None:
        code = DiscountCode(percent=Decimal(10), currency="KWD")
        assert apply(code, [1000, 2000, 3330]) == [100, 200, 330]
        assert apply(code, [50, 50]) == [10, 0]

    @given(
        amounts=st.lists(st.integers(0, 10**10), max_size=8),
        percent=st.integers(1, 10_000).map(lambda number: Decimal(number).scaleb(-2)) | st.none(),
        amount=st.integers(1, 10**11),
    )
    def test_it_is_shared_to_the_last_unit_and_leaves_no_line_below_zero(
        self, amounts: list[int], percent: Decimal | None, amount: int
    ) -> None:
        off = apply(DiscountCode(percent=percent, amount=None if percent else amount), amounts)
        assert len(off) == len(amounts)
        assert all(0 <= part <= line for part, line in zip(off, amounts, strict=True))
        wanted = min(amount, sum(amounts)) if percent is None else sum(amounts) * percent / 100
        assert abs(sum(off) - wanted) <= (Decimal("0.5") if percent else 0)


@pytest.mark.django_db
class TestFinding:
    @pytest.mark.parametrize("typed", ["SPRING", "spring", " Spring ", "sPrInG\n"])
    def test_capitals_and_spaces_make_no_difference(self, typed: str) -> None:
        assert a_code() == found(typed)

    @pytest.mark.parametrize(
        "typed", ["", " ", "WINTER", "SPRING%", "x" * (LONGEST + 1), "'; drop table", "SPR\x00ING"]
    )
    def test_what_is_no_code_is_unknown(self, typed: str) -> None:
        a_code()
        assert "don’t know this code" in refusal(typed)

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"starts_at": timedelta(hours=1)}, "can’t be used yet"),
            ({"ends_at": timedelta(seconds=-1)}, "is over"),
            ({"is_active": False}, "don’t know this code"),
            ({"least_total": 5001}, "of $50.01 and more"),
            ({"most_uses": 1, "uses": 1}, "has been used up"),
            ({"amount": 500, "currency": "EUR"}, "don’t know this code"),
        ],
    )
    def test_it_is_said_why_a_code_is_not_taken(self, fields: dict[str, Any], sentence: str) -> None:
        now = timezone.now()
        a_code(**{name: now + value if isinstance(value, timedelta) else value for name, value in fields.items()})
        assert sentence in refusal(on=now)

    def test_what_is_just_enough_is_enough(self) -> None:
        now = timezone.now()
        a_code(least_total=5000, most_uses=2, uses=1, starts_at=now, ends_at=now + timedelta(seconds=1))
        assert found(on=now)

    def test_each_customer_may_use_it_as_often_as_it_says(self) -> None:
        code = a_code(most_uses_per_payer=1)
        use = a_use(code)
        use.pending()
        assert "used this code already" in refusal(email="ADA@example.org")
        assert found(email="bob@example.org") and found(email="")
        use.released()
        assert found()

    def test_ones_own_hold_is_never_in_the_way(self) -> None:
        use = a_use(a_code(most_uses=1, most_uses_per_payer=1))
        use.pending()
        assert "used up" in refusal(email="bob@example.org")
        assert found(own=use)

    def test_one_name_is_one_code_whatever_its_capitals(self) -> None:
        a_code("Spring")
        with pytest.raises(IntegrityError, match="whatever_its_capitals"), transaction.atomic():
            a_code("spring")

    @pytest.mark.parametrize(
        ("fields", "constraint"),
        [
            ({"amount": 5, "percent": 5}, "a_discount_is_a_percent_or_an_amount"),
            ({"amount": None}, "a_discount_is_a_percent_or_an_amount"),
            ({"amount": 0}, "a_discount_is_above_zero"),
            ({"percent": Decimal("100.01")}, "a_discount_is_at_most_100_percent"),
            ({"most_uses": 1, "uses": 2}, "a_discount_code_is_never_used_more_often_than_allowed"),
        ],
    )
    def test_the_database_refuses_what_is_no_code(self, fields: dict[str, Any], constraint: str) -> None:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            a_code(**fields)


@pytest.mark.django_db
class TestGuessing:
    def look(self, text: str, address: str = "203.0.113.9") -> str:
        request = RequestFactory().post("/", REMOTE_ADDR=address)
        request.session = type("Session", (), {"session_key": None})()  # type: ignore[assignment]
        try:
            return look_up(request, text, email="", total=5000, currency="USD").code
        except CodeRefused as refused:
            return str(refused)

    def test_who_tries_many_words_is_stopped_and_nobody_else(self) -> None:
        a_code()
        answers = [self.look(f"GUESS{number}") for number in range(11)]
        assert "don’t know" in answers[9] and "too many codes" in answers[10]
        assert "too many codes" in self.look("SPRING")
        assert self.look("SPRING", "203.0.113.10") == "SPRING"

    def test_a_good_code_counts_as_no_guess_however_often(self) -> None:
        a_code()
        assert {self.look("SPRING") for _ in range(15)} == {"SPRING"}


@pytest.mark.django_db
class TestUses:
    def uses(self, code: DiscountCode) -> int:
        code.refresh_from_db()
        return code.uses

    def test_it_is_claimed_at_the_checkout_and_given_back_once(self) -> None:
        code = a_code(most_uses=1)
        use = a_use(code)
        assert list(use.lines()) == [] and self.uses(code) == 0
        use.pending()
        assert (use.state, self.uses(code)) == (State.HELD, 1)
        for again in (use, DiscountUse.objects.get()):
            again.released()
            assert (again.state, again.place, self.uses(code)) == (State.RELEASED, None, 0)

    def test_what_is_paid_is_final_and_a_refund_leaves_it(self) -> None:
        code = a_code(most_uses=1)
        use = a_use(code)
        use.pending()
        use.paid(None)
        use.released()
        use.refunded(None)
        use.paid(None)
        assert (use.state, use.is_over, self.uses(code)) == (State.USED, False, 1) and use.used_at

    def test_the_next_one_is_told_that_it_is_used_up_and_nothing_is_left_half_done(self) -> None:
        code = a_code(most_uses=1)
        a_use(code).pending()
        late = a_use(code, "bob@example.org")
        with pytest.raises(CodeUsedUp, match="can’t be used any more"):
            late.pending()
        late.refresh_from_db()
        assert (late.state, late.place, self.uses(code)) == (State.NEW, None, 1)

    def test_who_has_used_it_takes_nobody_elses_use(self) -> None:
        code = a_code(most_uses=5, most_uses_per_payer=1)
        a_use(code).pending()
        with pytest.raises(CodeUsedUp):
            a_use(code, "ADA@example.org").pending()
        assert self.uses(code) == 1
        a_use(code, "bob@example.org").pending()
        assert self.uses(code) == 2

    def test_a_place_that_was_given_back_is_free_again(self) -> None:
        code = a_code(most_uses_per_payer=2)
        first, second = a_use(code), a_use(code)
        first.pending()
        second.pending()
        first.released()
        a_use(code).pending()
        assert set(DiscountUse.objects.exclude(place=None).values_list("place", flat=True)) == {1, 2}

    def test_what_was_switched_off_since_it_was_typed_is_not_claimed(self) -> None:
        use = a_use(a_code())
        DiscountCode.objects.update(is_active=False)
        with pytest.raises(CodeUsedUp):
            use.pending()

    def test_paid_late_takes_a_use_again(self) -> None:
        code = a_code(most_uses=1)
        use = a_use(code)
        use.pending()
        use.released()
        use.paid(None)
        assert (use.state, use.is_over, self.uses(code)) == (State.USED, False, 1)

    def test_paid_late_when_none_is_left_stands_and_shows(self) -> None:
        code = a_code(most_uses=1)
        use = a_use(code)
        use.pending()
        use.released()
        a_use(code, "bob@example.org").pending()
        use.paid(None)
        use.refresh_from_db()
        assert (use.state, use.is_over, self.uses(code)) == (State.USED, True, 1)

    def test_the_database_refuses_the_same_place_twice(self) -> None:
        code = a_code()
        a_use(code).pending()
        with pytest.raises(IntegrityError, match="place|UNIQUE"), transaction.atomic():
            DiscountUse.objects.create(
                code=code, payer=a_payer(), amount=1, currency="USD", place=1, person=DiscountUse.objects.get().person
            )


@pytest.mark.django_db
def test_a_person_takes_their_uses_along_and_leaves_no_trace_in_them() -> None:
    use = a_use(a_code(most_uses=5, most_uses_per_payer=2))
    use.pending()
    use.paid(None)
    person = Person(user=None, payers=[use.payer], emails=[use.payer.email])
    (table,) = [one for one in privacy.export(person) if one.name == "discount-codes"]
    assert [(row["code"], row["taken_off"], row["state"]) for row in table.rows] == [("SPRING", "5.00", "Used")]
    privacy.erase(person)
    use.refresh_from_db()
    assert (use.person, use.place, use.state, use.code.uses) == ("", None, State.USED, 1)
    a_use(use.code).pending()


@pytest.mark.django_db
def test_a_code_reads_as_people_write_it() -> None:
    assert [a_code("A").worth, a_code("B", percent=Decimal("12.50")).worth] == ["10%", "12.5%"]
    assert a_code("C", amount=500).worth == "$5.00"
