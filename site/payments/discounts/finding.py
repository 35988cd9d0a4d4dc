"""Looking up what a customer typed, and what it takes off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from payments.currencies import step_of
from payments.discounts.people import email_key
from payments.discounts.refusals import CodeRefused, CodeUsedUp
from payments.guard.limits import HOUR, MINUTE, Limit
from payments.guard.tallies import ALL, add, so_far
from payments.guard.visitor import address_key
from payments.models import DiscountCode, DiscountUse
from receipts.models import Payer
from receipts.money import format_amount, split

LONGEST = 40
# Wrong codes. A shop's codes are words, so programs would find them.
PER_ADDRESS = Limit("code", 10, 10 * MINUTE)
ON_SITE = Limit("code_site", 1000, HOUR)

UNKNOWN = "We don’t know this code. Check how it is written, or go on without it."
TOO_MANY = "That were too many codes. Wait ten minutes, or go on without one."
NOT_YET = "This code can’t be used yet."
OVER = "This code is over. Go on without it, or try another."
USED_UP = "This code has been used up. Go on without it, or try another."
YOURS_USED = "You have used this code already. Go on without it, or try another."


def look_up(
    request: HttpRequest, text: str, *, email: str, total: int, currency: str, own: DiscountUse | None = None
) -> DiscountCode:
    """``find`` for a visitor, of whom wrong codes are counted. Raises CodeRefused."""
    now = timezone.now()
    visitor = address_key(request, now)
    if so_far(PER_ADDRESS, visitor, now) >= PER_ADDRESS.most or so_far(ON_SITE, ALL, now) >= ON_SITE.most:
        raise CodeRefused(TOO_MANY)
    try:
        return find(text, email=email, total=total, currency=currency, on=now, own=own)
    except UnknownCode:
        add(PER_ADDRESS, visitor, now)
        add(ON_SITE, ALL, now)
        raise


class UnknownCode(CodeRefused):
    """Nothing of this name, or a name that only staff should know of."""


def find(
    text: str, *, email: str, total: int, currency: str, on: datetime, own: DiscountUse | None = None
) -> DiscountCode:
    """The code that was typed, if it can be used for goods of this total (minor units, before the discount).

    ``email`` may be empty while nobody knows it; ``own`` is the use that this basket holds, which never stands in its
    own way. Nothing is claimed here: that is ``DiscountUse.pending``. Raises CodeRefused.
    """
    typed = "".join(text.split())
    # A NUL is no text to PostgreSQL.
    is_a_word = 0 < len(typed) <= LONGEST and typed.isprintable()
    code = DiscountCode.objects.filter(code__iexact=typed).first() if is_a_word else None
    if code is None or not code.is_active:
        raise UnknownCode(UNKNOWN)
    _refuse_by_time(code, on)
    _refuse_by_total(code, total, currency)
    _refuse_by_uses(code, email, own)
    return code


def _refuse_by_time(code: DiscountCode, on: datetime) -> None:
    if code.starts_at and on < code.starts_at:
        raise CodeRefused(NOT_YET)
    if code.ends_at and on >= code.ends_at:
        raise CodeRefused(OVER)


def _refuse_by_total(code: DiscountCode, total: int, currency: str) -> None:
    # An amount in another currency is another amount: such a code was made when the books were kept in that one.
    if currency != code.currency and (code.amount is not None or code.least_total):
        raise UnknownCode(UNKNOWN)
    if code.least_total and total < code.least_total:
        least = format_amount(code.least_total, code.currency)
        raise CodeRefused(f"This code is for purchases of {least} and more, without shipping and gifts.")


def _refuse_by_uses(code: DiscountCode, email: str, own: DiscountUse | None) -> None:
    counting = DiscountUse.objects.counting().filter(code=code)
    own_pk = own.pk if own else 0
    held_here = 1 if counting.filter(pk=own_pk).exists() else 0
    if code.most_uses is not None and code.uses - held_here >= code.most_uses:
        raise CodeUsedUp(USED_UP)
    if code.most_uses_per_payer is None or not email:
        return
    theirs = counting.filter(person=email_key(email), place__isnull=False)
    if theirs.exclude(pk=own_pk).count() >= code.most_uses_per_payer:
        raise CodeUsedUp(YOURS_USED)


def apply(code: DiscountCode, amounts: Sequence[int]) -> list[int]:
    """What the code takes off each line: together exactly its worth, and of no line more than it costs."""
    total = sum(amounts)
    if total <= 0:
        return [0] * len(amounts)
    off, step = min(_off(code, total), total), step_of(code.currency or "USD")
    if off == total:
        return list(amounts)
    if any(amount % step for amount in amounts):
        # No card can pay these anyhow.
        step = 1
    # Down to what a card can pay, in all and of each line: what is left of it may be given back alone.
    return [step * part for part in split(off // step, amounts)]


def _off(code: DiscountCode, total: int) -> int:
    if code.percent is None:
        return code.amount or 0
    hundredths = int(code.percent * 100)
    return (total * hundredths * 2 + 10_000) // 20_000


def prepare_use(code: DiscountCode, *, payer: Payer, amount: int, currency: str) -> DiscountUse:
    """The row that goes into the checkout, last of its payables. It claims nothing: that is ``DiscountUse.pending``."""
    return DiscountUse.objects.create(code=code, payer=payer, amount=amount, currency=currency)
