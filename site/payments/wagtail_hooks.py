"""What payments gives to the rest through hooks: periodic jobs, its part of ``check_books``, the staff's screens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from wagtail import hooks

from accounts.mail_kinds import MailKind
from accounts.privacy import Person, Table
from payments import answering_warnings, cards, customers, gateway, owed, privacy, repair, second_plans, worker
from payments.basket.keeping import count_of, forget_old_baskets
from payments.goods import all_goods
from payments.guard.retention import forget_guard_rows
from payments.history import payments_history
from payments.mail_kinds import mail_kinds
from payments.models import Payment
from payments.staff.card_testing import CardTestingPanel, SafeModeView
from payments.staff.menu import PaymentsGroup
from payments.staff.panel import HealthPanel
from payments.staff.searching import payers_with_id
from receipts.history import HistoryItem
from receipts.models import Payer, Transaction


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        (repair.REREAD_JOB, timedelta(minutes=15), repair.catch_up),
        ("payments.sweep_checkouts", timedelta(minutes=5), repair.sweep_checkouts),
        ("payments.fetch_missing_fees", timedelta(minutes=15), repair.fetch_missing_fees),
        ("payments.refresh_plans", timedelta(hours=6), repair.refresh_plans),
        ("payments.refund_warned", timedelta(minutes=5), answering_warnings.refund_warned),
        ("payments.give_back_owed", timedelta(minutes=5), owed.give_back_all),
        ("payments.settle_second_plans", timedelta(minutes=5), second_plans.settle_second_plans),
        ("payments.reconcile", timedelta(hours=1), repair.reconcile),
        ("payments.tell_customers", timedelta(minutes=15), customers.tell_overdue),
        ("payments.forget_guard_rows", timedelta(hours=1), forget_guard_rows),
        ("payments.finish_card_changes", timedelta(minutes=5), cards.finish_waiting),
        ("payments.forget_old_baskets", timedelta(days=1), forget_old_baskets),
        ("payments.forget_leases", timedelta(days=1), worker.forget_leases),
    ]


@hooks.register("header_links")
def basket_link(request: HttpRequest) -> str:
    """The way to the basket, with how many things lie in it; nothing where nothing is sold."""
    if not all_goods():
        return ""
    return render_to_string("payments/basket/link.html", {"count": count_of(request), "path": request.path})


@hooks.register("only_tried")
def who_never_paid() -> Q:
    """Payers with checkouts of which none ever led to money, nor any of a payer that was merged into them."""
    theirs = Payment.objects.filter(Q(payer=OuterRef("pk")) | Q(payer__merged_into=OuterRef("pk")))
    came_to_something = theirs.exclude(status__in=Payment.CAME_TO_NOTHING)
    booked = Transaction.objects.filter(Q(payer=OuterRef("pk")) | Q(payer__merged_into=OuterRef("pk")))
    return Q(Exists(theirs)) & ~Q(Exists(came_to_something)) & ~Q(Exists(booked))


@hooks.register("payer_changed")
def tell_stripe_of_payer(payer: Payer) -> None:
    customers.note_change(payer)


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    return privacy.export(person)


@hooks.register("erasure_notes")
def what_ends(person: Person) -> Iterable[str]:
    return privacy.notes(person)


@hooks.register("before_erase_person")
def end_everything(person: Person) -> None:
    privacy.end_everything(person)


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    privacy.erase(person)


@hooks.register("check_books")
def compare_with_stripe() -> Iterable[str]:
    try:
        return repair.differences()
    except gateway.StripeProblem:
        return ["Stripe could not be reached, so the books were not compared with what it says."]


@hooks.register("register_admin_viewset")
def staff_screens() -> PaymentsGroup:
    return PaymentsGroup()


@hooks.register("insert_global_admin_css")
def staff_styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("payments/staff.css"))


@hooks.register("construct_homepage_panels")
def add_health(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm("payments.view_event"):
        panels.append(HealthPanel())
        panels.append(CardTestingPanel())


@hooks.register("register_admin_urls")
def staff_urls() -> list[URLPattern]:
    return [path("card-testing/safe-mode/", SafeModeView.as_view(), name="safe_mode")]


@hooks.register("transaction_links")
def links_to_payment(transaction: Transaction) -> list[tuple[str, str]]:
    """From a transaction in the books to the payment that it is about."""
    about = Payment.objects.filter(Q(transaction=transaction) | Q(refunds__transaction=transaction)).distinct()
    return [(str(payment), reverse("payments:inspect", args=[payment.pk])) for payment in about]


@hooks.register("supporter_history")
def history(payers: Sequence[Payer]) -> Iterable[HistoryItem]:
    return payments_history(payers)


@hooks.register("find_payers")
def find_by_stripe_id(text: str) -> Iterable[int]:
    return payers_with_id(text)


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    actions.register_action("payments.refund", "Refund", "Refunded")
    actions.register_action("payments.end_plan", "End subscription", "Ended the subscription")
    actions.register_action("payments.retry", "Retry event", "Put back into the queue")
    actions.register_action("payments.safe_mode_on", "Switch safe mode on", "Switched safe mode on")
    actions.register_action("payments.safe_mode_off", "Switch safe mode off", "Switched safe mode off")
    actions.register_action("payments.close_issue", "Close issue", "Closed")


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return mail_kinds()
