"""What covers the card costs: enough at the rates that staff set, not a cent more, and apart from the gift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from membership.fee_cover import Rates, cover_at, cover_for
from membership.models import GivingSettings
from receipts.models import Entry
from tests.membership.giver import Giver, only_gift
from tests.membership.way import text_of

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox


@given(
    amount=st.integers(1, 90_000_000),
    rates=st.builds(Rates, basis_points=st.integers(0, 2000), fixed=st.integers(0, 1000)),
)
def test_the_gift_arrives_whole_and_a_unit_less_would_not_do(amount: int, rates: Rates) -> None:
    total = amount + cover_at(amount, rates)
    assert total - rates.fee_on(total) >= amount
    assert total - 1 - rates.fee_on(total - 1) < amount


@given(amount=st.integers(1, 9_000_000).map(lambda tens: tens * 10), points=st.integers(0, 2000))
def test_what_a_card_pays_is_a_multiple_of_what_stripe_takes(amount: int, points: int) -> None:
    rates = Rates(basis_points=points, fixed=300, step=10)
    total = amount + cover_at(amount, rates)
    assert total % 10 == 0 and total - rates.fee_on(total) >= amount


@pytest.mark.django_db
class TestInTheForm:
    @pytest.fixture
    def giver(self, connected_sandbox: Sandbox, client: Client) -> Giver:
        return Giver(sandbox=connected_sandbox, client=client)

    def test_it_is_off_unless_it_is_chosen(self, giver: Giver, client: Client) -> None:
        assert not client.get("/give/").context["form"]["covers_fee"].value()
        assert giver.give().amount == 5000

    def test_the_exact_sum_is_shown_before_paying(self, giver: Giver) -> None:
        shown = text_of(giver.look("review", covers_fee="on"))
        assert "$51.81 once" in shown and "Card costs covered $1.81" in shown and "Gift $50.00" in shown

    def test_it_is_worked_out_anew_for_another_amount(self, giver: Giver) -> None:
        assert giver.look("review", covers_fee="on", amount="10000").context["terms"].fee_cover == 330

    def test_it_is_kept_apart(self, giver: Giver) -> None:
        giver.give(covers_fee="on", frequency="month")
        giver.pay()
        gift = only_gift()
        assert (gift.amount, gift.gift_amount, gift.fee_cover) == (5181, 5000, 181)
        assert sorted(Entry.objects.filter(credit="gifts").values_list("amount", flat=True)) == [181, 5000]

    def test_staff_can_switch_it_off(self, giver: Giver, client: Client) -> None:
        GivingSettings.objects.create(offers_fee_cover=False)
        assert "covers_fee" not in client.get("/give/").context["form"].fields
        assert giver.give(covers_fee="on").amount == 5000

    def test_no_cover_is_guessed_for_a_currency_without_rates(self) -> None:
        assert cover_for(5000, "USD") == 181 and cover_for(5000, "EUR") == 0
