"""What somebody was reminded of, so that they are reminded once."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Reminder(models.Model):
    class Kind(models.TextChoices):
        DAY = "day", "A day before"
        HOUR = "hour", "An hour before"

    enrolment = models.ForeignKey("training.Enrolment", on_delete=models.CASCADE, related_name="reminders")
    meeting = models.ForeignKey("training.Meeting", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "meeting", "kind"], name="nobody_is_reminded_twice_of_a_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"Reminder {self.pk}"
