"""What the staff work of training gives to the rest: screens."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks

from accounts.mail_kinds import MailKind
from training.staff.mail_kinds import mail_kinds
from training.staff.menu import TrainingGroup


@hooks.register("register_admin_viewset")
def staff_screens() -> TrainingGroup:
    return TrainingGroup()


@hooks.register("insert_global_admin_css")
def staff_styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("training/staff.css"))


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    actions.register_action("training.open_session", "Open a session", "Opened for booking")
    actions.register_action("training.take_off", "Take a session off", "Taken off the site")
    actions.register_action("training.copy_session", "Copy a session", "Copied from another session")
    actions.register_action("training.mark_attendance", "Mark attendance", "Marked who was there")
    actions.register_action("training.undo_attendance", "Undo attendance", "Undid marks of who was there")
    actions.register_action("training.give_seat", "Give a free seat", "Gave a free seat")
    actions.register_action("training.mail_roster", "Write to a roster", "Wrote to everybody with a seat")
    actions.register_action("training.cancel_seat", "Cancel a seat", "Cancelled a seat")
    actions.register_action("training.take_off_list", "Take off a waiting list", "Took somebody off the waiting list")
    actions.register_action("training.tell_changed", "Tell a change", "Told everybody with a seat what changed")
    actions.register_action("training.export_roster", "Export a roster", "Exported the roster")


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return mail_kinds()
