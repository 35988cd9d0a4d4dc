"""The sandbox's front page: what time it is here, what has happened, and a button that moves the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from stripe_sandbox.account import Account

SHOWN = 15
STEPS = {"1": "A day later", "7": "A week later", "31": "A month later"}
COUNTED = {
    "customer": "customers",
    "checkout.session": "checkouts",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "charge": "charges",
    "refund": "refunds",
    "dispute": "disputes",
    "payout": "payouts",
}


def move_clock(account: Account, days: str) -> None:
    if days in STEPS:
        account.advance(account.now() + int(days) * 86400)


def overview(account: Account) -> str:
    steps = "".join(f'<button name="days" value="{days}">{text}</button>' for days, text in STEPS.items())
    holds, happened = counts(account), events(account)
    return f"""
<h1><span class="quiet">The pretend Stripe. Its clock says</span>
  <span class="total">{moment(account.now(), "%d %B %Y")}</span></h1>
<form method="post" class="steps" aria-label="Move the clock">{steps}</form>
<p class="quiet">Moving the clock renews memberships, retries failed payments and expires abandoned checkouts.</p>
<div class="columns">
  <section class="choice" aria-labelledby="holds"><h2 id="holds">What it holds</h2>{holds}</section>
  <section class="choice" aria-labelledby="happened"><h2 id="happened">What happened last</h2>{happened}</section>
</div>"""


def moment(at: int, pattern: str) -> str:
    return datetime.fromtimestamp(at, UTC).strftime(pattern)


def counts(account: Account) -> str:
    rows = "".join(
        f'<tr><th scope="row">{text.capitalize()}</th><td>{len(account.store.kinds.get(kind, {}))}</td></tr>'
        for kind, text in COUNTED.items()
    )
    waiting = sum(len(account.store.where("_delivery", "state", state)) for state in ("held", "pending"))
    rows += f'<tr><th scope="row">Webhooks waiting</th><td>{waiting}</td></tr>'
    return f"<table><tbody>{rows}</tbody></table>"


def events(account: Account) -> str:
    newest = [event for event, _ in zip(account.store.newest_first("event"), range(SHOWN), strict=False)]
    if not newest:
        return "<p>Nothing yet.</p>"
    rows = "".join(
        f'<tr><th scope="row">{escape(event["type"])}</th><td>{moment(event["created"], "%d %b %H:%M")}</td></tr>'
        for event in newest
    )
    return f"<table><tbody>{rows}</tbody></table>"
