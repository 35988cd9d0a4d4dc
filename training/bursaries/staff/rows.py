"""An application as a row of the team's list."""

from __future__ import annotations

from django.utils import timezone

from training.models import Application, Award, Enrolment


def award_of(application: Application) -> Award | None:
    return getattr(application, "award", None)


def state_of(application: Application) -> str:
    if application.state != Application.State.APPROVED:
        return str(application.get_state_display())
    if application.enrolment.state == Enrolment.State.KEPT:
        return "Approved, rest to be paid"
    return "Approved" if application.enrolment.is_confirmed else "Approved, given up"


def fee_of(application: Application) -> int:
    """The price of its seat: what stands on the seat is what the applicant pays, once that is decided."""
    award = award_of(application)
    return application.enrolment.price + (award.amount if award else 0)


def asked_for(application: Application) -> int:
    return max(fee_of(application) - application.can_pay, 0)


def age_of(application: Application) -> str:
    """For how long it has waited, or did."""
    until = application.decided_at or timezone.now()
    days = (until - application.submitted_at).days
    return "Less than a day" if not days else f"{days} day{'' if days == 1 else 's'}"
