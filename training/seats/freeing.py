"""Giving seats back: whoever waits for one is offered it before anybody else can book it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.db import transaction

from training.seats import taking
from training.waiting.serving import serve


@transaction.atomic
def give_back(seats: Mapping[int, int]) -> None:
    """Seats that are nobody's any more, by the key of their ticket."""
    for session in sorted(taking.release(seats)):
        transaction.on_commit(partial(serve, session))
