"""Finding a supporter by what staff have in hand: a name, an e-mail address, a postcode, a receipt, an id of Stripe's.

What is exact is looked up in an index first; only a text that is none of it is sought in all names.
"""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from wagtail import hooks

from receipts.models import Payer, Receipt
from receipts.models.payers import PLAIN_POSTCODE

LONGEST = 100
MOST_WORDS = 6
POSTCODE = re.compile(r"(?=.*[0-9])[a-z0-9-]{3,12}")


def find_payers(text: str) -> QuerySet[Payer]:
    """The payers that stand for what was found: a merged one leads to the one it was merged into."""
    text = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if not text:
        return Payer.objects.live()
    rows = _rows(text)
    merged = rows.exclude(merged_into=None).values("merged_into")
    return Payer.objects.live().filter(Q(pk__in=rows.values("pk")) | Q(pk__in=merged))


def _rows(text: str) -> QuerySet[Payer]:
    for look in (_by_id, _by_email, _by_receipt, _by_postcode):
        found = look(text)
        if found is not None and found.exists():
            return found
    words = Q()
    for word in text.split()[:MOST_WORDS]:
        words &= Q(name__icontains=word)
    return Payer.objects.filter(words | Q(email__icontains=text))


def _by_id(text: str) -> QuerySet[Payer] | None:
    """Ids of other apps, by the hook `find_payers`: (text) -> keys of payers."""
    found = [pk for look in hooks.get_hooks("find_payers") for pk in look(text)]
    return Payer.objects.filter(pk__in=found) if found else None


def _by_email(text: str) -> QuerySet[Payer] | None:
    if "@" not in text:
        return None
    return Payer.objects.annotate(address=Lower("email")).filter(address=text.lower())


def _by_receipt(text: str) -> QuerySet[Payer]:
    return Payer.objects.filter(pk__in=Receipt.objects.filter(label=text.upper()).values("payer"))


def _by_postcode(text: str) -> QuerySet[Payer] | None:
    plain = text.lower().replace(" ", "")
    if not POSTCODE.fullmatch(plain):
        return None
    return Payer.objects.annotate(plain_postcode=PLAIN_POSTCODE).filter(plain_postcode=plain)
