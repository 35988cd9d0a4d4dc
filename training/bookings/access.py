"""Whose seats these are."""

from __future__ import annotations

from django.http import HttpRequest

from training.models import Enrolment
from training.models.bookings import EnrolmentQuerySet


def enrolments_of(request: HttpRequest) -> EnrolmentQuerySet:
    """Confirmed seats of this visitor."""
    if not request.user.is_authenticated:
        return Enrolment.objects.none()
    return Enrolment.objects.confirmed().filter(user=request.user)
