"""The inbox is the queue: events as they came, and the lease on the object that each one hints at."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone


class EventQuerySet(models.QuerySet["Event"]):
    def due(self, at: datetime) -> EventQuerySet:
        return self.filter(status=Event.Status.RECEIVED, next_attempt_at__lte=at)

    def unfinished(self) -> EventQuerySet:
        return self.filter(status__in=[Event.Status.RECEIVED, Event.Status.PARKED])


class Event(models.Model):
    """One event, stored once: its id, type, object, time and mode.

    Its body is not kept. Nothing in it is believed (the object is read again from Stripe), and it would be one more
    copy of people's names and addresses.
    """

    class Status(models.TextChoices):
        RECEIVED = "received", "Waiting"
        DONE = "done", "Done"
        IGNORED = "ignored", "Not ours"
        PARKED = "parked", "Needs a look"

    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=120)
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=255)
    livemode = models.BooleanField()
    api_version = models.CharField(max_length=60, blank=True)
    created = models.DateTimeField()
    received_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status)
    attempts = models.PositiveIntegerField()
    next_attempt_at = models.DateTimeField()
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "next_attempt_at"]),
            models.Index(fields=["object_id"]),
            models.Index(fields=["created"]),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"

    def retry(self) -> None:
        """Put a parked event back in the queue, with a fresh count of attempts."""
        Event.objects.filter(pk=self.pk).exclude(status=Event.Status.DONE).update(
            status=Event.Status.RECEIVED, attempts=0, next_attempt_at=timezone.now()
        )


class ObjectLease(models.Model):
    """Who may re-read and apply one Stripe object right now. An expired lease may be taken over."""

    object_id = models.CharField(max_length=255, primary_key=True)
    token = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField()

    def __str__(self) -> str:
        return self.object_id
