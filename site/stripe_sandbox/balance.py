"""The account's balance: one row for all that comes and goes, what it cost, and when it may leave."""

from __future__ import annotations

from stripe_sandbox.account import Account, due
from stripe_sandbox.exchange import exchanged, settled_in
from stripe_sandbox.listing import page_of
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json

DAY = 86400


def stripe_fee(account: Account, amount: int) -> int:
    """The percentage rounded half up, plus the fixed part; never more than the amount."""
    share = (amount * int(account.settings["fee_basis_points"]) + 5000) // 10000
    return min(share + int(account.settings["fee_fixed"]), amount)


def post(
    account: Account, *, kind: str, category: str, amount: int, fee: int, currency: str, source: str, text: str
) -> Json:
    """One row of the account's balance, in the currency it settles in; it becomes available some days later."""
    currency, rate = settled_in(account, currency)
    amount, fee = exchanged(amount, rate), exchanged(fee, rate)
    details = []
    if fee:
        label = "Dispute fee" if category.startswith("dispute") else "Stripe processing fees"
        details = [
            {"amount": fee, "application": None, "currency": currency, "description": label, "type": "stripe_fee"}
        ]
    waits = kind == "charge" or kind == "payment"
    available_on = account.now() + (int(account.settings["available_after_days"]) * DAY if waits else 0)
    row = account.make(
        "balance_transaction",
        "txn",
        amount=amount,
        available_on=available_on,
        balance_type="payments",
        currency=currency,
        description=text,
        exchange_rate=None if rate is None else float(rate),
        fee=fee,
        fee_details=details,
        net=amount - fee,
        reporting_category=category,
        source=source,
        status="pending" if waits else "available",
        type=kind,
    )
    if waits:
        account.schedule(available_on, "settle", row["id"])
    account.store.put({"id": f"waiting:{row['id']}", "row": row["id"]}, "_waiting")
    return row


@due("settle")
def settle(account: Account, identifier: str, at: int) -> None:
    row = account.get("balance_transaction", identifier)
    row["status"] = "available"
    account.store.put(row)


def balances(account: Account) -> dict[str, dict[str, int]]:
    """``{"usd": {"available": n, "pending": n}}``: the sum of every row, payouts among them."""
    totals: dict[str, dict[str, int]] = {}
    for row in account.store.oldest_first("balance_transaction"):
        total = totals.setdefault(row["currency"], {"available": 0, "pending": 0})
        total[row["status"]] += row["net"]
    return totals


@route("GET", "/v1/balance")
def retrieve_balance(account: Account, call: Call) -> Json:
    totals = balances(account) or {"usd": {"available": 0, "pending": 0}}
    answer = {"object": "balance", "livemode": False}
    for part in ("available", "pending"):
        answer[part] = [
            {"amount": total[part], "currency": currency, "source_types": {"card": total[part]}}
            for currency, total in totals.items()
        ]
    return answer


@route("GET", "/v1/balance_transactions/{id}")
def retrieve_balance_transaction(account: Account, call: Call) -> Json:
    return account.get("balance_transaction", call.id)


@route("GET", "/v1/balance_transactions")
def list_balance_transactions(account: Account, call: Call) -> Json:
    payout, source = call.params.pop("payout", None), call.params.pop("source", None)
    if payout:
        account.get("payout", payout, param="payout", status=400)
        rows = [
            account.get("balance_transaction", paid["row"])
            for paid in account.store.where("_paid_out", "payout", payout)
        ]
    elif source:
        rows = account.store.where("balance_transaction", "source", source)
    else:
        rows = account.store.oldest_first("balance_transaction")
    return page_of(call, reversed(rows))
