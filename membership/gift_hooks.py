"""What gifts give to the rest: a block for pages, a part of "My account", mails, a periodic job, a part of the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from random import Random
from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from accounts.mail_kinds import MailKind
from accounts.privacy import Person, Table
from accounts.sections import AccountSection
from membership import demo_gifts, gift_account, gift_privacy, tributes
from membership.gift_block import render_gift_form
from membership.gift_goods import BasketGift
from membership.gift_mail_kinds import gift_mail_kinds
from pages.offers import Offer
from payments.goods import Goods
from payments.models import Payment


@hooks.register("register_offer")
def offer() -> Offer:
    return Offer(kind="membership.gift", label="Gift form", render=render_gift_form)


@hooks.register("register_goods")
def goods() -> Goods:
    return BasketGift()


@hooks.register("account_sections")
def account_section(request: HttpRequest) -> AccountSection | None:
    return gift_account.section(request)


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return gift_mail_kinds()


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        ("membership.tell_families", timedelta(minutes=15), tributes.notify_all_due),
        ("membership.forget_abandoned_tributes", timedelta(days=1), tributes.forget_abandoned),
    ]


# After the memberships: who is known to the demo joins the first offering.
@hooks.register("demo_offering", order=10)
def demo_offering() -> tuple[Callable[[], Any], Callable[[Mapping[str, str], Random], Payment]]:
    return demo_gifts.prepare, demo_gifts.start_checkout


@hooks.register("register_log_actions")
def what_staff_do(actions: Any) -> None:
    actions.register_action("membership.resend_tribute", "Send the message to a family again", "Message sent again")


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    return gift_privacy.export(person)


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    gift_privacy.erase(person)
