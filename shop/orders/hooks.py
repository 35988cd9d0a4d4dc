"""What orders give to the rest: mails, the job that gives money back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from accounts.mail_kinds import MailKind
from accounts.sections import AccountSection
from payments.payables import Payable
from receipts.history import HistoryItem
from receipts.models import Payer
from shop.models import Order
from shop.orders import account, giving_back
from shop.orders.history import orders_history, payers_with_number
from shop.orders.links import order_path
from shop.orders.mail_kinds import order_mail_kinds


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return order_mail_kinds()


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("shop.give_back", timedelta(minutes=5), giving_back.give_back_all)]


@hooks.register("payer_changed")
def follow_the_address(payer: Payer) -> None:
    """What was mailed to an old address opens nothing more, and what is still to be told goes to the new one."""
    if payer.email:
        Order.objects.filter(payer=payer).exclude(email="").exclude(email=payer.email).update(email=payer.email)


@hooks.register("account_sections")
def account_section(request: HttpRequest) -> AccountSection | None:
    return account.section(request)


@hooks.register("paid_links")
def follow_the_order(payables: Sequence[Payable]) -> list[tuple[str, str]]:
    return [(f"Follow order {one.number}", order_path(one)) for one in payables if isinstance(one, Order)]


@hooks.register("supporter_history")
def history(payers: Sequence[Payer]) -> Iterable[HistoryItem]:
    return orders_history(payers)


@hooks.register("find_payers")
def find_by_number(text: str) -> Iterable[int]:
    return payers_with_number(text)
