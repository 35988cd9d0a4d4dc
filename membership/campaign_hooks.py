"""What campaigns give to the rest: periodic jobs, their part of the books' proof, of a person's data, of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from wagtail import hooks

from accounts.mail_kinds import MailKind
from accounts.privacy import Person, Table
from membership import campaign_demo, campaign_privacy, matching
from membership.campaign_mails import campaign_mail_kinds, mail_all_due
from membership.campaign_shown import render_campaign, render_campaigns
from membership.campaign_staff import CampaignGroup
from pages.offers import Offer


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        ("membership.catch_up_matches", timedelta(minutes=15), matching.catch_up),
        ("membership.mail_updates", timedelta(minutes=10), mail_all_due),
    ]


@hooks.register("register_offer")
def bar() -> Offer:
    return Offer(kind="membership.campaign", label="Campaign", render=render_campaign)


@hooks.register("register_offer")
def bars() -> Offer:
    return Offer(kind="membership.campaigns", label="All campaigns", render=render_campaigns)


@hooks.register("check_books")
def problems_of_the_pools() -> Iterable[str]:
    return matching.problems()


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    return campaign_privacy.export(person)


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    campaign_privacy.erase(person)


@hooks.register("register_admin_viewset")
def staff_screens() -> CampaignGroup:
    return CampaignGroup()


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return campaign_mail_kinds()


@hooks.register("register_log_actions")
def staff_actions(log_actions: Any) -> None:
    log_actions.register_action("membership.take_off_wall", "Take a gift off a wall", "Taken off the wall")
    log_actions.register_action("membership.sponsor_paid", "Record what a sponsor paid", "Recorded what a sponsor paid")


@hooks.register("demo_ending")
def after_the_history() -> Callable[[], Any]:
    return campaign_demo.give_to_campaigns
