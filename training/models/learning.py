"""What trainees did: days they were there, lessons they finished, what they say some months later."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


class Attendance(models.Model):
    """Whether somebody was there on one day of a session. Without a row nobody has said."""

    enrolment = models.ForeignKey("training.Enrolment", on_delete=models.CASCADE, related_name="attendance")
    meeting = models.ForeignKey("training.Meeting", on_delete=models.CASCADE, related_name="attendance")
    was_there = models.BooleanField()
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "meeting"], name="somebody_was_there_or_not"),
        ]

    def __str__(self) -> str:
        return f"Attendance {self.pk}"


class LessonDone(models.Model):
    enrolment = models.ForeignKey("training.Enrolment", on_delete=models.CASCADE, related_name="lessons_done")
    lesson = models.ForeignKey("training.LessonPage", on_delete=models.CASCADE, related_name="+")
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="a_lesson_is_done_once")]

    def __str__(self) -> str:
        return f"Lesson {self.lesson_id} done"


@register_setting(icon="form")
class TrainingSettings(BaseGenericSetting):
    survey_months = models.PositiveSmallIntegerField(
        "asked what it changed after, in months",
        default=6,
        validators=[MaxValueValidator(36)],
        help_text="How many months after a course people are asked what it changed. 0: never.",
    )

    class Meta:
        verbose_name = "training"


class SurveyAnswer(models.Model):
    """What a course changed, some months later. It knows its session and no person."""

    class Change(models.TextChoices):
        WORK = "work", "I found work or better work"
        SELLING = "selling", "I sell what I make"
        LEARNING = "learning", "I went on learning"
        SURER = "surer", "I am surer of what I can do"
        NONE = "none", "Nothing changed yet"

    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="survey_answers")
    change = models.CharField(max_length=8, choices=Change)
    helpful = models.PositiveSmallIntegerField("how much it helped, from 1 to 5")
    answered_on = models.DateField()

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(helpful__range=(1, 5)), name="helpful_is_from_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"Survey answer {self.pk}"


class SurveyAsked(models.Model):
    """That somebody was asked, and whether they answered; never what."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.OneToOneField("training.Enrolment", on_delete=models.CASCADE, related_name="survey_asked")
    asked_at = models.DateTimeField(default=timezone.now)
    has_answered = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Survey of {self.enrolment_id}"
