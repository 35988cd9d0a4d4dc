"""What the staff pages about one session have in common."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from wagtail.log_actions import log

from receipts.staff.acting import ListedAction
from training.models import Session
from training.staff.seen import sessions_for


class TrainingPage(ListedAction):
    """A page of whoever has one of ``any_of``."""

    any_of: tuple[str, ...] = ()
    came_from = ("training_sessions:index", "Sessions")
    header_icon = "date"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        held = [name for name in (*self.any_of, self.permission) if name and request.user.has_perm(name)]
        if not held:
            raise PermissionDenied
        self.permission = held[0]
        return super().dispatch(request, *args, **kwargs)


class SessionPage(TrainingPage):
    """About a session that they see: another trainer's does not exist."""

    session: Session

    def find(self, named: dict[str, int]) -> None:
        seen = sessions_for(self.request.user).select_related("page")
        self.session = get_object_or_404(seen, pk=named["pk"])

    @property
    def session_url(self) -> str:
        return reverse("training_sessions:inspect", args=[self.session.pk])

    def get_page_subtitle(self) -> str:
        return str(self.session)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        *above, here = super().get_breadcrumbs_items()
        return [*above, {"url": self.session_url, "label": str(self.session)}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"session": self.session, "session_url": self.session_url, **kwargs})

    def note(self, action: str, **data: Any) -> None:
        """Write down who did it. Nothing personal: it outlives who took part."""
        log(instance=self.session, action=action, user=self.request.user, data=data or None)

    def back(self, anchor: str = "") -> HttpResponse:
        return redirect(self.session_url + anchor)
