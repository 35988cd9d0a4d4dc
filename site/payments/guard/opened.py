"""Whether a form was looked at and filled in by a person, as far as its answer tells."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.utils.crypto import get_random_string

FIELD = "opened"
OPEN_AT_MOST = 24 * 60 * 60

_signer = TimestampSigner(salt="payments.guard.opened")


def stamp(request: HttpRequest) -> str:
    """When the form was opened, signed. A second page of the same form keeps the first one's."""
    posted = request.POST.get(FIELD, "") if request.method == "POST" else ""
    return posted if _age_is(posted, at_most=OPEN_AT_MOST) else _signer.sign(get_random_string(6))


def looks_hurried(request: HttpRequest) -> bool:
    """Sent without opening the form, or faster than anybody types, or by something that is not a browser."""
    least: int = settings.GUARD_SECONDS_TO_FILL_IN
    if not least:
        return False
    if "Origin" not in request.headers and "Sec-Fetch-Site" not in request.headers:
        return True
    posted = request.POST.get(FIELD, "")
    return not _age_is(posted, at_most=OPEN_AT_MOST) or _age_is(posted, at_most=least)


def _age_is(posted: str, *, at_most: int) -> bool:
    try:
        _signer.unsign(posted, max_age=at_most)
    except BadSignature:
        return False
    return True
