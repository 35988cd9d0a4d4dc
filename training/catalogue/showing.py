"""The page of a course or an event: its sessions now, who teaches, its lessons and its rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wagtail.models import Page

from pages.models import SiteImage
from pages.models.consents import Channel
from pages.pictures import Shown, agreed, show
from training.catalogue.finding import runs_at
from training.catalogue.rule_words import rule_words
from training.catalogue.runs import Run
from training.lessons.progress import lessons_of
from training.models import (
    BursarySettings,
    CoursePage,
    LessonPage,
    Session,
    Trainer,
    TrainingPage,
)

WIDE = ("fill-960x540|format-webp", "fill-1440x810|format-webp")
# Of those that are over, a visitor wants to know that there were some.
MOST_PAST = 6


@dataclass(frozen=True, kw_only=True)
class PageNow:
    # What is to come, and what was cancelled of it.
    runs: list[Run]
    past: list[Run]
    trainers: list[Trainer]
    lessons: list[LessonPage]
    needed: list[Page]
    picture: Shown | None
    rules: list[str]
    # Whether the fund that pays seats is there.
    has_bursaries: bool
    index: Page

    @property
    def is_anything_paid(self) -> bool:
        return any(price.now or price.ticket.is_own_price for run in self.runs for price in run.prices)


def page_now(page: TrainingPage, at: datetime) -> PageNow:
    sessions = Session.objects.shown().filter(page=page.pk, starts_at__isnull=False).prefetch_related("meetings")
    runs = runs_at(sessions.upcoming(at).prefetch_related("trainers", "tickets__member_prices"), at)
    over = sessions.filter(ends_at__lte=at, state=Session.State.OPEN).order_by("-starts_at")
    over = over.prefetch_related("replay_groups")
    return PageNow(
        runs=runs,
        past=runs_at(over[:MOST_PAST], at),
        trainers=_trainers(runs),
        lessons=lessons_of(page) if page.is_course else [],
        needed=needed_for(page),
        picture=picture_of(page, *WIDE),
        rules=rule_words(page.refund_rules),
        has_bursaries=any(run.session.takes_applications for run in runs) and _bursaries_are_paid(),
        index=page.get_parent(),
    )


def _trainers(runs: Iterable[Run]) -> list[Trainer]:
    teaching = {trainer.pk: trainer for run in runs for trainer in run.session.trainers.all()}
    return sorted(teaching.values(), key=lambda trainer: trainer.name)


def _bursaries_are_paid() -> bool:
    return BursarySettings.load().fund_id is not None


def needed_for(page: TrainingPage) -> list[Page]:
    """Courses that must be completed before this one, as the page says, saved or only previewed."""
    return [row.needs for row in page.prerequisites.all()] if isinstance(page, CoursePage) else []


def picture_of(page: TrainingPage, *specs: str) -> Shown | None:
    """None without one, and of a person who does not agree any more."""
    if page.picture_id is None:
        return None
    image = SiteImage.objects.filter(agreed(Channel.WEBSITE), pk=page.picture_id).first()
    return show(image, page.picture_alt, *specs) if image else None


def crumbs_of(now: PageNow) -> list[tuple[str, str]]:
    """What lies above the page, with its path."""
    return [("Home", "/"), (now.index.title, now.index.get_url() or "")]
