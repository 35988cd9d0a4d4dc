"""What bursaries give to the rest: mails, a job, reminders to staff, a section of the
account page, and their part of the proof that the books hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks

from accounts.mail_kinds import MailKind
from accounts.sections import AccountSection
from training import private
from training.bursaries import checks, donors, forgetting, mails, rest
from training.bursaries.staff import actions
from training.bursaries.staff.queue import reminders


@hooks.register("register_mails")
def place_mails() -> list[MailKind]:
    return mails.mail_kinds()


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        ("training.end_unpaid_places", timedelta(minutes=5), rest.end_what_is_over),
        ("training.forget_applicants_words", timedelta(days=1), forgetting.forget_words),
    ]


@hooks.register("staff_reminders")
def waiting_applications() -> Iterable[tuple[str, str, str, str]]:
    return reminders()


@hooks.register("register_log_actions")
def staff_actions(register: Any) -> None:
    """What staff did here, for Wagtail's site history. It names nobody."""
    register.register_action(private.SAW_PERSON, "See who takes part", "Looked who it is")
    register.register_action(private.READ, "Read what somebody wrote", "Looked at what was written")
    register.register_action(actions.ASKED, "Ask about a place", "Asked a question")
    register.register_action(actions.DECIDED, "Decide on a place", "Decided")


@hooks.register("insert_global_admin_css")
def staff_styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("training/bursaries.css"))


@hooks.register("account_sections")
def seats_that_gifts_paid(request: HttpRequest) -> AccountSection | None:
    return donors.section(request)


@hooks.register("check_books")
def problems_of_awards() -> Iterable[str]:
    return checks.problems()
