from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from pages.sharing import SHARED, absolute, as_script, trail_facts
from receipts.money import plain
from training.catalogue.listing import Listing, listing
from training.catalogue.sharing import page_facts
from training.catalogue.showing import PageNow, crumbs_of, page_now, picture_of
from training.models import Session, TrainingIndexPage, TrainingPage
from training.sessions.times import span_words

register = template.Library()
REMEMBERED = "_training_page_now"


@register.simple_tag(takes_context=True)
def training_listing(context: dict[str, Any], page: TrainingIndexPage) -> Listing:
    """`{% training_listing page as listing %}`: what the listing shows to this request, now."""
    return listing(page, context["request"], timezone.now())


@register.simple_tag
def training_page(page: TrainingPage) -> PageNow:
    """`{% training_page page as now %}`: all that the page shows beside its own text, now.

    Head and body of the page ask for it alike; the page remembers it from one to the other.
    """
    now: PageNow | None = page.__dict__.get(REMEMBERED)
    if now is None:
        now = page.__dict__[REMEMBERED] = page_now(page, timezone.now())
    return now


@register.simple_tag(takes_context=True)
def training_share(context: dict[str, Any], page: TrainingPage, now: PageNow) -> dict[str, Any]:
    """What stands in the page's head for search engines and messengers."""
    facts = [*page_facts(page, now, context["brand"].name), trail_facts(crumbs_of(now), page)]
    picture = picture_of(page, SHARED)
    return {
        "picture": picture,
        "picture_url": absolute(picture.url) if picture else "",
        "scripts": [as_script(fact) for fact in facts],
    }


@register.simple_tag
def training_crumbs(now: PageNow) -> list[tuple[str, str]]:
    return crumbs_of(now)


@register.simple_tag
def session_span(session: Session, starts: Any, ends: Any) -> str:
    """`{% session_span session meeting.starts_at meeting.ends_at %}`: as the session's own clocks show it."""
    return span_words(starts, ends, session.zone)


@register.filter
def session_day(session: Session, moment: Any) -> str:
    return f"{session.local(moment):%-d %B %Y}" if moment else ""


@register.filter
def typed_amount(amount: int) -> str:
    """As somebody would type it into a field."""
    return plain(amount, settings.REPORTING_CURRENCY)


@register.simple_tag
def training_currency() -> str:
    return str(settings.REPORTING_CURRENCY)
