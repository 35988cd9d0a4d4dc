"""What gifts give to the rest: a block for pages, a part of "My account", mails, a periodic job, a part of the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from accounts.mail_kinds import MailKind
from accounts.privacy import Person, Table
from accounts.sections import AccountSection
from membership import gift_account, gift_privacy, tributes
from membership.gift_block import render_gift_form
from membership.gift_mail_kinds import gift_mail_kinds
from pages.offers import Offer


@hooks.register("register_offer")
def offer() -> Offer:
    return Offer(kind="membership.gift", label="Gift form", render=render_gift_form)


@hooks.register("account_sections")
def account_section(request: HttpRequest) -> AccountSection | None:
    return gift_account.section(request)


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return gift_mail_kinds()


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("membership.tell_families", timedelta(minutes=15), tributes.notify_all_due)]


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    return gift_privacy.export(person)


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    gift_privacy.erase(person)
