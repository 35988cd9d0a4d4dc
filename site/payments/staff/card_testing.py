"""The "Card testing" panel on the staff's first page, and its button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.log_actions import log

from payments.guard import limits, safe_mode, tallies


class CardTestingPanel(Component):
    name = "card_testing"
    template_name = "payments/staff/card_testing.html"
    order = 160

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        now = timezone.now()
        state = safe_mode.state()
        request = (parent_context or {}).get("request")
        return {
            "state": state,
            "is_on": state.is_on(now),
            "tries": tallies.last_hour("tries", now),
            "refused": tallies.last_hour("refused", now),
            "failed_cards": tallies.last_hour("failed_cards", now),
            "site": limits.site(),
            "may_change": request is not None and request.user.has_perm("payments.change_safemode"),
            # A component's template is drawn without the request.
            "csrf_token": get_token(request) if request else "",
        }


class SafeModeView(PermissionRequiredMixin, View):
    """Switches safe mode on for an hour, or off."""

    permission_required = "payments.change_safemode"
    raise_exception = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        if request.POST.get("turn") == "on":
            safe_mode.switch_on(now)
            log(safe_mode.state(), "payments.safe_mode_on", user=request.user)
            messages.success(request, "Safe mode is on for an hour: every checkout goes on by a mailed link.")
        else:
            safe_mode.switch_off(now)
            log(safe_mode.state(), "payments.safe_mode_off", user=request.user)
            messages.success(request, "Safe mode is off. It goes on by itself when too many checkouts are started.")
        return redirect("wagtailadmin_home")
