"""What staff write to everybody with a seat."""

from __future__ import annotations

from typing import Any

from accounts.mail_kinds import MailKind, Placeholder

TO_ROSTER = "training/mail/to_roster"
SAMPLE = "Please bring scissors. The door on Mill Lane is open from half past five."


def mail_kinds() -> list[MailKind]:
    return [
        MailKind(
            key=TO_ROSTER,
            label="Training: to everybody with a seat",
            when="Sent when staff write to all who take part in a session.",
            placeholders={
                "words": Placeholder("What staff write", lambda context: context["words"], SAMPLE, is_required=True),
                "title": Placeholder("The course or event", lambda context: context["title"], "Sewing for a living"),
                "when": Placeholder(
                    "When it takes place", lambda context: context["when"](), "Saturday 14 March 2027, 18:00 to 20:00"
                ),
            },
            sample_context=sample,
        )
    ]


def sample() -> dict[str, Any]:
    return {"words": SAMPLE, "title": "Sewing for a living", "when": lambda: "Saturday 14 March 2027, 18:00 to 20:00"}
