"""What was typed, kept for an hour for whoever has the mailed link, and only for them.

The key is made from the link's token, of which we keep a hash: without the mail, nobody can read the row.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac

from payments.guard import limits, tallies
from payments.models import HeldForm

GOOD_FOR = timedelta(hours=1)
# The name of the pass in a form, in a session, and of its signature.
FIELD = "guard_pass"


@dataclass(frozen=True, kw_only=True)
class Typed:
    path: str
    email: str
    form: QueryDict


def hold(form: QueryDict, *, path: str, email: str, now: datetime) -> str:
    """Keep a form and return the token of the link to it."""
    token = secrets.token_urlsafe(32)
    HeldForm.objects.create(
        token_hash=_hash(token),
        path=path,
        sealed=_fernet(token).encrypt(json.dumps([email, form.urlencode()]).encode()),
        expires_at=now + GOOD_FOR,
    )
    return token


def is_there(token: str, now: datetime) -> bool:
    return HeldForm.objects.filter(token_hash=_hash(token), expires_at__gt=now).exists()


def take_out(token: str, now: datetime) -> Typed | None:
    """The form, once: of two clicks, the one that deletes the row has it."""
    held = HeldForm.objects.filter(token_hash=_hash(token), expires_at__gt=now).first()
    if held is None or not HeldForm.objects.filter(pk=held.pk).delete()[0]:
        return None
    email, form = json.loads(_fernet(token).decrypt(bytes(held.sealed)))
    return Typed(path=held.path, email=email, form=QueryDict(form))


# -- Who came by the link may start a few checkouts: Stripe may be away for a moment, or they turn back ---------


def let_pass(request: HttpRequest, email: str) -> str:
    """A pass for this e-mail address: for this browser's session, and for the form (a session is lost with a 503)."""
    passed = signing.dumps([secrets.token_hex(16), _marked(email)], salt=FIELD)
    request.session[FIELD] = passed
    return passed


def pass_of(request: HttpRequest) -> str:
    return str(request.POST.get(FIELD) or request.session.get(FIELD) or "")


def may_pass(request: HttpRequest, email: str, now: datetime) -> bool:
    try:
        name, whose = signing.loads(pass_of(request), salt=FIELD, max_age=GOOD_FOR)
    except signing.BadSignature:
        return False
    return bool(whose == _marked(email)) and tallies.take(limits.PASS, name, now)


def _marked(email: str) -> str:
    return salted_hmac(FIELD, email.strip().lower(), algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _fernet(token: str) -> Fernet:
    key = hashlib.sha256(f"held form:{settings.SECRET_KEY}:{token}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
