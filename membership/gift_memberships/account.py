""" "Memberships you gave" on the account page."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.sections import AccountSection
from membership.models import GiftMembership

SHOWN = 20


def section(request: HttpRequest) -> AccountSection | None:
    mine = GiftMembership.objects.of_user(request.user).exclude(paid_at=None).select_related("tier")
    given = list(mine[:SHOWN])
    if not given:
        return None
    return AccountSection(
        order=20,
        title="Memberships you gave",
        template_name="membership/gift_memberships_account.html",
        context={"given": given},
    )
