"""Courses and events as search engines read them: schema.org's words. Only what everybody may know."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from pages.sharing import absolute
from receipts.money import plain
from training.catalogue.runs import Price, Run
from training.catalogue.showing import PageNow
from training.models import TrainingPage

SCHEMA = "https://schema.org/"


def page_facts(page: TrainingPage, now: PageNow, brand: str) -> list[dict[str, Any]]:
    """One course with its sessions, or an event for each session."""
    if page.is_course:
        return [_course(page, now, brand)]
    return [_event(page, run, now, brand) for run in now.runs]


def _course(page: TrainingPage, now: PageNow, brand: str) -> dict[str, Any]:
    return {
        "@context": SCHEMA,
        "@type": "Course",
        **_about(page, now),
        "provider": {"@type": "Organization", "name": brand},
        "hasCourseInstance": [
            {"@type": "CourseInstance", "courseMode": _mode(run), **_instance(page, run)} for run in now.runs
        ],
    }


def _event(page: TrainingPage, run: Run, now: PageNow, brand: str) -> dict[str, Any]:
    mode = {"online": "Online", "onsite": "Offline", "blended": "Mixed"}[_mode(run)]
    return {
        "@context": SCHEMA,
        "@type": "Event",
        **_about(page, now),
        "eventAttendanceMode": f"{SCHEMA}{mode}EventAttendanceMode",
        "organizer": {"@type": "Organization", "name": brand},
        **_instance(page, run),
    }


def _about(page: TrainingPage, now: PageNow) -> dict[str, Any]:
    about = {"name": page.title, "description": page.search_description or page.summary, "url": page.full_url}
    return about | ({"image": [absolute(now.picture.url)]} if now.picture else {})


def _mode(run: Run) -> str:
    if run.session.is_online:
        return "blended" if run.session.place else "online"
    return "onsite"


def _instance(page: TrainingPage, run: Run) -> dict[str, Any]:
    session = run.session
    state = "EventCancelled" if run.is_cancelled else "EventScheduled"
    facts: dict[str, Any] = {
        "startDate": session.local(session.starts_at).isoformat() if session.starts_at else "",
        "endDate": session.local(session.ends_at).isoformat() if session.ends_at else "",
        "eventStatus": f"{SCHEMA}{state}",
        "inLanguage": session.language,
        "location": _locations(page, run),
        "offers": [_offer(page, run, price) for price in run.prices],
    }
    teaching = [{"@type": "Person", "name": trainer.name} for trainer in session.trainers.all()]
    return facts | ({"instructor" if page.is_course else "performer": teaching} if teaching else {})


def _locations(page: TrainingPage, run: Run) -> list[dict[str, str]]:
    """The address and the online link are for people with a seat."""
    place = run.session.place
    found = [{"@type": "Place", "name": place, "address": place}] if place else []
    return [*found, *([{"@type": "VirtualLocation", "url": page.full_url}] if run.session.is_online else [])]


def _offer(page: TrainingPage, run: Run, price: Price) -> dict[str, Any]:
    currency = settings.REPORTING_CURRENCY
    available = "InStock" if run.is_bookable and not price.is_full else "SoldOut"
    offer = {
        "@type": "Offer",
        "name": price.ticket.name,
        "url": page.full_url,
        "price": plain(price.now, currency),
        "priceCurrency": currency,
        "availability": f"{SCHEMA}{available}",
    }
    return offer | ({"priceValidUntil": price.early_until.date().isoformat()} if price.early_until else {})
