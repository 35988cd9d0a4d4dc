"""How courses and events join other pages."""

from __future__ import annotations

from wagtail import hooks

from pages.offers import Offer
from training.catalogue.block import render_upcoming


@hooks.register("register_offer")
def upcoming_on_pages() -> Offer:
    return Offer(kind="training.upcoming", label="Next courses and events", render=render_upcoming)
