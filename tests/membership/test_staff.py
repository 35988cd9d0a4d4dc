"""The staff's screens: tiers typed in whole units and kept in cents, memberships listed, searched and read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from accounts.models import User
from membership.models import Benefit, Membership, Tier, TierPrice
from membership.states import State
from tests.membership.rows import make_memberships
from tests.membership.way import Way, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("terry@example.org"))
    return client


def form_data(**changes: Any) -> dict[str, Any]:
    fields = {
        "name": "Patron",
        "slug": "patron",
        "summary": "Pays for a night.",
        "description": "",
        "order": "4",
        "grace_days": "14",
        "is_open": "on",
        "allows_more": "on",
        "prices": inline_formset([{"interval": "month", "amount": "12.50"}]),
        "benefits": inline_formset(
            [{"label": "Dinner", "kind": "main", "fair_value": "45.00", "cost": "", "bears_logo": ""}]
        ),
    }
    return dict(nested_form_data({**fields, **changes}))


class TestTiers:
    def test_amounts_are_typed_in_whole_units_and_kept_in_minor_ones(self, desk: Client) -> None:
        response = desk.post(reverse("tiers:add"), form_data())
        assert response.status_code == 302, response.context["form"].errors
        assert TierPrice.objects.get().amount == 1250
        benefit = Benefit.objects.get()
        assert (benefit.fair_value, benefit.cost) == (4500, None)

    def test_a_new_tier_gets_a_group_of_its_own_without_permissions(self, desk: Client) -> None:
        desk.post(reverse("tiers:add"), form_data())
        group = Tier.objects.get().group
        assert group and group.name == "Members: Patron" and not group.permissions.exists()

    def test_staff_cannot_choose_the_group(self, desk: Client) -> None:
        editors = Group.objects.create(name="Editors of everything")
        desk.post(reverse("tiers:add"), form_data(group=str(editors.pk)))
        assert Tier.objects.get().group != editors

    def test_the_form_shows_what_is_stored(self, desk: Client, friend: Tier) -> None:
        html = desk.get(reverse("tiers:edit", args=[friend.pk])).content.decode()
        assert re.search(r'name="prices-0-amount" value="15.00"', html)
        assert re.search(r'name="benefits-1-fair_value" value="8.00"', html)

    @pytest.mark.parametrize("amount", ["0", "-5", "12.505", "ten", "", "9999999.99"])
    def test_a_wrong_price_is_refused_and_kept(self, desk: Client, amount: str) -> None:
        prices = inline_formset([{"interval": "month", "amount": amount}])
        response = desk.post(reverse("tiers:add"), form_data(prices=prices))
        assert response.status_code == 200 and not Tier.objects.exists()
        form = response.context["form"].formsets["prices"].forms[0]
        assert form.errors["amount"] and form["amount"].value() == amount

    def test_two_prices_for_one_interval_are_refused(self, desk: Client) -> None:
        prices = inline_formset([{"interval": "month", "amount": "10"}, {"interval": "month", "amount": "12"}])
        assert desk.post(reverse("tiers:add"), form_data(prices=prices)).status_code == 200
        assert not Tier.objects.exists()

    def test_a_tier_without_a_price_is_refused(self, desk: Client) -> None:
        assert desk.post(reverse("tiers:add"), form_data(prices=inline_formset([]))).status_code == 200
        assert not Tier.objects.exists()

    def test_a_tier_with_members_cannot_be_deleted(self, desk: Client, friend: Tier) -> None:
        make_memberships(3)
        response = desk.post(reverse("tiers:delete", args=[friend.pk]), follow=True)
        assert "has memberships and stays" in text_of(response)
        assert Tier.objects.filter(pk=friend.pk).exists()

    def test_the_listing_shows_the_prices(self, desk: Client, tiers: list[Tier]) -> None:
        assert "$15.00 a month, $45.00 a quarter, $150.00 a year" in text_of(desk.get(reverse("tiers:index")))


class TestMemberships:
    def test_the_listing_asks_as_often_for_200_rows_as_for_10(self, desk: Client, tiers: list[Tier]) -> None:
        make_memberships(10)
        desk.get(reverse("memberships:index"))
        with CaptureQueriesContext(connection) as few:
            desk.get(reverse("memberships:index"))
        make_memberships(190)
        with CaptureQueriesContext(connection) as many:
            response = desk.get(reverse("memberships:index"))
        assert len(many) == len(few) <= 25
        assert len(response.context["object_list"]) == 50

    def test_they_are_found_by_name_and_address(self, desk: Client, tiers: list[Tier]) -> None:
        make_memberships(12)
        for query in ("Payer 7", "p7@example.org"):
            shown = text_of(desk.get(reverse("memberships:index"), {"q": query}))
            assert "Payer 7" in shown and "Payer 8" not in shown

    def test_they_are_filtered_by_state_tier_and_access(self, desk: Client, tiers: list[Tier]) -> None:
        make_memberships(3)
        Membership.objects.filter(payer__name="Payer 0").update(state=State.CANCELLED, paid_until=None)
        for question in ({"state": "cancelled"}, {"is_live": "no"}, {"tier": tiers[0].pk}):
            shown = text_of(desk.get(reverse("memberships:index"), question))
            assert "Payer 0" in shown and "Payer 1" not in shown

    def test_a_state_that_stripe_added_is_shown(self, desk: Client, tiers: list[Tier]) -> None:
        make_memberships(2)
        Membership.objects.filter(payer__name="Payer 0").update(unknown_status="unknown:resting")
        shown = text_of(desk.get(reverse("memberships:index"), {"is_unknown": "yes"}))
        assert "unknown:resting" in shown and "Payer 1" not in shown

    def test_one_membership_links_to_its_payments(self, desk: Client, member: Membership) -> None:
        response = desk.get(reverse("memberships:inspect", args=[member.pk]))
        shown, payment = text_of(response), member.payments().get()
        assert "alice@example.org" in shown and "$100.00 a month" in shown and "Active" in shown
        assert reverse("payments:inspect", args=[payment.pk]) in response.content.decode()

    def test_nobody_writes_them_by_hand(self, desk: Client, member: Membership) -> None:
        for path in ("new/", f"edit/{member.pk}/", f"delete/{member.pk}/"):
            assert desk.get(reverse("memberships:index") + path).status_code == 404

    def test_staff_without_the_right_see_nothing(self, way: Way, member: Membership, charlie: User) -> None:
        charlie.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client = Client()
        client.force_login(charlie)
        for address in (reverse("memberships:index"), reverse("memberships:inspect", args=[member.pk])):
            response = client.get(address)
            assert response.status_code == 302 and "alice" not in response.content.decode()

    def test_the_right_to_view_is_enough(self, member: Membership, charlie: User) -> None:
        rights = Permission.objects.filter(codename__in=["access_admin", "view_membership"])
        charlie.user_permissions.add(*rights)
        client = Client()
        client.force_login(charlie)
        response = client.get(reverse("memberships:inspect", args=[member.pk]))
        assert response.status_code == 200
        assert reverse("payments:inspect", args=[member.payments().get().pk]) not in response.content.decode()


def test_the_menu_has_membership(desk: Client) -> None:
    assert "Membership" in desk.get(reverse("wagtailadmin_home")).content.decode()


def test_finance_sets_prices_and_looks_memberships_up(member: Membership, charlie: User) -> None:
    charlie.groups.add(Group.objects.get(name="Finance"))
    client = Client()
    client.force_login(charlie)
    for address in ("memberships:index", "tiers:index", "tiers:add"):
        assert client.get(reverse(address)).status_code == 200
    assert client.get(reverse("tiers:delete", args=[member.tier.pk])).status_code == 302
