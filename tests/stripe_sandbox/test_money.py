"""What the account holds: fees, refunds, disputes and payouts add up to the cent."""

from __future__ import annotations

import pytest

from tests.sandbox_client import DAY
from tests.stripe_sandbox.shop import Shop, refused


def held(shop: Shop) -> int:
    return int(shop.sandbox.money()["balance"].get("usd", {"total": 0})["total"])


@pytest.mark.parametrize(
    ("amount", "fee"), [(2500, 103), (1000, 59), (50, 31), (1017, 59), (1018, 60), (99_999_999, 2_900_030)]
)
def test_the_fee_is_a_share_rounded_half_up_and_a_fixed_part(shop: Shop, amount: int, fee: int) -> None:
    row = shop.give(amount).balance_transaction
    assert (row.amount, row.fee, row.net) == (amount, fee, amount - fee)
    assert [(detail.amount, detail.type) for detail in row.fee_details] == [(fee, "stripe_fee")]
    assert (row.type, row.reporting_category, row.status) == ("charge", "charge", "pending")


def test_another_fee_model_can_be_set(shop: Shop) -> None:
    shop.sandbox.settings(fee_basis_points=150, fee_fixed=25)
    assert shop.give(10000).balance_transaction.fee == 175


def test_money_is_pending_before_it_is_available(shop: Shop) -> None:
    row = shop.give().balance_transaction
    assert row.available_on == row.created + 2 * DAY
    balance = shop.api.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (row.net, 0)
    shop.sandbox.advance(days=3)
    balance = shop.api.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (0, row.net)


def test_the_balance_transaction_may_come_after_the_charge(shop: Shop) -> None:
    shop.sandbox.settings(pending_balance_transactions=True)
    charge = shop.give()
    assert charge.balance_transaction is None
    shop.sandbox.advance(61)
    assert shop.api.charges.retrieve(charge.id).balance_transaction.startswith("txn_")
    assert shop.told()[-1] == "charge.updated"


def test_a_refund_keeps_the_fee(shop: Shop) -> None:
    charge = shop.give(2500)
    refund = shop.api.refunds.create({"payment_intent": charge.payment_intent, "expand": ["balance_transaction"]})
    assert (refund.status, refund.amount, refund.charge) == ("succeeded", 2500, charge.id)
    assert (refund.balance_transaction.amount, refund.balance_transaction.fee) == (-2500, 0)
    assert held(shop) == -103
    after = shop.api.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (after.refunded, after.amount_refunded, after.refunds.data[0].id) == (True, 2500, refund.id)
    assert shop.told("refund", "charge.refunded") == ["refund.created", "charge.refunded"]


def test_refunds_never_exceed_the_charge(shop: Shop) -> None:
    charge = shop.give(2500)
    shop.api.refunds.create({"charge": charge.id, "amount": 1000})
    shop.sandbox.control("POST", f"charges/{charge.id}/refund", amount=1000)
    error = refused(shop.api.refunds.create, {"charge": charge.id, "amount": 501})
    assert "greater than unrefunded amount" in str(error)
    shop.api.refunds.create({"charge": charge.id, "amount": 500})
    assert refused(shop.api.refunds.create, {"charge": charge.id}).code == "charge_already_refunded"
    assert shop.sandbox.money()["charges"][charge.id]["refunded"] == 2500


def test_charges_show_their_refunds_only_when_asked(shop: Shop) -> None:
    charge = shop.give()
    assert "refunds" not in shop.api.charges.retrieve(charge.id).to_dict()


def test_a_failed_refund_comes_back(shop: Shop) -> None:
    charge = shop.give(2500)
    refund = shop.api.refunds.create({"charge": charge.id})
    shop.sandbox.control("POST", f"refunds/{refund.id}/fail")
    failed = shop.api.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_balance_transaction.amount) == ("failed", 2500)
    assert held(shop) == 2500 - 103
    assert shop.api.charges.retrieve(charge.id).amount_refunded == 0
    assert "refund.failed" in shop.told()


def test_a_refund_may_be_pending_first(shop: Shop) -> None:
    shop.sandbox.settings(pending_refunds=True)
    first, second = (shop.api.refunds.create({"charge": shop.give().id}) for _ in range(2))
    assert (first.status, first.pending_reason) == ("pending", "processing")
    shop.sandbox.control("POST", f"refunds/{second.id}/fail")
    shop.sandbox.advance(days=6)
    assert shop.api.refunds.retrieve(first.id).status == "succeeded"
    assert shop.api.refunds.retrieve(second.id).status == "failed"


