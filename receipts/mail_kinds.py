"""The books' mails as staff see them: when each is sent, and what they may put into it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from accounts.mail_kinds import MailKind, Placeholder


def sample_context() -> dict[str, Any]:
    return {"receipt": SimpleNamespace(label="US-2027-00042"), "url": "https://example.org/receipts/1/"}


def mail_kinds() -> list[MailKind]:
    return [
        MailKind(
            key="receipts/mail/receipt",
            label="Receipt",
            when="Sent once, when the document of a new receipt is stored.",
            placeholders={
                "number": Placeholder(
                    "The receipt's number",
                    lambda context: context["receipt"].label,
                    "US-2027-00042",
                    may_stand_in_subject=True,
                ),
                "receipt_url": Placeholder(
                    "Open the receipt",
                    lambda context: context["url"],
                    "https://example.org/receipts/1/",
                    is_required=True,
                ),
            },
            sample_context=sample_context,
        )
    ]
