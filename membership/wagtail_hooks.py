"""What membership gives to the rest: a block for pages, a part of "My account", staff screens, a periodic job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from wagtail import hooks

from accounts.mail_kinds import MailKind
from accounts.privacy import Person, Table
from accounts.sections import AccountSection
from membership import access, account, campaign_hooks, demo, gates, gift_hooks, privacy, revenue
from membership.campaign_demo import build_campaigns
from membership.card import hooks as card_hooks
from membership.cards import known_interval, tier_cards
from membership.change_mail_kinds import change_mail_kinds
from membership.diary import build_diary
from membership.fundraising import hooks as fundraising_hooks
from membership.gift_memberships import hooks as given_hooks
from membership.history import membership_history, supporter_panels
from membership.mail_kinds import mail_kinds
from membership.recovery import hooks as recovery_hooks
from membership.staff import MembershipGroup
from pages.gates import Gate
from pages.offers import Offer
from payments.models import Payment
from receipts.history import HistoryItem, SupporterPanel
from receipts.models import Payer

# Registered there, beside what they give.
__all__ = ["campaign_hooks", "card_hooks", "fundraising_hooks", "gift_hooks", "given_hooks", "recovery_hooks"]


@hooks.register("register_offer")
def offer() -> Offer:
    return Offer(kind="membership.tiers", label="Membership tiers", render=render_tiers)


def render_tiers(request: HttpRequest | None, reference: str, options: Mapping[str, str]) -> str:
    """Plain links to the join page: the page around it may be cached. ``reference`` narrows it to one tier."""
    interval = known_interval(options.get("interval"))
    cards = [card for card in tier_cards(interval) if reference in ("", card.tier.slug)]
    return render_to_string("membership/offer.html", {"cards": cards, "interval": interval})


@hooks.register("register_gate")
def gate() -> Gate:
    return gates.gate()


@hooks.register("account_sections")
def account_section(request: HttpRequest) -> AccountSection | None:
    return account.section(request)


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    return privacy.export(person)


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    privacy.erase(person)


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("membership.expire", timedelta(minutes=30), access.expire)]


@hooks.register("payer_logins_changed")
def follow_the_payers(users: Iterable[Any]) -> None:
    """Payers were merged or parted: their users may have won or lost a membership by it."""
    for user in users:
        access.sync_groups(user)


@hooks.register("supporter_history")
def history(payers: Sequence[Payer]) -> Iterable[HistoryItem]:
    return membership_history(payers)


@hooks.register("supporter_panels")
def beside_the_history(payers: Sequence[Payer]) -> Iterable[SupporterPanel]:
    return supporter_panels(payers)


@hooks.register("demo_offering")
def demo_offering() -> tuple[Callable[[], Any], Callable[[Mapping[str, str], Random], Payment]]:
    """What the demo's history asks of an offering: how to make it, and how somebody begins to pay for it."""
    return prepare_demo, demo.start_checkout


def prepare_demo() -> None:
    demo.build_tiers()
    build_diary()
    build_campaigns()


@hooks.register("check_books")
def problems_of_the_log() -> Iterable[str]:
    return revenue.problems()


@hooks.register("register_admin_viewset")
def staff_screens() -> MembershipGroup:
    return MembershipGroup()


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return [*mail_kinds(), *change_mail_kinds()]
