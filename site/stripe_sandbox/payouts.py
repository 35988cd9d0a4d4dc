"""Payouts: what is available leaves for the bank, and sometimes comes back."""

from __future__ import annotations

from stripe_sandbox.account import Account, due
from stripe_sandbox.balance import DAY, post
from stripe_sandbox.errors import ApiError
from stripe_sandbox.listing import page_of
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id


def pay_out(account: Account, *, automatic: bool = True) -> list[Json]:
    """One payout per currency of every row that is available and has not been paid out yet."""
    by_currency: dict[str, list[Json]] = {}
    for waiting in account.store.oldest_first("_waiting"):
        row = account.get("balance_transaction", waiting["row"])
        if row["status"] == "available":
            by_currency.setdefault(row["currency"], []).append(row)
    made = (pay_out_rows(account, currency, rows, automatic) for currency, rows in by_currency.items())
    return [payout for payout in made if payout]


def pay_out_rows(account: Account, currency: str, rows: list[Json], automatic: bool) -> Json | None:
    total = sum(row["net"] for row in rows)
    if total == 0:
        return None
    payout = account.make(
        "payout",
        "po",
        amount=total,
        arrival_date=account.now() // DAY * DAY + DAY,
        automatic=automatic,
        currency=currency,
        description="STRIPE PAYOUT",
        destination=None,
        metadata={},
        method="standard",
        reconciliation_status="completed" if automatic else "not_applicable",
        source_type="card",
        status="in_transit",
        type="bank_account",
    )
    own = post(
        account,
        kind="payout",
        category="payout",
        amount=-total,
        fee=0,
        currency=currency,
        source=payout["id"],
        text="STRIPE PAYOUT",
    )
    payout["balance_transaction"] = own["id"]
    account.store.put(payout)
    account.emit("payout.created", payout)
    for row in [*rows, own]:
        account.store.forget(f"waiting:{row['id']}")
        if automatic:
            account.store.put({"id": f"paid:{row['id']}", "row": row["id"], "payout": payout["id"]}, "_paid_out")
    payout["status"] = "paid"
    account.store.put(payout)
    account.emit("payout.paid", payout, {"status": "in_transit"})
    if automatic:
        account.emit("payout.reconciliation_completed", payout)
    return payout


def fail_payout(account: Account, identifier: str) -> Json:
    payout = account.get("payout", identifier)
    if payout["status"] == "failed":
        raise ApiError(f"The payout {identifier} has failed already.")
    returned = post(
        account,
        kind="payout_failure",
        category="payout_reversal",
        amount=payout["amount"],
        fee=0,
        currency=payout["currency"],
        source=identifier,
        text="STRIPE PAYOUT FAILED",
    )
    payout.update(
        status="failed",
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
        failure_balance_transaction=returned["id"],
    )
    account.store.put(payout)
    account.emit("payout.failed", payout)
    return payout


def plan_payouts(account: Account) -> None:
    """Keep exactly one daily payout on the agenda while automatic payouts are on."""
    if account.settings["automatic_payouts"] and not account.store.get("_state", "payouts_planned"):
        account.store.put({"id": "payouts_planned"}, "_state")
        account.schedule((account.now() // DAY + 1) * DAY, "daily_payout", new_id("day", 8))


@due("daily_payout")
def daily_payout(account: Account, identifier: str, at: int) -> None:
    account.store.forget("payouts_planned")
    if account.settings["automatic_payouts"]:
        pay_out(account)
        plan_payouts(account)


@route("GET", "/v1/payouts/{payout}")
def retrieve_payout(account: Account, call: Call) -> Json:
    return account.get("payout", call.id)


@route("GET", "/v1/payouts")
def list_payouts(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first("payout"))
