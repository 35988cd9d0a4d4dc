"""What the stock gives to the rest: its part of the books' proof, jobs, reminders to staff, one mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from accounts.mail_kinds import MailKind, Placeholder
from shop.models import ProductPage
from shop.stock import checks, low, wishes

SAMPLE_URL = "https://example.org/shop/candle/"


@hooks.register("check_books")
def problems() -> Iterable[str]:
    return checks.problems()


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        ("shop.mark_low_stock", timedelta(minutes=15), low.mark_low),
        ("shop.tell_back_in_stock", timedelta(minutes=15), wishes.tell_all),
        ("shop.forget_old_wishes", timedelta(days=1), wishes.forget_old),
    ]


@hooks.register("staff_reminders")
def reminders() -> Iterable[tuple[str, str, str, str]]:
    return low.reminders()


@hooks.register("after_publish_page")
def give_it_a_stock(request: HttpRequest, page: Page) -> None:
    """New variants are in the staff's list at once, with nothing there yet."""
    if isinstance(page.specific, ProductPage):
        low.make_missing()


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    actions.register_action("shop.count_stock", "Count stock", "Counted")


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return [
        MailKind(
            key=wishes.TEMPLATE,
            label="Shop: there again",
            when="Sent once to whoever asked for it, when something that was sold out can be bought again.",
            placeholders={
                "product": Placeholder("What is there again", lambda context: context["product"], "Candle, blue"),
                "product_url": Placeholder("Look at it", lambda context: context["product_url"], SAMPLE_URL),
                "forget_url": Placeholder(
                    "To hear of nothing else", lambda context: context["forget_url"], "https://example.org/back/x/"
                ),
            },
            sample_context=sample,
        )
    ]


def sample() -> dict[str, Any]:
    return {
        "product": "Candle, blue",
        "product_url": SAMPLE_URL,
        "forget_url": wishes.forget_url("grace@example.org"),
    }
