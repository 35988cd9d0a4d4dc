"""Leaving the wall of a campaign: who asked to be shown there may think better of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from membership.campaign_wall import take_off
from membership.models import Gift


@never_cache
@login_required
@require_POST
def leave_wall(request: HttpRequest, public_id: UUID) -> HttpResponse:
    gift = get_object_or_404(Gift.objects.of_user(request.user).begun(), public_id=public_id)
    take_off(gift)
    messages.success(request, "Your gift is not shown to others any more.")
    return redirect("account_home")