def test_a_dispute_withdraws_the_amount_and_a_fee_and_gives_back_the_amount_when_won(shop: Shop) -> None:
    charge = shop.give(2500)
    dispute = shop.sandbox.control("POST", f"charges/{charge.id}/dispute")
    assert held(shop) == -103 - 1500
    seen = shop.api.disputes.retrieve(dispute["id"])
    assert (seen.status, seen.is_charge_refundable, seen.payment_intent) == (
        "needs_response",
        False,
        charge.payment_intent,
    )
    assert [(row.amount, row.fee) for row in seen.balance_transactions] == [(-2500, 1500)]
    assert refused(shop.api.refunds.create, {"charge": charge.id}).code == "charge_disputed"
    assert shop.sandbox.money()["charges"][charge.id]["disputed"] == 2500
    shop.sandbox.control("POST", f"disputes/{dispute['id']}/close", status="won")
    assert held(shop) == 2500 - 103 - 1500
    assert len(shop.api.disputes.retrieve(dispute["id"]).balance_transactions) == 2
    assert shop.told("charge.dispute") == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_a_lost_dispute_stays_withdrawn(shop: Shop) -> None:
    charge = shop.give(2500)
    dispute = shop.sandbox.control("POST", f"charges/{charge.id}/dispute")
    shop.sandbox.control("POST", f"disputes/{dispute['id']}/close", status="lost")
    assert shop.api.disputes.retrieve(dispute["id"]).status == "lost"
    assert held(shop) == -103 - 1500


def test_an_inquiry_moves_no_money_until_it_becomes_a_dispute(shop: Shop) -> None:
    charge = shop.give(2500)
    dispute = shop.sandbox.control("POST", f"charges/{charge.id}/dispute", inquiry=True)
    assert (dispute["status"], dispute["balance_transactions"]) == ("warning_needs_response", [])
    assert held(shop) == 2500 - 103
    shop.sandbox.control("POST", f"disputes/{dispute['id']}/escalate")
    assert held(shop) == -103 - 1500


def test_an_inquired_charge_can_be_refunded(shop: Shop) -> None:
    charge = shop.give()
    dispute = shop.sandbox.control("POST", f"charges/{charge.id}/dispute", inquiry=True)
    assert shop.api.refunds.create({"charge": charge.id}).status == "succeeded"
    closed = shop.sandbox.control("POST", f"disputes/{dispute['id']}/close")
    assert closed["status"] == "warning_closed"


def test_a_payout_is_the_sum_of_its_rows(shop: Shop) -> None:
    charges = [shop.give(2500), shop.give(4000)]
    shop.sandbox.advance(days=3)
    shop.api.refunds.create({"charge": charges[0].id, "amount": 700})
    pending = shop.give(9900)
    (made,) = shop.sandbox.control("POST", "payouts")
    payout = shop.api.payouts.retrieve(made["id"])
    assert (payout.automatic, payout.reconciliation_status, payout.status) == (True, "completed", "paid")
    rows = list(shop.api.balance_transactions.list({"payout": payout.id}).auto_paging_iter())
    own = [row for row in rows if row.type == "payout"]
    assert [(row.source, row.amount) for row in own] == [(payout.id, -payout.amount)]
    assert sum(row.net for row in rows if row.type != "payout") == payout.amount == 2500 - 103 + 4000 - 146 - 700
    assert pending.balance_transaction.id not in {row.id for row in rows}
    assert shop.sandbox.control("POST", "payouts") == []
    assert shop.told("payout") == ["payout.created", "payout.paid", "payout.reconciliation_completed"]


def test_a_failed_payout_comes_back(shop: Shop) -> None:
    shop.give()
    shop.sandbox.advance(days=3)
    before = held(shop)
    (made,) = shop.sandbox.control("POST", "payouts")
    assert held(shop) == 0
    shop.sandbox.control("POST", f"payouts/{made['id']}/fail")
    assert held(shop) == before
    assert shop.api.payouts.retrieve(made["id"]).status == "failed"
    (again,) = shop.sandbox.control("POST", "payouts")
    assert again["amount"] == before


def test_a_manual_payout_cannot_be_itemised(shop: Shop) -> None:
    shop.give()
    shop.sandbox.advance(days=3)
    (made,) = shop.sandbox.control("POST", "payouts", manual=True)
    assert made["reconciliation_status"] == "not_applicable"
    assert shop.api.balance_transactions.list({"payout": made["id"]}).data == []


def test_automatic_payouts_leave_daily(shop: Shop) -> None:
    shop.sandbox.settings(automatic_payouts=True)
    shop.give()
    shop.sandbox.advance(days=5)
    shop.give()
    shop.sandbox.advance(days=5)
    assert [payout["status"] for payout in shop.sandbox.money()["payouts"].values()] == ["paid", "paid"]
    assert held(shop) == 0


def test_currencies_are_never_mixed(shop: Shop) -> None:
    price_data = {"currency": "jpy", "unit_amount": 500, "product_data": {"name": "A gift"}}
    shop.give(2500)
    shop.give(line_items=[{"price_data": price_data, "quantity": 2}])
    assert set(shop.sandbox.money()["balance"]) == {"usd", "jpy"}
    assert shop.sandbox.money()["balance"]["jpy"]["total"] == 1000 - 29 - 30
