"""What makers give to the rest: their part of the proof that the books hold, and what ends with a consent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail import hooks
from wagtail.models import Page

from pages.models import Consent
from shop.makers import pay
from shop.makers.payout_staff import DREW_UP, PAID, THREW_AWAY
from shop.makers.staff_forms import warnings_of_names
from shop.models import Maker, ProductPage


@hooks.register("check_books")
def problems_of_maker_pay() -> Iterable[str]:
    return pay.problems()


@hooks.register("consent_ended")
def forget_what_was_said(consent: Consent) -> None:
    """The alias stays: a maker is still paid. Their picture goes with the consent's other pictures."""
    Maker.objects.filter(consent=consent).update(story="", region="", picture=None, picture_alt="")


@hooks.register("consent_uses")
def makers_shown_with(consent: Consent) -> list[tuple[str, str]]:
    return [(maker.alias, reverse("makers:edit", args=[maker.pk])) for maker in Maker.objects.filter(consent=consent)]


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    actions.register_action(DREW_UP, "Draw up a payout to makers", "Drew it up")
    actions.register_action(PAID, "Pay makers", "Said that it is paid")
    actions.register_action(THREW_AWAY, "Throw a payout away", "Threw it away")


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_what_may_be_a_name(request: HttpRequest, page: Page) -> None:
    """A maker's real name must not slip into what is written about their products."""
    if not isinstance(page, ProductPage):
        return
    for warning in warnings_of_names(
        page.title, page.summary, strip_tags(page.description), page.provenance, page.care
    ):
        messages.warning(request, warning)
