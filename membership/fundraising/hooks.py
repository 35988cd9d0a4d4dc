"""What the fundraisers' work gives to the rest: staff screens, a button on a supporter's page, privacy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from accounts.privacy import Person, Table
from membership.fundraising import privacy
from membership.fundraising.bank_import.staging import forget_unread
from membership.fundraising.bank_import.views import BankImportViewSet
from membership.fundraising.offline_views import OfflineGiftViewSet
from membership.fundraising.segments.views import SegmentViewSet
from receipts.history import SupporterAction
from receipts.models import Payer


class FundraisingGroup(ViewSetGroup):
    """The staff menu's "Fundraising"."""

    menu_label = "Fundraising"
    menu_name = "fundraising"
    menu_icon = "pick"
    menu_order = 306
    items = (OfflineGiftViewSet, BankImportViewSet, SegmentViewSet)


@hooks.register("register_admin_viewset")
def staff_screens() -> FundraisingGroup:
    return FundraisingGroup()


@hooks.register("insert_global_admin_css")
def style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("membership/fundraising.css"))


@hooks.register("supporter_actions")
def actions(payer: Payer) -> list[SupporterAction]:
    url = f"{reverse('offline_gifts:record')}?payer={payer.pk}"
    return [SupporterAction(label="Record a gift", url=url, icon="plus", permission="membership.add_offlinegift")]


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("membership.forget_unread_statements", timedelta(days=1), forget_unread)]


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    return privacy.export(person)


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    privacy.erase(person)


@hooks.register("register_log_actions")
def staff_actions(log_actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    log_actions.register_action("membership.record_gift", "Record an offline gift", "Recorded an offline gift")
    log_actions.register_action("membership.read_statement", "Read a bank statement", "Read a bank statement")
    log_actions.register_action("membership.book_lines", "Book lines of a statement", "Booked lines of a statement")
    log_actions.register_action("membership.undo_statement", "Undo a bank statement", "Took bookings back")
    log_actions.register_action("membership.export_segment", "Export a segment", "Exported supporters")
    log_actions.register_action("membership.thank", "Thank for a gift", "Sent a thank-you")
    log_actions.register_action("membership.undo_gift", "Undo an offline gift", "Took an offline gift back")
