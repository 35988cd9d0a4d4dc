"""The signed link to somebody's place in the line (``accounts.mailed_links``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from accounts import mailed_links

if TYPE_CHECKING:
    from training.models import WaitingEntry

USE = "training.waiting"


def path_of(entry: WaitingEntry) -> str:
    return reverse("training_place", args=[token_of(entry)])


def url_of(entry: WaitingEntry) -> str:
    """The link to be mailed."""
    return settings.BASE_URL + path_of(entry)


def token_of(entry: WaitingEntry) -> str:
    return mailed_links.token_of(entry.public_id, use=USE, email=entry.email)


def is_for(entry: WaitingEntry, token: str) -> bool:
    return mailed_links.opens(token, entry.public_id, use=USE, email=entry.email)
