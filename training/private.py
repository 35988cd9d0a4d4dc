"""What only two roles may know of a trainee: who is behind an alias, and what somebody wrote who asked for a bursary.

Each look is written down before anything is shown, whatever comes of it.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.log_actions import log

from training.models import Application, Enrolment

SAW_PERSON = "training.see_person"
READ = "training.read_application"


def see_person(enrolment: Enrolment, *, by: Any, why: str) -> str:
    """The trainee's name, also where lists show an alias. Raises PermissionDenied."""
    _refuse_without(by, "training.see_trainee")
    log(enrolment, SAW_PERSON, user=by, data={"why": why})
    return enrolment.person or enrolment.shown_as


def read_application(application: Application, *, by: Any, why: str) -> str:
    """What the applicant wrote. Raises PermissionDenied."""
    _refuse_without(by, "training.decide_application")
    log(application, READ, user=by, data={"why": why})
    return application.words


def _refuse_without(user: Any, permission: str) -> None:
    if not user.has_perm(permission):
        raise PermissionDenied
