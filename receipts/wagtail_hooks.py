"""What the books give to the rest through hooks: staff screens, periodic jobs, a part of "My account"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models.functions import Lower
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from accounts.mail_kinds import MailKind
from accounts.privacy import Person, Table
from accounts.sections import AccountSection
from receipts import privacy
from receipts.account import invoices_of, payers_of, payments_of
from receipts.duplicates import find_duplicates
from receipts.history import HistoryItem
from receipts.history_of_books import CONTACT_CHANGED, books_history
from receipts.mail_kinds import mail_kinds
from receipts.models import Payer
from receipts.notes import forget_deleted_notes
from receipts.staff import erasing
from receipts.staff.menu import BooksGroup, SupportersGroup
from receipts.staff.panel import BooksPanel
from receipts.tasks import draw_overdue_receipts


@hooks.register("register_admin_viewset")
def staff_screens() -> list[ViewSetGroup]:
    return [BooksGroup(), SupportersGroup()]


@hooks.register("construct_homepage_panels")
def add_what_waits(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm("receipts.view_receipt"):
        panels.append(BooksPanel())


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        ("receipts.draw_overdue_receipts", timedelta(minutes=10), draw_overdue_receipts),
        ("receipts.find_duplicates", timedelta(days=1), find_duplicates),
        ("receipts.forget_deleted_notes", timedelta(days=1), forget_deleted_notes),
    ]


@hooks.register("supporter_history")
def history(payers: Sequence[Payer]) -> Iterable[HistoryItem]:
    return books_history(payers)


@hooks.register("account_sections")
def receipts_and_payments(request: HttpRequest) -> AccountSection | None:
    payments = payments_of(payers_of(request.user))
    if not payments:
        return None
    return AccountSection(
        order=50,
        title="Receipts and payments made",
        template_name="receipts/account_section.html",
        context={"payments": payments},
    )


@hooks.register("account_sections")
def invoices(request: HttpRequest) -> AccountSection | None:
    documents = invoices_of(request.user)
    if not documents:
        return None
    return AccountSection(
        order=55,
        title="Invoices",
        template_name="receipts/invoices_section.html",
        context={"invoices": documents},
    )


@hooks.register("account_sections")
def name_and_address(request: HttpRequest) -> AccountSection | None:
    payers = list(Payer.objects.live().of_user(request.user).order_by("pk"))
    if not payers:
        return None
    return AccountSection(
        order=60,
        title="Name and address on receipts",
        template_name="receipts/details_section.html",
        context={"payers": payers},
    )


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    actions.register_action("receipts.void", "Void receipt", "Voided")
    actions.register_action("receipts.erase", "Erase person", "Erased the person")
    actions.register_action("receipts.resend", "Send receipt again", "Sent the receipt again")
    actions.register_action(CONTACT_CHANGED, "Change contact details", "Changed the contact details")
    actions.register_action("receipts.merge", "Merge supporters", "Merged another supporter into this one")
    actions.register_action("receipts.undo_merge", "Undo a merge", "Parted another supporter from this one")


@hooks.register("register_admin_urls")
def staff_addresses() -> list[URLPattern]:
    return [path("payers/<int:payer_pk>/erase/", erasing.erase_payer, name="privacy_erase_payer")]


@hooks.register("payers_of_person")
def payers_of_person(user: Any) -> list[Payer]:
    return list(payers_of(user).order_by("pk"))


@hooks.register("export_person", order=-50)
def tables(person: Person) -> Iterable[Table]:
    return privacy.export(person)


@hooks.register("erase_person", order=500)
def forget_person(person: Person) -> None:
    privacy.erase(person)


@hooks.register("insert_global_admin_css")
def style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("receipts/staff.css"))


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return mail_kinds()


@hooks.register("mail_language")
def language_of_payer(email: str) -> str | None:
    """What the payer of this address chose last; many have a log-in that knows of no language."""
    payers = Payer.objects.live().annotate(lowered=Lower("email")).filter(lowered=email.lower())
    return payers.order_by("-pk").values_list("language", flat=True).first()
