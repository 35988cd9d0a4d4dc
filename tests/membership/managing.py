"""The way of somebody who looks after a membership or gift of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from membership.models import Gift, Membership
from payments.models import Plan
from tests.membership.way import Way, text_of


@dataclass
class Manager:
    way: Way
    subscription: Membership | Gift

    @property
    def plan(self) -> Plan:
        plan = self.subscription.plan()
        assert plan
        return plan

    def url(self, name: str, *more: Any) -> str:
        return reverse(f"manage_{name}", args=[self.subscription.public_id, *more])

    def get(self, name: str = "subscription", **query: Any) -> Any:
        return self.way.client.get(self.url(name), query)

    def page(self) -> str:
        return text_of(self.get())

    def post(self, name: str, **typed: Any) -> Any:
        return self.way.client.post(self.url(name), typed)

    def said(self, name: str, **typed: Any) -> str:
        """What the page after it says."""
        return text_of(self.way.client.post(self.url(name), typed, follow=True))

    def look(self, name: str, to: str) -> Any:
        """The preview of another tier or interval."""
        return self.get(name, to=to)

    def switch(self, name: str, to: str) -> str:
        """Look, then say yes to what was seen."""
        quote = self.look(name, to).context["quote"]
        return self.said(name, to=to, quote=quote)

    def reload(self) -> None:
        self.subscription = type(self.subscription).objects.get(pk=self.subscription.pk)
