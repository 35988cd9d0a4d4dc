"""What the waiting list gives to the rest: jobs and mails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from wagtail import hooks

from accounts.mail_kinds import MailKind, Placeholder
from training.templatetags.training_times import written_moment
from training.waiting import joining, mails, serving

SAMPLE_URL = "https://example.org/waiting/x/"


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        ("training.expire_offers", timedelta(minutes=5), joining.expire_offers),
        ("training.serve_the_lines", timedelta(minutes=5), serving.serve_all),
        ("training.close_lines", timedelta(hours=1), serving.close_lines),
    ]


COMMON = {
    "name": Placeholder("Who waits", lambda context: context["name"], "Grace Hopper"),
    "title": Placeholder("The course or event", lambda context: context["title"], "Sewing for a living"),
    "seats": Placeholder("How many seats", lambda context: str(context["seats"]), "1"),
    "begins": Placeholder(
        "When it begins",
        lambda context: written_moment(context["starts_at"], context["time_zone"]) if context["starts_at"] else "",
        "Sunday 14 March 2027, 18:00, Greenwich Mean Time (London)",
    ),
    "place_url": Placeholder("Your place in the line", lambda context: context["place_url"], SAMPLE_URL),
}


@hooks.register("register_mails")
def kinds() -> list[MailKind]:
    return [
        MailKind(
            key=mails.JOINED,
            label="Waiting list: joined",
            when="Sent when somebody joins the waiting list of a session.",
            placeholders=COMMON,
            sample_context=sample,
        ),
        MailKind(
            key=mails.OFFERED,
            label="Waiting list: a seat is free",
            when="Sent when seats are offered to somebody who waits for them.",
            placeholders={
                **COMMON,
                "until": Placeholder(
                    "Until when it is kept",
                    lambda context: written_moment(context["until"], context["time_zone"]),
                    "Sunday 14 March 2027, 18:00, Greenwich Mean Time (London)",
                ),
            },
            sample_context=sample,
        ),
    ]


def sample() -> dict[str, Any]:
    return {
        "name": "Grace Hopper",
        "title": "Sewing for a living",
        "starts_at": datetime(2027, 3, 14, 18, tzinfo=UTC),
        "until": datetime(2027, 3, 1, 18, tzinfo=UTC),
        "time_zone": "UTC",
        "seats": 1,
        "place_url": SAMPLE_URL,
    }
