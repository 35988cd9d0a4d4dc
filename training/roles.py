"""Who may do what in training. An alias, a bursary and what an applicant wrote are for two of these groups alone.

Trainers hold no permission to view sessions: they see their own (``training.staff.seen``).
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig

from accounts.roles import grant_to_groups
from payments.finance import FINANCE

MANAGERS = "Training managers"
BURSARY_TEAM = "Bursary team"
TRAINERS = "Trainers"

SESSIONS = frozenset({"view_session", "add_session", "change_session"})
TEACHERS = frozenset({"view_trainer", "add_trainer", "change_trainer"})
RULES = frozenset(f"{action}_refundrules" for action in ("view", "add", "change", "delete"))
# "add" gives a seat that nobody paid for, "change" cancels one and writes to who takes part.
ROSTERS = frozenset({"view_enrolment", "add_enrolment", "change_enrolment", "mark_attendance", "export_enrolment"})
CERTIFICATES = frozenset({"view_certificate", "issue_certificate"})
REPORTS = frozenset({"view_trainingreport"})
GROUPS = {
    MANAGERS: SESSIONS | TEACHERS | RULES | ROSTERS | CERTIFICATES | REPORTS | {"see_trainee"},
    BURSARY_TEAM: frozenset(
        {"view_session", "view_application", "decide_application", "overdraw_bursaries", "view_award", "see_trainee"}
    ),
    TRAINERS: frozenset({"mark_attendance"}),
    FINANCE: RULES
    | REPORTS
    | {"view_session", "view_enrolment", "change_enrolment", "export_enrolment", "change_bursarysettings"},
    "Auditors": REPORTS | {"view_session", "view_refundrules", "view_certificate"},
}


def grant(sender: AppConfig, using: str, **kwargs: Any) -> None:
    grant_to_groups(sender, using, GROUPS)
