"""A guest's link to an invoice: made for whoever may see the order, good for an hour, with nobody's name in it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse

from receipts.models import Invoice

SALT = "receipts.invoice"
GOOD_FOR = timedelta(hours=1)


def invoice_link(invoice: Invoice) -> str:
    """The path of a link that opens this one document without an account.

    Put it on a page that has checked who asks, not into a mail: mails are passed on, and this is over in an hour.
    """
    token = signing.TimestampSigner(salt=SALT).sign(invoice.public_id.hex)
    return reverse("invoice_by_link", args=[token])


def find(token: str) -> Invoice | None:
    """The invoice behind a token; None for every token that is wrong or too old, without a difference."""
    try:
        public_id = UUID(signing.TimestampSigner(salt=SALT).unsign(token, max_age=GOOD_FOR))
    except (signing.BadSignature, ValueError):
        return None
    return Invoice.objects.select_related("payer", "series").filter(public_id=public_id).first()
