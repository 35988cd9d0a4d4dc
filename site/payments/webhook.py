"""The door for Stripe's events: verify, store once, answer. All work happens later, in the worker."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments import signatures
from payments.gateway import API_VERSION
from payments.intake import IncomingEvent, store
from payments.issues import open_issue
from payments.signatures import Verdict

log = logging.getLogger(__name__)

# Stripe's largest events stay far below this.
LARGEST_BODY = 1_000_000

FORGED = (
    "The signature does not match this body. If the event is genuine, the body was changed on its way here: a proxy "
    "or middleware must hand it on byte for byte. Or the endpoint's secret is not in STRIPE_WEBHOOK_SECRETS."
)
STALE = "The signature is genuine but older than five minutes: a replay, or this machine's clock is wrong."
OTHER_MODE = "This event belongs to the other mode (live or test) than this site."


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Answer 200 once the event is on disk (or was before), 400 when it is not Stripe's or not this site's."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        return HttpResponseBadRequest("Too large.")
    body = request.body
    verdict = signatures.judge(body, request.headers.get("Stripe-Signature", ""))
    if verdict is Verdict.FORGED:
        # Nothing is written: anybody can send these.
        log.warning("A webhook's signature does not match.")
        return HttpResponseBadRequest(FORGED)
    if verdict is Verdict.STALE:
        open_issue("webhook_clock", "signature", STALE)
        return HttpResponseBadRequest(STALE)
    try:
        event = read_event(body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return HttpResponseBadRequest("This is not an event.")
    if event.livemode != (settings.STRIPE_MODE == "live"):
        open_issue("webhook_mode", "livemode" if event.livemode else "testmode", OTHER_MODE)
        return HttpResponseBadRequest(OTHER_MODE)
    store(event)
    if event.api_version and event.api_version != API_VERSION:
        # The worker re-reads every object in our version, so the event can still be used; the setting is wrong.
        open_issue("webhook_version", event.api_version, f"Events come as {event.api_version}, not {API_VERSION}.")
    return HttpResponse("ok")


def read_event(body: bytes) -> IncomingEvent:
    """The few fields of an event that we believe."""
    return event_from(json.loads(body))


def event_from(content: dict[str, Any]) -> IncomingEvent:
    subject = content["data"]["object"]
    return IncomingEvent(
        event_id=_text(content["id"]),
        type=_text(content["type"]),
        object_kind=_text(subject.get("object", "")),
        object_id=_text(subject.get("id") or ""),
        livemode=bool(content["livemode"]),
        api_version=_text(content.get("api_version") or ""),
        created=datetime.fromtimestamp(int(content["created"]), tz=UTC),
    )


def _text(value: Any) -> str:
    """A text short enough for its column and free of NUL, which PostgreSQL refuses."""
    if not isinstance(value, str) or len(value) > 255 or "\x00" in value:
        raise ValueError("not a short text")
    return value
