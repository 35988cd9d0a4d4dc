"""Which sessions a member of staff sees: all of them, or as a trainer their own, and no others."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from training.models import Session

VIEW, TEACH = "training.view_session", "training.mark_attendance"


def sessions_for(user: Any) -> QuerySet[Session]:
    if user.has_perm(VIEW):
        return Session.objects.all()
    if user.has_perm(TEACH):
        return Session.objects.of_trainer(user)
    return Session.objects.none()


def may_see_roster(user: Any) -> bool:
    """Of the sessions that they see: who takes part, under the names on lists."""
    return bool(user.has_perm("training.view_enrolment") or user.has_perm(TEACH))


class SessionPolicy(ModelPermissionPolicy):
    """A trainer comes to the listing too, which then shows their own."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(super().user_has_permission(user, action) or (action == "view" and user.has_perm(TEACH)))
