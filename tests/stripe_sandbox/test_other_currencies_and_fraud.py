"""Money that settles in another currency, prices shown in another one, and warnings of fraud."""

from __future__ import annotations

from typing import Any

from tests.stripe_sandbox.shop import Shop


def give_euros(shop: Shop) -> Any:
    price = {"currency": "eur", "unit_amount": 5000, "product_data": {"name": "A gift"}}
    return shop.give(line_items=[{"price_data": price, "quantity": 1}])


def test_a_charge_settles_in_the_account_s_currency(shop: Shop) -> None:
    shop.sandbox.settle_in("usd", eur="1.0834")
    charge = give_euros(shop)
    row = charge.balance_transaction
    assert (charge.amount, charge.currency) == (5000, "eur")
    assert (row.amount, row.currency, row.exchange_rate) == (5417, "usd", 1.0834)
    assert row.fee == 190 and row.fee_details[0].currency == "usd", "175 cents of a euro, exchanged"
    assert list(shop.sandbox.money()["balance"]) == ["usd"]


def test_a_refund_is_exchanged_at_the_rate_of_its_day(shop: Shop) -> None:
    shop.sandbox.settle_in("usd", eur="1.0834")
    charge = give_euros(shop)
    shop.sandbox.settle_in("usd", eur="1.1")
    refund = shop.api.refunds.create({"charge": charge.id, "amount": 1000, "expand": ["balance_transaction"]})
    assert (refund.amount, refund.currency) == (1000, "eur")
    assert (refund.balance_transaction.amount, refund.balance_transaction.currency) == (-1100, "usd")


def test_what_the_shopper_saw_is_told_beside_our_amount(shop: Shop) -> None:
    shop.sandbox.show_in("eur", "0.92")
    charge = shop.give(2500)
    assert (charge.amount, charge.currency) == (2500, "usd")
    assert charge.presentment_details.to_dict() == {"presentment_amount": 2300, "presentment_currency": "eur"}
    (session,) = shop.api.checkout.sessions.list().data
    assert session.presentment_details.presentment_amount == 2300


def test_a_fraud_warning_is_over_when_the_money_has_gone_back(shop: Shop) -> None:
    charge = shop.give()
    warning = shop.sandbox.warn_of_fraud(charge.id)
    found = shop.api.radar.early_fraud_warnings.retrieve(warning["id"])
    assert (found.actionable, found.charge, found.payment_intent) == (True, charge.id, charge.payment_intent)
    shop.api.refunds.create({"charge": charge.id, "amount": 100})
    assert shop.api.radar.early_fraud_warnings.list({"charge": charge.id}).data[0].actionable, "a part is not enough"
    shop.api.refunds.create({"charge": charge.id})
    assert not shop.api.radar.early_fraud_warnings.retrieve(warning["id"]).actionable
    assert shop.told("radar") == ["radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"]
