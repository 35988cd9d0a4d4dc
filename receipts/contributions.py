"""From a line of the books to what the rules are asked: the join page, the receipt and exports ask the same."""

from __future__ import annotations

from typing import Any, Protocol

from django.conf import settings

from receipts.chart import Account
from receipts.ledger import IncomeLine
from receipts.models import Entry
from receipts.rules import Advantage, Contribution

KINDS: dict[str, str] = {
    Account.GIFTS: "donation",
    Account.DUES: "membership",
    Account.SHOP_SALES: "shop",
    Account.SHIPPING_INCOME: "shipping",
    Account.COURSE_FEES: "course_fee",
    Account.EVENT_TICKETS: "event_ticket",
    Account.GRANTS: "grant",
    Account.SPONSORSHIP: "sponsorship",
}


class LineLike(Protocol):
    """An IncomeLine, or what another app stores of one."""

    # Read only, so that a frozen line is one too.
    @property
    def account(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def advantages(self) -> Any: ...
    @property
    def yearly_amount(self) -> int | None: ...


def contribution_of(
    line: IncomeLine | Entry | LineLike, *, donor_kind: str = "person", jurisdiction: str = "", currency: str = ""
) -> Contribution:
    """Build what the rules are asked from a line that is about to be paid, or from one in the books.

    Every jurisdiction here is asked with the same words; `jurisdiction` is where a pack with words of its own differs.
    """
    account = line.credit if isinstance(line, Entry) else line.account
    return Contribution(
        payment=line.amount,
        currency=(currency or getattr(line, "currency", "") or settings.REPORTING_CURRENCY).upper(),
        kind=KINDS.get(account, "other"),
        donor=donor_kind,
        advantages=tuple(advantage_of(fact) for fact in line.advantages),
        yearly_amount=line.yearly_amount,
    )


def advantage_of(fact: dict[str, Any]) -> Advantage:
    return Advantage(
        label=str(fact.get("label", "")),
        kind=str(fact.get("kind") or "main"),
        fair_value=int(fact["fair_value"]),
        cost=None if fact.get("cost") is None else int(fact["cost"]),
        bears_logo=bool(fact.get("bears_logo")),
    )
