"""What a supporter changes without leaving: how often, when next, and not for a while."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from stripe_sandbox.periods import next_end, step
from tests.sandbox_client import DAY
from tests.stripe_sandbox.shop import Shop, refused

QUARTER = {"interval": "month", "interval_count": 3}


def day(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def period(shop: Shop, subscription: Any) -> tuple[int, int]:
    item = shop.subscription(subscription).items.data[0]
    return item.current_period_start, item.current_period_end


def item_of(subscription: Any, price: Any) -> dict[str, str]:
    return {"id": subscription.items.data[0].id, "price": price.id}


# -- Every three months ------------------------------------------------------------------------------------


def test_a_quarter_is_sold_billed_and_previewed(shop: Shop) -> None:
    quarterly = shop.price(3000, interval="month", recurring=QUARTER)
    session = shop.open_membership(quarterly)
    assert "Every 3 months" in shop.sandbox.request("GET", session.url.removeprefix(shop.sandbox.url))[2]
    subscription = shop.join(price=quarterly)
    start, end = period(shop, subscription)
    assert end == step(start, QUARTER, 1) and end - start > 88 * DAY
    upcoming = shop.api.invoices.create_preview({"subscription": subscription.id})
    assert (upcoming.amount_due, upcoming.lines.data[0].period.start) == (3000, end)
    assert upcoming.lines.data[0].period.end == step(start, QUARTER, 2)
    shop.sandbox.advance(days=190)
    assert [invoice.amount_paid for invoice in shop.invoices(subscription)] == [3000] * 3


def test_the_preview_of_another_interval_is_what_is_charged(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.advance(days=10)
    item = item_of(subscription, shop.price(3000, interval="month", recurring=QUARTER))
    asked = {"items": [item], "proration_behavior": "always_invoice", "proration_date": shop.sandbox.now()}
    preview = shop.api.invoices.create_preview({"subscription": subscription.id, "subscription_details": asked})
    shop.api.subscriptions.update(subscription.id, asked)
    assert 2000 < preview.amount_due == shop.invoices(subscription)[0].amount_paid < 3000
    assert period(shop, subscription)[1] == preview.lines.data[-1].period.end


# -- Moving the next payment -------------------------------------------------------------------------------


def test_moving_the_next_payment_bills_on_the_chosen_day_and_goes_on_from_there(shop: Shop) -> None:
    subscription = shop.join()
    chosen = shop.sandbox.now() + 45 * DAY
    moved = shop.api.subscriptions.update(subscription.id, {"trial_end": chosen, "proration_behavior": "none"})
    assert (moved.status, moved.trial_end, moved.billing_cycle_anchor) == ("trialing", chosen, chosen)
    assert moved.items.data[0].current_period_end == chosen
    nothing = shop.invoices(subscription)[0]
    assert (nothing.billing_reason, nothing.status, nothing.total) == ("subscription_update", "paid", 0)
    shop.sandbox.advance(days=44)
    assert len(shop.invoices(subscription)) == 2
    shop.sandbox.advance(days=2)
    assert shop.subscription(subscription).status == "active"
    invoice = shop.invoices(subscription)[0]
    assert (invoice.billing_reason, invoice.amount_paid) == ("subscription_cycle", 1000)
    assert period(shop, subscription) == (chosen, step(chosen, {"interval": "month", "interval_count": 1}, 1))
    assert shop.told("customer.subscription.trial") == ["customer.subscription.trial_will_end"]


def test_a_moved_payment_may_be_moved_again_and_is_taken_once(shop: Shop) -> None:
    subscription = shop.join()
    for days in (20, 50):
        moment = shop.sandbox.now() + days * DAY
        shop.api.subscriptions.update(subscription.id, {"trial_end": moment, "proration_behavior": "none"})
    shop.sandbox.advance(days=49)
    assert [invoice.amount_paid for invoice in shop.invoices(subscription)] == [0, 0, 1000]
    shop.sandbox.advance(days=2)
    assert [invoice.amount_paid for invoice in shop.invoices(subscription)] == [1000, 0, 0, 1000]
    assert len(shop.told("customer.subscription.trial_will_end")) == 1


def test_a_moved_payment_may_be_taken_now(shop: Shop) -> None:
    subscription = shop.join()
    shop.api.subscriptions.update(subscription.id, {"trial_end": shop.sandbox.now() + 90 * DAY})
    shop.sandbox.advance(days=40)
    taken = shop.api.subscriptions.update(subscription.id, {"trial_end": "now"})
    assert (taken.status, taken.billing_cycle_anchor) == ("active", taken.items.data[0].current_period_start)
    shop.sandbox.advance(days=45)
    reasons = [invoice.billing_reason for invoice in shop.invoices(subscription) if invoice.subtotal > 0]
    assert reasons == ["subscription_cycle", "subscription_update", "subscription_create"]


def test_moving_with_proration_gives_credit_for_what_was_paid(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.advance(days=15)
    shop.api.subscriptions.update(subscription.id, {"trial_end": shop.sandbox.now() + 60 * DAY})
    credit = shop.invoices(subscription)[0].total
    assert -600 < credit < -400
    assert shop.api.customers.retrieve(shop.customer.id).balance == credit


@pytest.mark.parametrize("days", [-1, 0, 800])
def test_the_next_payment_moves_to_the_near_future_only(shop: Shop, days: int) -> None:
    subscription = shop.join()
    error = refused(shop.api.subscriptions.update, subscription.id, {"trial_end": shop.sandbox.now() + days * DAY})
    assert (error.http_status, error.param) == (400, "trial_end")


def test_while_it_waits_it_can_be_changed_for_nothing_paused_and_cancelled(shop: Shop) -> None:
    subscription = shop.join()
    chosen = shop.sandbox.now() + 40 * DAY
    yearly = item_of(subscription, shop.price(9000, interval="year"))
    both = {"trial_end": chosen, "items": [yearly], "proration_behavior": "none"}
    shop.api.subscriptions.update(subscription.id, both)
    monthly = item_of(subscription, shop.price(2000, interval="month"))
    changed = shop.api.subscriptions.update(subscription.id, {"items": [monthly]})
    assert (changed.status, changed.items.data[0].current_period_end) == ("trialing", chosen)
    shop.api.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})
    ending = shop.api.subscriptions.update(subscription.id, {"pause_collection": "", "cancel_at_period_end": True})
    assert ending.cancel_at == chosen
    assert [invoice.amount_due for invoice in shop.invoices(subscription)] == [0, 1000]
    shop.sandbox.advance(days=41)
    assert (shop.subscription(subscription).status, len(shop.invoices(subscription))) == ("canceled", 2)


def test_an_end_that_was_planned_moves_with_the_payment(shop: Shop) -> None:
    subscription = shop.join()
    shop.api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    chosen = shop.sandbox.now() + 40 * DAY
    moved = shop.api.subscriptions.update(subscription.id, {"trial_end": chosen, "proration_behavior": "none"})
    assert (moved.cancel_at_period_end, moved.cancel_at) == (True, chosen)


def test_another_amount_while_it_waits_is_owed_from_the_chosen_day_on_and_not_before(shop: Shop) -> None:
    subscription = shop.join()
    moment = shop.sandbox.now() + 40 * DAY
    shop.api.subscriptions.update(subscription.id, {"trial_end": moment, "proration_behavior": "none"})
    item = item_of(subscription, shop.price(3000, interval="month"))
    asked = {"items": [item], "proration_behavior": "always_invoice"}
    preview = shop.api.invoices.create_preview({"subscription": subscription.id, "subscription_details": asked})
    assert preview.amount_due == 0
    shop.api.subscriptions.update(subscription.id, asked)
    shop.sandbox.advance(days=41)
    assert [invoice.amount_paid for invoice in shop.invoices(subscription)] == [3000, 0, 1000]


def test_a_preview_of_a_moved_payment_names_amount_and_day(shop: Shop) -> None:
    subscription = shop.join()
    chosen = shop.sandbox.now() + 40 * DAY
    asked = {"trial_end": chosen, "proration_behavior": "none"}
    preview = shop.api.invoices.create_preview({"subscription": subscription.id, "subscription_details": asked})
    assert (preview.amount_due, preview.lines.data[0].period.start) == (1000, chosen)


# -- A payment holiday -------------------------------------------------------------------------------------


def pause(shop: Shop, subscription: Any, **more: Any) -> Any:
    asked = {"pause_collection": {"behavior": "void", **more}}
    return shop.api.subscriptions.update(subscription.id, asked)


def test_a_pause_ends_by_itself_on_its_day(shop: Shop) -> None:
    subscription = shop.join()
    paused = pause(shop, subscription, resumes_at=shop.sandbox.now() + 50 * DAY)
    assert paused.pause_collection.resumes_at == shop.sandbox.now() + 50 * DAY
    shop.sandbox.advance(days=49)
    assert shop.subscription(subscription).pause_collection.behavior == "void"
    before = len(shop.told("customer.subscription.updated"))
    shop.sandbox.advance(days=2)
    assert shop.subscription(subscription).pause_collection is None
    assert len(shop.told("customer.subscription.updated")) == before + 1
    shop.sandbox.advance(days=20)
    assert [invoice.status for invoice in shop.invoices(subscription)] == ["paid", "void", "paid"]


def test_a_pause_that_ends_with_the_period_lets_the_renewal_through(shop: Shop) -> None:
    subscription = shop.join()
    pause(shop, subscription, resumes_at=subscription.items.data[0].current_period_end)
    shop.sandbox.advance(days=32)
    assert [invoice.status for invoice in shop.invoices(subscription)] == ["paid", "paid"]


def test_a_pause_that_is_moved_or_ended_does_not_end_on_its_first_day(shop: Shop) -> None:
    subscription = shop.join()
    pause(shop, subscription, resumes_at=shop.sandbox.now() + 10 * DAY)
    pause(shop, subscription, resumes_at=shop.sandbox.now() + 20 * DAY)
    shop.sandbox.advance(days=11)
    assert shop.subscription(subscription).pause_collection is not None
    shop.api.subscriptions.update(subscription.id, {"pause_collection": ""})
    pause(shop, subscription)
    shop.sandbox.advance(days=10)
    assert shop.subscription(subscription).pause_collection is not None


def test_a_pause_cannot_end_in_the_past(shop: Shop) -> None:
    error = refused(lambda: pause(shop, shop.join(), resumes_at=shop.sandbox.now() - 1))
    assert error.param == "pause_collection[resumes_at]"


@pytest.mark.parametrize(
    ("behavior", "status"), [("void", "void"), ("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible")]
)
def test_what_becomes_of_the_invoices_of_a_pause(shop: Shop, behavior: str, status: str) -> None:
    subscription = shop.join()
    shop.api.subscriptions.update(subscription.id, {"pause_collection": {"behavior": behavior}})
    shop.sandbox.advance(days=32)
    assert shop.invoices(subscription)[0].status == status
    assert shop.subscription(subscription).status == "active"


# -- Awkward days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("anchor", "recurring", "ends"),
    [
        ("2027-01-31", ("month", 1), ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        ("2028-01-31", ("month", 1), ["2028-02-29", "2028-03-31", "2028-04-30"]),
        ("2027-08-31", ("month", 3), ["2027-11-30", "2028-02-29", "2028-05-31", "2028-08-31"]),
        ("2027-11-30", ("month", 3), ["2028-02-29", "2028-05-30", "2028-08-30"]),
        ("2028-02-29", ("year", 1), ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
    ],
)
def test_the_anchor_of_a_short_month_comes_back(anchor: str, recurring: tuple[str, int], ends: list[str]) -> None:
    rule, end = {"interval": recurring[0], "interval_count": recurring[1]}, day(anchor)
    for expected in ends:
        end = next_end(day(anchor), rule, end)
        assert end == day(expected)


@pytest.mark.parametrize("moment", ["2027-03-14T02:30", "2027-03-28T01:30", "2027-10-31T01:30"])
def test_summer_time_moves_no_renewal(moment: str) -> None:
    monthly = {"interval": "month", "interval_count": 1}
    ends = [step(day(moment), monthly, count) for count in range(13)]
    assert {end % DAY for end in ends} == {day(moment) % DAY}


def test_a_payment_moved_to_the_31st_keeps_the_end_of_the_month(shop: Shop) -> None:
    shop.sandbox.control("POST", "clock/set", to=day("2027-01-10T12:00"))
    subscription = shop.join()
    moment = day("2027-01-31T12:00")
    shop.api.subscriptions.update(subscription.id, {"trial_end": moment, "proration_behavior": "none"})
    ends = []
    for to in ("2027-02-01", "2027-03-01", "2027-04-01"):
        shop.sandbox.control("POST", "clock/advance", to=day(to))
        ends.append(period(shop, subscription)[1])
    assert ends == [day("2027-02-28T12:00"), day("2027-03-31T12:00"), day("2027-04-30T12:00")]
