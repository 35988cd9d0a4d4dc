from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet

from accounts import choices, forgetting, tasks
from accounts.delivery import forget_mail
from accounts.gate import has_shown_second_factor
from accounts.mail_kinds import MailKind
from accounts.mail_staff import MailsViewSet, OutboxViewSet
from accounts.privacy import Person, Table
from accounts.reminders import mail_kind, remind_staff
from accounts.roles import GRANTED
from accounts.sign_in_mails import notices, sign_in_mails

KEEP_MAIL = timedelta(days=90)


class NoSecondFactor(Component):
    order = 1

    def render_html(self, parent_context: Any = None) -> str:
        return format_html(
            '<div class="help-block help-critical"><p>{}</p></div>',
            "The second factor is switched off (STAFF_SECOND_FACTOR): anybody with a staff password can open every "
            "page here. That is for demos only.",
        )


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        ("accounts.deliver_due_mail", timedelta(minutes=5), tasks.deliver_due_mail.enqueue),
        ("accounts.remind_staff", timedelta(hours=1), remind_staff),
        ("accounts.forget_mail", timedelta(days=1), forget_old_mail),
        ("accounts.forget_sessions", timedelta(days=1), partial(call_command, "clearsessions")),
        # Arguments and results of finished background tasks have no further use.
        ("accounts.forget_tasks", timedelta(days=1), partial(call_command, "prune_db_task_results", verbosity=0)),
    ]


def forget_old_mail() -> int:
    return forget_mail(before=timezone.now() - KEEP_MAIL) + forgetting.forget_last_mails()


@hooks.register("may_mail")
def ask_what_was_chosen(email: str, kind: Any) -> bool:
    return choices.may_mail(email, kind)


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return [*sign_in_mails(), *notices(), mail_kind()]


@hooks.register("staff_rights_hold")
def staff_rights_hold(request: HttpRequest) -> bool:
    """Asked outside the staff pages, where no gate stands in front."""
    return has_shown_second_factor(request)


# First: who somebody is stands above what they did.
@hooks.register("export_person", order=-100)
def tables(person: Person) -> Iterable[Table]:
    return forgetting.export(person)


# After everybody else: the others still look at the user's rows.
@hooks.register("erase_person", order=1000)
def forget_person(person: Person) -> None:
    forgetting.erase(person)


@hooks.register("construct_homepage_panels")
def say_it_on_the_dashboard(request: HttpRequest, panels: list[Component]) -> None:
    if not settings.STAFF_SECOND_FACTOR:
        panels.append(NoSecondFactor())


@hooks.register("insert_global_admin_css")
def say_it_on_every_page() -> str:
    """Loud on purpose: a bar over every staff page, in the style sheet because pages differ in everything else."""
    if settings.STAFF_SECOND_FACTOR:
        return ""
    return format_html('<link rel="stylesheet" href="{}">', static("css/staff-warning.css"))


@hooks.register("register_admin_viewset")
def mail_screens() -> list[ViewSet]:
    return [MailsViewSet(), OutboxViewSet()]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """What the settings of a group may give beside what the screens name themselves."""
    named = (*GRANTED, "view_mail_address")
    return Permission.objects.filter(content_type__app_label="accounts", codename__in=named)


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    actions.register_action("accounts.word_mail", "Word mail", "Worded")
    actions.register_action("accounts.unword_mail", "Default wording", "Back to the default wording")
    actions.register_action("accounts.resend_mail", "Send mail again", "Sent again")


@hooks.register("insert_global_admin_css")
def style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("accounts/staff.css"))
