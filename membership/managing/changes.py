"""Asking for other terms, and saying truly what came of it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from membership.managing.owned import Owned
from membership.managing.quotes import Quote
from membership.managing.wanted import Wanted
from membership.managing.words import ON_ITS_WAY
from payments import changing
from payments.models import PlanTerms
from receipts.money import format_amount

WAITS = "The payment did not go through, so nothing has changed yet. Below you can pay or approve it at your bank."
DROPPED = "This change was not made. Please look at it again."


def ask(request: HttpRequest, owned: Owned, wanted: Wanted, quote: Quote, *, starts_at: datetime | None = None) -> None:
    """Ask Stripe, and put the answer into a message.

    Raises:
        changing.ChangeUnavailable, changing.ChangeRefused: as their names say.
    """
    asked = changing.change(
        owned.running_plan,
        lines=wanted.lines,
        interval=wanted.interval,
        detail=wanted.detail,
        origin=PlanTerms.Origin.SUPPORTER,
        asked_by=request.user,
        moment=quote.moment,
        starts_at=starts_at,
        public_id=quote.public_id,
    )
    owned.reload()
    _tell(request, owned, asked, quote)


def _tell(request: HttpRequest, owned: Owned, asked: PlanTerms, quote: Quote) -> None:
    if asked.state == PlanTerms.State.IN_FORCE:
        messages.success(request, _saved(owned, asked, quote))
    elif asked.state == PlanTerms.State.WAITING:
        messages.warning(request, WAITS)
    elif asked.state == PlanTerms.State.ASKED:
        messages.info(request, ON_ITS_WAY)
    else:
        messages.warning(request, DROPPED)


def _saved(owned: Owned, asked: PlanTerms, quote: Quote) -> str:
    locale = get_language() or "en"
    sum_ = format_amount(asked.amount, asked.currency, locale)
    if quote.due_now:
        charged = format_amount(quote.due_now, asked.currency, locale)
        return f"Saved: {charged} was charged, and you pay {sum_} a {asked.interval} from now on."
    due = owned.running_plan.next_payment_at
    day = date_format(timezone.localtime(due), "j F Y") if due else ""
    return f"Saved: you pay {sum_} a {asked.interval}" + (f", first on {day}." if day else ".")
