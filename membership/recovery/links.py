"""The signed link: no personal data in it, good for thirty days, and dead once what it is for is settled or revoked."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from membership.models.recovery import MendLink
from payments.models import Plan, RenewalFailure

SALT = "membership.mend"
GOOD_FOR = timedelta(days=30)


def mend_url(plan: Plan, *, invoice_id: str = "") -> str:
    """The link to be mailed; mails about one invoice share one row, each with thirty days of its own."""
    link, _ = MendLink.objects.get_or_create(plan=plan, invoice_id=invoice_id, revoked_at=None)
    return settings.BASE_URL + reverse("mend", args=[token_of(link)])


def token_of(link: MendLink) -> str:
    return signing.TimestampSigner(salt=SALT).sign(link.nonce.hex)


def find(token: str) -> MendLink | None:
    """The link behind a token; None for every token that is wrong, too old or revoked, without a difference."""
    try:
        nonce = UUID(signing.TimestampSigner(salt=SALT).unsign(token, max_age=GOOD_FOR))
    except (signing.BadSignature, ValueError):
        return None
    links = MendLink.objects.filter(nonce=nonce, revoked_at=None)
    return links.select_related("plan__payer__merged_into").first()


def revoke(plan: Plan) -> int:
    """No link that was mailed about this plan works any more. Returns how many did."""
    return MendLink.objects.filter(plan=plan, revoked_at=None).update(revoked_at=timezone.now())


def failure_of(link: MendLink) -> RenewalFailure | None:
    """The last failed attempt of the invoice that the link is for."""
    return link.plan.failures.filter(invoice_id=link.invoice_id).order_by("-attempt").first()
