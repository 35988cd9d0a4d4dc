"""What the public reads of courses, events and their lessons. When they take place, and for how much, are sessions."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from modelcluster.fields import ParentalKey
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from pages.addresses import ask_again, without_empty
from pages.gated_pages import SeenAtOnce
from training.lessons.blocks import LessonBlock
from training.models import panels

TEXT_FEATURES = ["h3", "bold", "italic", "link", "ul", "ol"]


class TrainingIndexPage(SeenAtOnce, Page):
    """All courses and events, to be filtered and searched."""

    introduction = models.TextField(blank=True, max_length=500)

    template = "training/index_page.html"
    subpage_types = ["training.CoursePage", "training.EventPage"]
    content_panels = panels.INDEX
    search_fields = [*Page.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = "training and events"

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Without the empty answers of its form in the address."""
        if (short := without_empty(request.GET)) is not None:
            return redirect(f"{request.path}{short}")
        return ask_again(super().serve(request, *args, **kwargs))


class TrainingPage(SeenAtOnce, Page):
    """Something with sessions that people take seats in: a course or an event. Never made by itself."""

    summary = models.CharField(max_length=200, help_text="One sentence for the listing and for search engines.")
    picture = models.ForeignKey("pages.SiteImage", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    picture_alt = models.CharField(
        "description of the picture", max_length=200, blank=True, help_text="For who cannot see it."
    )
    body = RichTextField("description", blank=True, features=TEXT_FEATURES)
    refund_rules = models.ForeignKey(
        "training.RefundRules",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pages",
        help_text="What goes back when somebody cancels. Empty: nothing, unless we cancel.",
    )
    tax_category = models.SlugField(
        max_length=30, blank=True, help_text="A category of the tax rates. Empty: this is never taxed."
    )

    is_creatable = False
    parent_page_types = ["training.TrainingIndexPage"]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return ask_again(super().serve(request, *args, **kwargs))

    @property
    def is_course(self) -> bool:
        if isinstance(self, (CoursePage, EventPage)):
            return isinstance(self, CoursePage)
        return hasattr(self, "coursepage")


class CoursePage(TrainingPage):
    """Something to learn, over one or more days, with lessons online where there are any below this page."""

    class Level(models.TextChoices):
        BEGINNERS = "beginners", "For beginners"
        SOME = "some", "For people with some experience"
        ADVANCED = "advanced", "Advanced"

    outcomes = RichTextField(blank=True, features=TEXT_FEATURES, help_text="What people can do afterwards.")
    audience = models.CharField("for whom", max_length=200, blank=True)
    level = models.CharField(max_length=9, choices=Level, default=Level.BEGINNERS)
    # What a certificate says. Empty: there is none.
    hours = models.DecimalField(
        "hours of learning",
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0.5)],
        help_text="As the certificate says. Empty: no certificate is issued.",
    )
    least_attendance = models.PositiveSmallIntegerField(
        "attendance for a certificate, in percent",
        default=80,
        validators=[MaxValueValidator(100)],
        help_text="Of the days of a session.",
    )
    needs_all_lessons = models.BooleanField("all online lessons for a certificate", default=True)

    template = "training/course_page.html"
    subpage_types = ["training.LessonPage"]
    edit_handler = panels.COURSE_TABS
    search_fields = [
        *TrainingPage.search_fields,
        index.SearchField("outcomes"),
        index.SearchField("audience"),
    ]

    class Meta:
        verbose_name = "course"
        constraints = [
            models.CheckConstraint(
                condition=Q(least_attendance__range=(0, 100)), name="attendance_for_a_certificate_is_a_percentage"
            ),
        ]


class Prerequisite(Orderable):
    """A course that must be completed before this one."""

    course = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="prerequisites")
    needs = models.ForeignKey(CoursePage, on_delete=models.CASCADE, related_name="+")

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["course", "needs"], name="a_course_needs_another_once"),
            models.CheckConstraint(condition=~Q(course=models.F("needs")), name="no_course_needs_itself"),
        ]

    def __str__(self) -> str:
        return str(self.needs)


class EventPage(TrainingPage):
    """A walk, a panel, a gala, a webinar."""

    class Kind(models.TextChoices):
        WALK = "walk", "Walk or run"
        PANEL = "panel", "Talk or panel"
        GALA = "gala", "Gala or dinner"
        WEBINAR = "webinar", "Webinar"
        OTHER = "other", "Event"

    kind = models.CharField(max_length=7, choices=Kind, default=Kind.OTHER)

    template = "training/event_page.html"
    subpage_types: list[str] = []
    edit_handler = panels.EVENT_TABS

    class Meta:
        verbose_name = "event"


class LessonPage(Page):
    """A lesson online, for who has a seat in its course. Search finds its title and nothing of what it teaches."""

    body = StreamField(LessonBlock(), blank=True)
    minutes = models.PositiveSmallIntegerField("minutes it takes", null=True, blank=True)
    is_preview = models.BooleanField("open to everybody", default=False)

    template = "training/lesson_page.html"
    parent_page_types = ["training.CoursePage"]
    subpage_types: list[str] = []
    content_panels = panels.LESSON

    class Meta:
        verbose_name = "lesson"

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """What most people get there is how to get in."""
        return super().get_sitemap_urls(request) if self.is_preview else []
