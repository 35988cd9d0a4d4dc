from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.models import Page, Site

from pages.colours import NIGHT, readable_on, text_on
from pages.consent import REVIEWED, SAW, WITHDREW, Reminder, clear_ended, expiring_soon
from pages.consent_staff.screens import ConsentViewSet
from pages.exposed import warn_of_exposed_files
from pages.gated_pages import Serve, keep_gate
from pages.models import Brand, SiteImage
from pages.private_files import put_in_place
from pages.publishing import publish_due, stuck


@hooks.register("mail_context")
def brand_in_mails() -> dict[str, Any]:
    """Mails carry the default site's brand; they are often written where there is no request."""
    site = Site.objects.filter(is_default_site=True).first()
    brand = Brand.for_site(site) if site else Brand()
    colour = brand.primary_colour
    return {
        "brand": brand,
        "brand_ink": text_on(colour),
        "brand_text": readable_on("#ffffff", colour),
        "brand_night": readable_on(NIGHT, colour, at_least=7),
    }


@hooks.register("on_serve_page", order=-1)
def gate_of_pages(serve: Serve) -> Serve:
    return keep_gate(serve)


@hooks.register("after_publish_page")
def say_what_is_exposed(request: HttpRequest, page: Page) -> None:
    warn_of_exposed_files(request, page)


@hooks.register("after_bulk_action")
def moved_at_once(request: HttpRequest, action: str, objects: list[Any], action_instance: Any) -> None:
    """Wagtail moves many pictures to a collection without saving any of them."""
    if action == "add_to_collection" and action_instance.model is SiteImage:
        put_in_place()


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    """What has its time, and what moved without our hearing of it: whole collections, rows changed by hand."""
    return [
        ("pages.publish_due", timedelta(minutes=1), publish_due),
        ("pages.put_pictures_in_place", timedelta(minutes=10), put_in_place),
        # What is shown asks for itself; this deletes the files, and ends what was interrupted.
        ("pages.clear_ended_consents", timedelta(minutes=10), clear_ended),
    ]


@hooks.register("staff_reminders")
def consents_that_end() -> Iterable[Reminder]:
    return expiring_soon()


@hooks.register("staff_reminders")
def pages_that_did_not_go_live() -> Iterable[Reminder]:
    return stuck()


@hooks.register("register_admin_viewset")
def staff_screens() -> ConsentViewSet:
    return ConsentViewSet()


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    actions.register_action(REVIEWED, "Review consent", "Reviewed")
    actions.register_action(WITHDREW, "Withdraw consent", "Withdrew")
    actions.register_action(SAW, "See who gave a consent", "Looked who gave it")


@hooks.register("insert_global_admin_css")
def staff_style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("pages/staff.css"))
