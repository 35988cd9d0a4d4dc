from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receipts.contributions import contribution_of
from receipts.models import IndexRow
from receipts.rules import Advantage, Assessment, Contribution, UnknownJurisdiction, assess, us
from receipts.rules.us_index import INDEX
from tests.receipts.books import a_line, a_payment

VECTORS = json.loads((Path(__file__).parent / "us_vectors.json").read_text(encoding="utf-8"))["vectors"]
IN_2025 = date(2025, 6, 15)


def contribution(vector: dict[str, Any]) -> Contribution:
    inputs = vector["inputs"]
    return Contribution(
        payment=inputs["payment"],
        currency=inputs["currency"],
        kind=inputs["payment_type"],
        advantages=tuple(
            Advantage(
                label=given["label"],
                kind=given["kind"],
                fair_value=given["fmv"],
                cost=given.get("cost"),
                bears_logo=given.get("bears_logo", False),
            )
            for given in inputs["advantages"]
        ),
    )


def judged(*advantages: Advantage, payment: int = 10_000, on: date = IN_2025, **more: Any) -> Assessment:
    return us.assess(
        Contribution(payment=payment, currency="USD", advantages=advantages, **more), INDEX.get(on.year), on.year
    )


@pytest.mark.django_db
@pytest.mark.parametrize("vector", VECTORS, ids=[f"{vector['id']} {vector['rule']}" for vector in VECTORS])
def test_vector(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    answer = assess("US", contribution(vector), date(vector["tax_year"], 7, 1))
    assert answer.eligible_amount == expected["eligible_amount"], vector["source"]
    assert answer.acknowledgement_required == expected["written_ack_required_for_donor"], vector["source"]
    assert answer.disclosure_required == expected["charity_disclosure_required"], vector["source"]
    assert answer.receiptable == expected.get("receipt_allowed", True)
    assert set(expected.get("must_state", ())) <= set(answer.statements)


def test_there_are_as_many_vectors_as_were_collected() -> None:
    assert len(VECTORS) == 17


@pytest.mark.django_db
def test_an_unknown_place_is_refused_and_never_guessed() -> None:
    with pytest.raises(UnknownJurisdiction, match="Atlantis"):
        assess("Atlantis", Contribution(payment=100, currency="USD"), IN_2025)


@pytest.mark.django_db
def test_a_year_without_amounts_refuses_the_exceptions_and_says_so() -> None:
    mug = Advantage(label="Mug", kind="token", fair_value=1_500, cost=1_000, bears_logo=True)
    gift = Contribution(payment=10_000, currency="USD", advantages=(mug,))
    refused = assess("US", gift, date(2031, 1, 1))
    assert (refused.eligible_amount, refused.disclosure_required) == (8_500, True)
    assert "The IRS amounts for small benefits in 2031 are not known to us yet" in refused.reasons[0]
    IndexRow.objects.create(
        year=2031, low_cost_limit=1_600, minimum_payment=8_000, cap=16_000, source="Rev. Proc. 2030-1"
    )
    assert assess("US", gift, date(2031, 1, 1)).eligible_amount == 10_000


@pytest.mark.parametrize(("cost", "eligible"), [(1_360, 10_000), (1_361, 8_500), (None, 8_500)])
def test_articles_sent_unasked_are_disregarded_up_to_the_low_cost_limit(cost: int | None, eligible: int) -> None:
    card = Advantage(label="Cards", kind="unordered", fair_value=1_500, cost=cost)
    assert judged(card).eligible_amount == eligible


def test_a_token_without_our_logo_counts() -> None:
    assert judged(Advantage(label="Mug", kind="token", fair_value=1_500, cost=100)).eligible_amount == 8_500


def test_tokens_are_added_up() -> None:
    mug = Advantage(label="Mug", kind="token", fair_value=1_500, cost=700, bears_logo=True)
    assert judged(mug).eligible_amount == 10_000
    assert judged(mug, mug).eligible_amount == 7_000


@pytest.mark.parametrize(
    ("yearly", "eligible"), [(None, 600), (7_500, 600), (7_501, 100), (6_000, 600)]
)  # fmt: skip
def test_a_monthly_membership_is_judged_by_what_it_costs_a_year(yearly: int | None, eligible: int) -> None:
    right = Advantage(label="Members' library", kind="membership_frequent", fair_value=500)
    assert judged(right, payment=600, kind="membership", yearly_amount=yearly).eligible_amount == eligible


@pytest.mark.parametrize(("cost", "eligible"), [(1_360, 7_500), (1_361, 5_500)])
def test_members_events_are_disregarded_up_to_the_low_cost_limit(cost: int, eligible: int) -> None:
    event = Advantage(label="Members' evening", kind="member_event", fair_value=2_000, cost=cost)
    assert judged(event, payment=7_500, kind="membership").eligible_amount == eligible


def test_what_is_left_after_membership_rights_is_still_measured_by_two_percent() -> None:
    right = Advantage(label="Library", kind="membership_frequent", fair_value=500)
    card = Advantage(label="Card", fair_value=150)
    assert judged(right, card, payment=7_500, kind="membership").eligible_amount == 7_500


@pytest.mark.parametrize(
    "kind", ["shop", "shipping", "course_fee", "event_ticket", "raffle", "sponsorship", "grant", "?"]
)
def test_what_is_no_gift_is_never_receiptable(kind: str) -> None:
    answer = judged(kind=kind)
    assert (answer.receiptable, answer.eligible_amount, answer.disclosure_required) == (False, 0, False)
    assert answer.reasons


def test_a_gift_that_buys_its_whole_worth_is_not_receiptable() -> None:
    assert not judged(Advantage(label="Dinner", fair_value=10_000)).receiptable


def test_amounts_set_in_dollars_are_not_applied_to_another_currency() -> None:
    small = Advantage(label="Pin", fair_value=100)
    answer = us.assess(Contribution(payment=10_000, currency="EUR", advantages=(small,)), INDEX[2025], 2025)
    assert (answer.eligible_amount, "US dollars" in answer.reasons[0]) == (9_900, True)


@pytest.mark.parametrize(
    ("advantages", "statements"),
    [
        ((), ("no_goods_or_services",)),
        ((Advantage(label="Pin", fair_value=100),), ("insubstantial_benefits",)),
        ((Advantage(label="Dinner", fair_value=4_000),), ("goods_or_services_estimate", "deductible_above_estimate")),
        ((Advantage(label="Service", kind="intangible_religious"),), ("intangible_religious_only",)),
        (
            (Advantage(label="Dinner", fair_value=4_000), Advantage(label="Service", kind="intangible_religious")),
            ("goods_or_services_estimate", "deductible_above_estimate", "intangible_religious_too"),
        ),
    ],
)
def test_the_acknowledgement_states_what_was_given_in_return(
    advantages: tuple[Advantage, ...], statements: tuple[str, ...]
) -> None:
    assert judged(*advantages).statements == statements


ADVANTAGES = st.builds(
    Advantage,
    label=st.just("Something"),
    kind=st.sampled_from(["main", "token", "unordered", "membership_frequent", "member_event", "intangible_religious"]),
    fair_value=st.integers(0, 20_000),
    cost=st.none() | st.integers(0, 5_000),
    bears_logo=st.booleans(),
)
CONTRIBUTIONS = st.builds(
    Contribution,
    payment=st.integers(1, 100_000),
    currency=st.just("USD"),
    kind=st.sampled_from(["donation", "membership", "shop"]),
    advantages=st.lists(ADVANTAGES, max_size=4).map(tuple),
    yearly_amount=st.none() | st.integers(1, 100_000),
)


@given(contribution=CONTRIBUTIONS, year=st.sampled_from([2024, 2025, 2031]))
def test_the_eligible_amount_is_what_was_paid_less_what_came_back(contribution: Contribution, year: int) -> None:
    answer = us.assess(contribution, INDEX.get(year), year)
    assert 0 <= answer.eligible_amount <= contribution.payment
    assert answer.receiptable == (answer.eligible_amount > 0)
    if answer.receiptable:
        assert answer.eligible_amount + answer.advantage == contribution.payment
        assert answer.advantage == sum(advantage.fair_value for advantage in answer.counted)


@given(contribution=CONTRIBUTIONS)
def test_no_known_year_makes_a_gift_less_deductible_than_an_unknown_one(contribution: Contribution) -> None:
    known, unknown = (us.assess(contribution, index, 2025).eligible_amount for index in (INDEX[2025], None))
    assert known >= unknown


@pytest.mark.django_db
def test_a_line_before_payment_and_its_entry_afterwards_are_judged_alike() -> None:
    mug = {"label": "Mug", "kind": "token", "fair_value": 1_500, "cost": 900, "bears_logo": True}
    line = a_line(6_800, advantages=(mug,), yearly_amount=81_600)
    entry = a_payment(line).entries.get()
    before, after = (contribution_of(either, jurisdiction="US") for either in (line, entry))
    assert before == after
    assert assess("US", before, IN_2025) == assess("US", after, IN_2025)
    assert before.yearly_amount == 81_600
    assert before != replace(before, payment=1)
