"""The signed link to an application (``accounts.mailed_links``), good for a year. It does not say what it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import mailed_links

if TYPE_CHECKING:
    from training.models import Application

GOOD_FOR = timedelta(days=365)
USE = "training.application"


def place_path(application: Application) -> str:
    return reverse("training_application", args=[token_of(application)])


def place_url(application: Application) -> str:
    """The link to be mailed."""
    return settings.BASE_URL + place_path(application)


def token_of(application: Application) -> str:
    return mailed_links.token_of(application.public_id, use=USE, email=application.enrolment.email)


def is_for(application: Application, token: str) -> bool:
    is_young = application.submitted_at > timezone.now() - GOOD_FOR
    email = application.enrolment.email
    return is_young and mailed_links.opens(token, application.public_id, use=USE, email=email)
