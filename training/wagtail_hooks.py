"""What training gives to the rest."""

from __future__ import annotations

from wagtail import hooks

from payments.goods import Goods
from training.bookings import hooks as booking_hooks
from training.bursaries import hooks as bursary_hooks
from training.catalogue import hooks as catalogue_hooks
from training.completing import hooks as completing_hooks
from training.demo import hooks as demo_hooks
from training.goods import OwnPriceSeatGoods, SeatGoods
from training.lessons import hooks as lesson_hooks
from training.sessions import hooks as session_hooks
from training.staff import hooks as staff_hooks
from training.surveys import hooks as survey_hooks
from training.waiting import hooks as waiting_hooks

# Registered there, beside what they give.
__all__ = [
    "booking_hooks",
    "bursary_hooks",
    "catalogue_hooks",
    "completing_hooks",
    "demo_hooks",
    "lesson_hooks",
    "session_hooks",
    "staff_hooks",
    "survey_hooks",
    "waiting_hooks",
]


@hooks.register("register_goods")
def seats() -> Goods:
    return SeatGoods()


@hooks.register("register_goods")
def seats_at_their_own_price() -> Goods:
    return OwnPriceSeatGoods()
