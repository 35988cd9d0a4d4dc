"""Training's part of the demo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from wagtail import hooks

from payments.models import Payment
from training.demo import applicants, trainees


# After the shop: who is known to the demo joins the first offering.
@hooks.register("demo_offering", order=30)
def demo_offering() -> tuple[Callable[[], Any], Callable[[Mapping[str, str], Random], Payment]]:
    return trainees.prepare, trainees.start_checkout


@hooks.register("demo_ending")
def demo_ending() -> Callable[[], Any]:
    return trainees.end_history


@hooks.register("demo_ending")
def demo_applicants() -> Callable[[], Any]:
    return applicants.end_history
