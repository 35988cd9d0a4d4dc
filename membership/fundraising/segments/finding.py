"""From a question to the supporters it is about, as one query whatever was asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Lower

from accounts.choices import PURPOSES
from accounts.models import MailChoice
from membership.fundraising.segments.criteria import CriteriaForm, after
from membership.fundraising.segments.giving import from_day, giving_by_supporter
from membership.models import Gift, Membership
from membership.states import State
from payments.models import Plan
from receipts.models import Payer
from receipts.supporters import supporters

GOING = (State.ACTIVE, State.CANCEL_AT_END)
OVER = (State.CANCELLED, State.UNPAID)
BEGUN = (*GOING, *OVER, State.PAST_DUE, State.PAUSED)
YEAR = timedelta(days=365)


def find_supporters(form: CriteriaForm, *, today: date) -> QuerySet[Payer]:
    """Whom a valid question is about: never an erased payer, and nobody twice."""
    asked = form.cleaned_data
    payers = supporters().filter(erased_at=None)
    for condition in (_giving(form), _lasting(asked, today), _recurring(asked), _tier(asked)):
        if condition is not None:
            payers = payers.filter(condition)
    return _reached(_known(payers, asked), asked, today).order_by("name", "pk")


def _known(payers: QuerySet[Payer], asked: dict[str, Any]) -> QuerySet[Payer]:
    if asked["kind"]:
        payers = payers.filter(kind=asked["kind"])
    if asked["country"]:
        payers = payers.filter(country=asked["country"])
    if asked["region"]:
        payers = payers.filter(region__iexact=asked["region"].strip())
    return payers


def _reached(payers: QuerySet[Payer], asked: dict[str, Any], today: date) -> QuerySet[Payer]:
    if asked["has_email"]:
        payers = payers.filter(email="") if asked["has_email"] == "no" else payers.exclude(email="")
    if asked["wants"]:
        payers = _wanting(payers, asked["wants"])
    if asked["card_expires"]:
        until = today + timedelta(days=int(asked["card_expires"]))
        cards = Plan.objects.running().filter(card_expires__gte=today, card_expires__lte=until)
        payers = payers.filter(pk__in=_supporters(cards))
    return payers


def _wanting(payers: QuerySet[Payer], purpose: str) -> QuerySet[Payer]:
    """Who may be written to for this purpose, by what they chose last (accounts.choices)."""
    chosen = MailChoice.objects.filter(purpose=purpose)
    payers = payers.exclude(email="").annotate(address=Lower("email"))
    if PURPOSES[purpose].is_on:
        return payers.exclude(address__in=chosen.filter(wanted=False).values("email"))
    return payers.filter(address__in=chosen.filter(wanted=True).values("email"))


def _supporters(rows: Any) -> Any:
    """The payers that stand for those of these rows."""
    return rows.order_by().annotate(supporter=Coalesce("payer__merged_into_id", "payer_id")).values("supporter")


def _giving(form: CriteriaForm) -> Q | None:
    """Who gave something, or so much, in some days and for some purpose."""
    asked = form.cleaned_data
    within = Q()
    if asked["gave_from"]:
        within &= Q(transaction__occurred_at__gte=from_day(asked["gave_from"]))
    if asked["gave_until"]:
        within &= Q(transaction__occurred_at__lt=from_day(after(asked["gave_until"])))
    if asked["purpose"]:
        purpose = form.purposes[asked["purpose"]]
        within &= Q(subject=purpose.campaign.subject) if purpose.campaign else Q(fund=purpose.fund)
    least, most = asked["total_from"], asked["total_to"]
    if not within and least is None and most is None:
        return None
    gave = giving_by_supporter(within, dated=False).filter(total__gte=max(least or 0, 1))
    if most is not None:
        gave = gave.filter(total__lte=most)
    return Q(pk__in=gave.values("supporter"))


def _lasting(asked: dict[str, Any], today: date) -> Q | None:
    """By the day of the first and of the last gift, among all: one look at the books for all that is asked of it."""
    bounds = [_between(name, asked) for name in ("first", "last")]
    if asked["preset"]:
        bounds.append(_preset(asked["preset"], today))
    if not any(bounds):
        return None
    gave = giving_by_supporter()
    for bound in bounds:
        gave = gave.filter(**bound)
    return Q(pk__in=gave.values("supporter"))


def _between(name: str, asked: dict[str, Any]) -> dict[str, Any]:
    bound = {}
    if asked[f"{name}_from"]:
        bound[f"{name}__gte"] = from_day(asked[f"{name}_from"])
    if asked[f"{name}_until"]:
        bound[f"{name}__lt"] = from_day(after(asked[f"{name}_until"]))
    return bound


def _preset(preset: str, today: date) -> dict[str, Any]:
    """The questions that are asked every year, from the calendar of the day on which they are asked."""
    this_year, last_year = from_day(date(today.year, 1, 1)), from_day(date(today.year - 1, 1, 1))
    bounds: dict[str, dict[str, Any]] = {
        "lybunt": {"last__gte": last_year, "last__lt": this_year},
        "sybunt": {"last__lt": this_year},
        "new": {"first__gte": this_year},
        "lapsed": {"last__lt": from_day(today - YEAR)},
    }
    return {"total__gt": 0, **bounds[preset]}


def _recurring(asked: dict[str, Any]) -> Q | None:
    """By what became of their regular support; somebody with two of them is what the better one is."""
    wanted = asked["recurring"]
    if not wanted:
        return None
    if wanted == "none":
        return ~_with(BEGUN)
    if wanted == "lapsed":
        return _with(OVER) & ~_with((*GOING, State.PAST_DUE, State.PAUSED))
    return _with({"active": GOING, "past_due": (State.PAST_DUE,), "paused": (State.PAUSED,)}[wanted])


def _with(states: Any) -> Q:
    members = Membership.objects.filter(state__in=states)
    givers = Gift.objects.filter(state__in=states).exclude(interval="")
    return Q(pk__in=_supporters(members)) | Q(pk__in=_supporters(givers))


def _tier(asked: dict[str, Any]) -> Q | None:
    if not asked["tier"]:
        return None
    members = Membership.objects.filter(tier=int(asked["tier"]), state__in=(*GOING, State.PAST_DUE, State.PAUSED))
    return Q(pk__in=_supporters(members))
