"""Who can sign in to the demo. ``demo_data`` makes these people and ``serve`` prints them."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "harbour-demo-2026"  # noqa: S105  # published on purpose; it opens nothing but the demo


@dataclass(frozen=True, kw_only=True)
class DemoLogin:
    email: str
    name: str
    # What this person is there to show, as the start-up screen says it.
    shows: str
    is_staff: bool = False


FINANCE = DemoLogin(
    email="finance@harbourlight.example", name="Tess Okafor", shows="the books, receipts and reports", is_staff=True
)
EDITOR = DemoLogin(
    email="editor@harbourlight.example", name="Noor Haddad", shows="pages and pictures; admin publishes", is_staff=True
)
ADMIN = DemoLogin(email="admin@harbourlight.example", name="Ada Lindqvist", shows="everything", is_staff=True)
MEMBER = DemoLogin(email="alice@harbourlight.example", name="Alice Marlowe", shows="a member's own account")

EVERYBODY = (FINANCE, EDITOR, ADMIN, MEMBER)
