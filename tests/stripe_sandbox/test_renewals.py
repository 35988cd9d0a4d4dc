"""The clock bills: renewals, failed renewals, recovery, cancelling and changing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stripe_sandbox.periods import next_end, step
from tests.stripe_sandbox.shop import Shop, refused

MONTH = {"interval": "month", "interval_count": 1}


def day(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("count", "end"), [(1, "2027-02-28"), (2, "2027-03-31"), (13, "2028-02-29"), (14, "2028-03-31"), (0, "2027-01-31")]
)
def test_periods_are_counted_from_the_anchor(count: int, end: str) -> None:
    assert step(day("2027-01-31"), MONTH, count) == day(end)


def test_the_day_of_the_anchor_comes_back_after_a_short_month() -> None:
    assert step(day("2027-01-30"), MONTH, 1) == day("2027-02-28")
    assert step(day("2027-01-30"), MONTH, 2) == day("2027-03-30")


def test_a_leap_day_renews_on_the_28th_in_other_years() -> None:
    yearly = {"interval": "year", "interval_count": 1}
    assert next_end(day("2028-02-29"), yearly, day("2028-02-29")) == day("2029-02-28")
    assert next_end(day("2028-02-29"), yearly, day("2031-02-28")) == day("2032-02-29")


def test_each_month_is_billed_once_however_far_the_clock_jumps(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.advance(days=93)
    invoices = shop.invoices(subscription)
    assert [invoice.billing_reason for invoice in invoices] == ["subscription_cycle"] * 3 + ["subscription_create"]
    assert {invoice.status for invoice in invoices} == {"paid"}
    assert len({invoice.created for invoice in invoices}) == 4
    ends = [invoice.lines.data[0].period.end for invoice in reversed(invoices)]
    starts = [invoice.lines.data[0].period.start for invoice in reversed(invoices)]
    assert starts[1:] == ends[:-1]
    now = shop.subscription(subscription)
    assert now.items.data[0].current_period_end == ends[-1]
    assert now.latest_invoice == invoices[0].id


def test_a_failed_renewal_is_past_due_and_recovers(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "insufficient_funds", times=2)
    shop.sandbox.advance(days=31)
    invoice = shop.invoices(subscription)[0]
    assert (invoice.status, invoice.attempt_count, invoice.attempted) == ("open", 1, True)
    assert invoice.next_payment_attempt == invoice.created + 3 * 86400
    assert shop.subscription(subscription).status == "past_due"
    shop.sandbox.advance(days=3)
    again = shop.invoices(subscription)[0]
    assert (again.attempt_count, again.next_payment_attempt) == (2, invoice.created + 5 * 86400)
    shop.sandbox.advance(days=2)
    paid = shop.invoices(subscription)[0]
    assert (paid.id, paid.status, paid.attempt_count) == (invoice.id, "paid", 3)
    assert shop.subscription(subscription).status == "active"
    assert shop.told("invoice.payment_failed") == ["invoice.payment_failed"] * 2
    assert paid.status_transitions.paid_at > invoice.created


@pytest.mark.parametrize(("ending", "status"), [("cancel", "canceled"), ("unpaid", "unpaid"), ("past_due", "past_due")])
def test_after_the_last_attempt_the_account_decides(shop: Shop, ending: str, status: str) -> None:
    shop.sandbox.settings(after_last_attempt=ending)
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "declined", times=4)
    shop.sandbox.advance(days=42)
    ended = shop.subscription(subscription)
    assert ended.status == status
    invoice = shop.invoices(subscription)[0]
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == ("open", 4, None)
    if ending == "cancel":
        assert ended.cancellation_details.reason == "payment_failed"
        assert shop.told("customer.subscription")[-1] == "customer.subscription.deleted"


def test_an_unpaid_subscription_collects_drafts_until_somebody_pays(shop: Shop) -> None:
    shop.sandbox.settings(after_last_attempt="unpaid")
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "declined", times=4)
    shop.sandbox.advance(days=63)
    assert [invoice.status for invoice in shop.invoices(subscription)] == ["draft", "open", "paid"]
    shop.sandbox.control("POST", f"invoices/{shop.invoices(subscription)[1].id}/pay")
    assert shop.subscription(subscription).status == "active"


def test_a_renewal_that_needs_the_payer_says_so_and_can_be_paid_by_hand(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "authentication_required")
    shop.sandbox.advance(days=31)
    assert "invoice.payment_action_required" in shop.told()
    invoice = shop.invoices(subscription)[0]
    assert invoice.hosted_invoice_url == f"{shop.sandbox.url}/i/{invoice.id}"
    shop.sandbox.control("POST", f"invoices/{invoice.id}/pay")
    assert shop.subscription(subscription).status == "active"
    assert shop.sandbox.count("charge") == 2


def test_drafts_may_wait_an_hour_as_stripes_do(shop: Shop) -> None:
    shop.sandbox.settings(draft_seconds=3600)
    subscription = shop.join()
    end = subscription.items.data[0].current_period_end
    shop.sandbox.advance(end - shop.sandbox.now() + 60)
    assert shop.invoices(subscription)[0].status == "draft"
    shop.sandbox.advance(3600)
    assert shop.invoices(subscription)[0].status == "paid"


def test_an_invoice_paid_out_of_band_took_no_money_through_stripe(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "declined")
    shop.sandbox.advance(days=31)
    invoice = shop.invoices(subscription)[0]
    paid = shop.api.invoices.pay(invoice.id, {"paid_out_of_band": True})
    assert (paid.status, paid.amount_paid_off_stripe) == ("paid", 1000)
    assert sum(1 for charge in shop.sandbox.money()["charges"].values() if charge["status"] == "succeeded") == 1


def test_paying_an_invoice_with_a_bad_card_is_a_card_error(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "declined", times=2)
    shop.sandbox.advance(days=31)
    error = refused(shop.api.invoices.pay, shop.invoices(subscription)[0].id)
    assert (error.http_status, error.code) == (402, "card_declined")


def test_cancelling_at_period_end_ends_it_then_and_can_be_undone(shop: Shop) -> None:
    kept, ending = shop.join(), shop.join()
    for subscription in (kept, ending):
        changed = shop.api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        assert (changed.status, changed.cancel_at_period_end, changed.ended_at) == ("active", True, None)
        assert changed.cancel_at == changed.items.data[0].current_period_end
    shop.api.subscriptions.update(kept.id, {"cancel_at_period_end": False})
    shop.sandbox.advance(days=32)
    assert shop.subscription(kept).status == "active"
    ended = shop.subscription(ending)
    assert ended.status == "canceled"
    assert ended.ended_at == ending.items.data[0].current_period_end
    assert ended.canceled_at < ended.ended_at
    assert len(shop.invoices(ending)) == 1


def test_cancelling_now_stops_the_billing(shop: Shop) -> None:
    subscription = shop.join()
    assert shop.api.subscriptions.cancel(subscription.id).status == "canceled"
    shop.sandbox.advance(days=62)
    assert len(shop.invoices(subscription)) == 1
    assert refused(shop.api.subscriptions.cancel, subscription.id).code == "resource_missing"
    assert "canceled" in str(refused(shop.api.subscriptions.update, subscription.id, {"cancel_at_period_end": True}))


def test_a_new_amount_without_proration_starts_with_the_next_period(shop: Shop) -> None:
    subscription = shop.join()
    item = {"id": subscription.items.data[0].id, "price": shop.price(2500, interval="month").id}
    shop.api.subscriptions.update(subscription.id, {"items": [item], "proration_behavior": "none"})
    assert len(shop.invoices(subscription)) == 1
    shop.sandbox.advance(days=32)
    assert shop.invoices(subscription)[0].amount_paid == 2500


def test_a_preview_is_what_is_charged(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.advance(days=10)
    item = {"id": subscription.items.data[0].id, "price": shop.price(3000, interval="month").id}
    now = shop.sandbox.now()
    details = {"items": [item], "proration_behavior": "always_invoice", "proration_date": now}
    preview = shop.api.invoices.create_preview({"subscription": subscription.id, "subscription_details": details})
    assert 0 < preview.amount_due < 2000
    shop.api.subscriptions.update(subscription.id, {**details, "payment_behavior": "pending_if_incomplete"})
    invoice = shop.invoices(subscription)[0]
    assert (invoice.status, invoice.amount_paid) == ("paid", preview.amount_due)
    assert [line.amount < 0 for line in invoice.lines.data] == [True, False]
    assert shop.subscription(subscription).items.data[0].price.unit_amount == 3000


def test_an_upgrade_that_is_not_paid_waits_and_then_lapses(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.advance(days=10)
    shop.sandbox.next_outcome(subscription.id, "declined")
    item = {"id": subscription.items.data[0].id, "price": shop.price(3000, interval="month").id}
    params = {"items": [item], "proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    changed = shop.api.subscriptions.update(subscription.id, params)
    assert (changed.status, changed.items.data[0].price.unit_amount) == ("active", 1000)
    assert changed.pending_update.subscription_items[0].price.unit_amount == 3000
    shop.sandbox.advance(days=1)
    lapsed = shop.subscription(subscription)
    assert (lapsed.pending_update, lapsed.items.data[0].price.unit_amount) == (None, 1000)
    assert shop.invoices(subscription)[0].status == "void"
    assert "customer.subscription.pending_update_expired" in shop.told()


def test_from_monthly_to_yearly_starts_a_year_now_less_what_was_paid(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.advance(days=10)
    item = {"id": subscription.items.data[0].id, "price": shop.price(10000, interval="year").id}
    shop.api.subscriptions.update(subscription.id, {"items": [item]})
    invoice = shop.invoices(subscription)[0]
    assert 9000 < invoice.amount_paid < 10000
    now = shop.subscription(subscription).items.data[0]
    assert 364 * 86400 < now.current_period_end - now.current_period_start < 367 * 86400
    shop.sandbox.advance(days=60)
    assert len(shop.invoices(subscription)) == 2


def test_a_new_card_from_the_portal_pays_what_the_old_one_could_not(shop: Shop) -> None:
    subscription = shop.join()
    old = subscription.default_payment_method
    portal = shop.api.billing_portal.sessions.create(
        {
            "customer": shop.customer.id,
            "return_url": "https://example.org/me",
            "flow_data": {"type": "payment_method_update"},
        }
    )
    path = portal.url.removeprefix(shop.sandbox.url)
    status, headers, _ = shop.sandbox.request("POST", path, "outcome=declined")
    assert (status, headers["Location"]) == (303, "https://example.org/me")
    # As at Stripe: the customer's default is new, the subscription keeps its own until somebody changes it.
    card = shop.api.customers.retrieve(shop.customer.id).invoice_settings.default_payment_method
    assert shop.subscription(subscription).default_payment_method == old != card
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": card})
    shop.sandbox.advance(days=31)
    assert shop.subscription(subscription).status == "past_due"
    shop.sandbox.request("POST", path, "outcome=paid")
    card = shop.api.customers.retrieve(shop.customer.id).invoice_settings.default_payment_method
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": card})
    shop.sandbox.advance(days=3)
    assert shop.subscription(subscription).status == "active"


def test_a_paused_collection_voids_its_invoices(shop: Shop) -> None:
    subscription = shop.join()
    shop.api.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})
    shop.sandbox.advance(days=32)
    assert [invoice.status for invoice in shop.invoices(subscription)] == ["void", "paid"]
    shop.api.subscriptions.update(subscription.id, {"pause_collection": ""})
    shop.sandbox.advance(days=31)
    assert [invoice.status for invoice in shop.invoices(subscription)] == ["paid", "void", "paid"]
