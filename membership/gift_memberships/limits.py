"""How many codes may be tried. Sixty bits are too many to guess; nobody needs to try."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from payments.guard.limits import HOUR, MINUTE, Limit
from payments.guard.tallies import take
from payments.guard.visitor import address_key

PER_ADDRESS = Limit("redeem", 10, 10 * MINUTE)
ON_SITE = Limit("redeem_site", 500, HOUR)


def may_try(request: HttpRequest) -> bool:
    now = timezone.now()
    return take(PER_ADDRESS, address_key(request, now), now) and take(ON_SITE, "all", now)
