"""Bots, from the plainest to one that does all that a browser does; and a person beside them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from membership.models import Membership, Tier
from payments.models import Payment
from receipts.models import Payer
from tests.membership.way import TYPED

ORIGIN = {"origin": "http://testserver"}


@dataclass
class Bot:
    """Sends the form's last step; ``opened`` is what a page of the form said a minute ago."""

    tier: Tier
    opened: str = ""
    answers: list[int] = field(default_factory=list)

    @classmethod
    def that_waited(cls, tier: Tier) -> Bot:
        """It looked at the form once and took its time."""
        with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
            page = Client().get(tier.get_absolute_url()).content.decode()
        return cls(tier, opened=hidden(page, "opened"))

    def send(self, client: Client | None = None, *, where: dict[str, str] | None = None, **typed: str) -> Any:
        sent = {**TYPED, "step": "pay", "opened": self.opened, **typed}
        answer = (client or Client()).post(self.tier.get_absolute_url(), sent, headers=ORIGIN, **(where or {}))
        self.answers.append(answer.status_code)
        return answer

    @property
    def let_through(self) -> int:
        return self.answers.count(303)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} in the form"
    return found.group(1)


def solve(page: str) -> dict[str, str]:
    """The work that a browser does, as the fields that it then sends."""
    salt, target, numbers = (
        re.search(rf'data-{name}="(\w+)"', page).group(1)  # type: ignore[union-attr]
        for name in ("salt", "target", "numbers")
    )
    found = next(n for n in range(int(numbers)) if hashlib.sha256(f"{salt}{n}".encode()).hexdigest() == target)
    return {"guard_challenge": hidden(page, "guard_challenge"), "guard_answer": str(found)}


def written() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Payer, User, Membership, Payment)}
