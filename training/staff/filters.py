"""What the sessions' listing can be narrowed by."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.filters import WagtailFilterSet

from training.models import Session, Trainer, TrainingPage
from training.staff.seen import sessions_for


def taught_in(request: HttpRequest) -> QuerySet[TrainingPage]:
    """What there are sessions of that they see: a trainer is offered nothing else."""
    return TrainingPage.objects.filter(pk__in=sessions_for(request.user).order_by().values("page")).order_by("title")


def teachers(request: HttpRequest) -> QuerySet[Trainer]:
    teach = Session.trainers.through.objects.filter(session__in=sessions_for(request.user).order_by().values("pk"))
    return Trainer.objects.filter(pk__in=teach.values("trainer"))


class SessionFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=Session.State.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    when = django_filters.ChoiceFilter(
        choices=[("upcoming", "To come"), ("past", "Over")],
        label="When",
        method="filter_when",
        empty_label="All",
        widget=forms.RadioSelect,
    )
    page = django_filters.ModelChoiceFilter(queryset=taught_in, label="Course or event")
    trainer = django_filters.ModelChoiceFilter(queryset=teachers, label="Trainer", method="filter_trainer")

    class Meta:
        model = Session
        fields: list[str] = []

    def filter_when(self, sessions: QuerySet[Session], name: str, wanted: str) -> QuerySet[Session]:
        """One without a date is to come."""
        to_come = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
        return sessions.filter(to_come if wanted == "upcoming" else ~to_come)

    def filter_trainer(self, sessions: QuerySet[Session], name: str, wanted: Trainer) -> QuerySet[Session]:
        teaches = Session.trainers.through.objects.filter(session=OuterRef("pk"), trainer=wanted)
        return sessions.filter(Exists(teaches))
