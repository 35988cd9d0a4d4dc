"""The recording of a session: for who had a seat and for members of the groups it is open to, until its date."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pages.file_views import stream_kept
from pages.gates import invitation_context, keep_out_of_caches, standing_of
from pages.models import SiteDocument
from training.bookings.access import enrolments_of
from training.models import Session


def is_there(session: Session, at: datetime) -> bool:
    is_in_time = session.replay_until is None or at < session.replay_until
    return session.replay_id is not None and is_in_time and session.state == Session.State.OPEN


def may_watch(request: HttpRequest, session: Session) -> bool:
    """Asked at every request: a membership may have ended, a seat may have been given up."""
    groups = set(session.replay_groups.values_list("pk", flat=True))
    return bool(groups & standing_of(request).open) or enrolments_of(request).filter(session=session).exists()


def is_a_replay(document: SiteDocument) -> bool:
    return Session.objects.filter(replay=document.pk).exists()


@require_safe
def replay(request: HttpRequest, session: UUID) -> HttpResponseBase:
    """The file itself. Members of another tier are told how to get in; to anybody else it does not exist."""
    found = get_object_or_404(Session.objects.select_related("replay"), public_id=session)
    if found.replay is None or not is_there(found, timezone.now()):
        raise Http404
    if may_watch(request, found):
        return stream_kept(request, found.replay)
    groups = frozenset(found.replay_groups.values_list("pk", flat=True)) & standing_of(request).kept
    if not groups:
        raise Http404
    response = render(request, "pages/members_file.html", invitation_context(request, groups), status=403)
    keep_out_of_caches(response)
    return response
