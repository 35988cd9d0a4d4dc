"""The gift form on a page of the site: a GET form that leads to the real one, and may be cached."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.http import urlencode

from membership.gift_block import render_gift_form
from membership.models import Campaign, GivingSettings
from receipts.models import Fund

pytestmark = pytest.mark.django_db


def sent_by(html: str, **changes: str) -> str:
    """What a browser asks for when the button is pressed."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    checked = dict(re.findall(r'<input type="radio" name="(\w+)" value="([^"]*)" checked', html))
    return urlencode({**hidden, **checked, "other_amount": "", **changes})


def test_it_holds_no_token_and_posts_nothing() -> None:
    html = render_gift_form(None, "", {})
    assert "csrf" not in html and "post" not in html.lower() and f'action="{reverse("give")}"' in html
    assert "<script" not in html and "style=" not in html


def test_what_editors_choose_arrives_in_the_form(client: Client) -> None:
    Campaign.objects.create(name="A boat", slug="boat", goal_amount=100)
    html = render_gift_form(
        None, "spring-letter", {"amounts": "15 30 45.50", "amount": "30", "frequency": "monthly", "campaign": "boat"}
    )
    assert "For <strong>A boat</strong>" in html and "$45.50" in html
    form = client.get(f"{reverse('give')}?{sent_by(html)}").context["form"]
    chosen = {field: form[field].value() for field in ("frequency", "amount", "other_amount", "purpose", "came_from")}
    assert chosen == {
        "frequency": "month",
        "amount": "other",
        "other_amount": "30.00",
        "purpose": "campaign-boat",
        "came_from": "spring-letter",
    }


def test_a_visitor_may_choose_another_amount(client: Client) -> None:
    query = sent_by(render_gift_form(None, "", {}), amount="other", other_amount="12.34")
    form = client.get(f"{reverse('give')}?{query}").context["form"]
    assert (form["amount"].value(), form["other_amount"].value()) == ("other", "12.34")


def test_one_frequency_only() -> None:
    html = render_gift_form(None, "", {"frequency": "yearly only"})
    assert '<input type="hidden" name="frequency" value="year">' in html and "Monthly" not in html


def test_a_fund_is_preset(client: Client) -> None:
    roof = Fund.objects.create(name="Roof fund")
    giving = GivingSettings.load()
    giving.save()
    giving.funds.add(roof)
    html = render_gift_form(None, "", {"fund": "Roof fund"})
    assert client.get(f"{reverse('give')}?{sent_by(html)}").context["form"]["purpose"].value() == f"fund-{roof.pk}"


@pytest.mark.parametrize("options", [{"amounts": "x -3 0"}, {"frequency": "hourly"}, {"fund": "9"}, {"amount": "no"}])
def test_what_makes_no_sense_is_left_out(options: dict[str, str]) -> None:
    assert "$50.00" in render_gift_form(None, '"><b>', options) and "<b>" not in render_gift_form(
        None, '"><b>', options
    )


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("amount=45.50&frequency=monthly", {"frequency": "month", "amount": "45.50"}),
        ("amount=25", {"frequency": "once", "amount": "other", "other_amount": "25.00"}),
        ("amount=x&frequency=hourly", {"frequency": "once", "amount": "30.00"}),
        ("amount=0&frequency=%00", {"frequency": "once", "amount": "30.00"}),
    ],
)
def test_a_link_to_the_page_chooses_in_the_block(query: str, chosen: dict[str, str]) -> None:
    html = render_gift_form(RequestFactory().get(f"/page/?{query}"), "", {"amounts": "15 30 45.50", "amount": "30"})
    checked = dict(re.findall(r'<input type="radio" name="(\w+)" value="([^"]*)" checked', html))
    other = re.findall(r'name="other_amount"[^>]* value="([^"]*)"', html)
    assert checked | ({"other_amount": other[0]} if other else {}) == chosen


def test_what_editors_fixed_stays_fixed() -> None:
    html = render_gift_form(RequestFactory().get("/?frequency=yearly"), "", {"frequency": "monthly only"})
    assert 'type="hidden" name="frequency" value="month"' in html
