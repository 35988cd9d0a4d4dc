"""The terms of a plan follow what Stripe says of its subscription; renewals take their lines from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from payments.issues import close_issue, open_issue
from payments.models import Payment, PaymentItem, PaymentLine, Plan, PlanLine, PlanTerms
from payments.models.lines import LineFields
from payments.payables import Line, taxes_within
from receipts.money import split

State = PlanTerms.State


def begin(plan: Plan, payment: Payment) -> PlanTerms:
    """The first terms: what the checkout asked for."""
    lines = list(payment.lines.all())
    terms = PlanTerms.objects.create(
        plan=plan,
        state=State.IN_FORCE,
        origin=PlanTerms.Origin.CHECKOUT,
        amount=sum(line.amount + line.tax for line in lines),
        currency=payment.currency,
        interval=payment.interval,
        asked_at=payment.created_at,
        since=plan.changed_at,
    )
    PlanLine.objects.bulk_create(PlanLine(terms=terms, **line.values()) for line in lines)
    return terms


def ask(
    plan: Plan,
    *,
    lines: Sequence[Line],
    interval: str,
    detail: dict[str, Any],
    origin: str,
    asked_by: Any = None,
    **more: Any,
) -> PlanTerms:
    """Write down a change before Stripe is asked for it. An earlier one that never came through is dropped."""
    plan.terms.filter(state__in=PlanTerms.OPEN).update(state=State.DROPPED)
    terms = PlanTerms.objects.create(
        plan=plan,
        origin=origin,
        asked_by=asked_by,
        amount=sum(line.amount + line.tax for line in lines),
        currency=lines[0].currency,
        interval=interval,
        detail=detail,
        **more,
    )
    _write_lines(terms, lines)
    return terms


def _write_lines(terms: PlanTerms, lines: Iterable[Line]) -> None:
    PlanLine.objects.bulk_create(PlanLine(terms=terms, **line.values()) for line in lines)


def follow(plan: Plan, *, has_pending_update: bool) -> None:
    """Bring the terms up to the plan, which was just brought up to Stripe. Tells the payable of new ones."""
    if not plan.interval:
        open_issue(
            "plan_interval", plan.subscription_id, f"{plan.subscription_id} has an interval that we don't offer."
        )
        return
    close_issue("plan_interval", plan.subscription_id)
    asked = plan.asked_terms()
    if has_pending_update:
        if asked:
            _set_state(asked, State.WAITING)
        return
    current = plan.terms_in_force()
    if asked and asked.says(amount=plan.amount, interval=plan.interval):
        bring_into_force(plan, asked)
    elif current.says(amount=plan.amount, interval=plan.interval):
        if asked and asked.state == State.WAITING:
            # Its payment never came, and Stripe has let go of it.
            _set_state(asked, State.DROPPED)
            if payable := plan.payable():
                payable.terms_dropped(plan, asked)
    else:
        bring_into_force(plan, _given_up(plan, current) or _from_outside(plan, current))


def bring_into_force(plan: Plan, terms: PlanTerms) -> None:
    """The terms take the place of the ones before, and the payable hears of it."""
    plan.terms.filter(state=State.IN_FORCE).update(state=State.REPLACED)
    terms.state, terms.since = State.IN_FORCE, plan.changed_at
    terms.save(update_fields=["state", "since"])
    payable = plan.payable()
    if payable is not None:
        payable.terms_changed(plan, terms)


def _set_state(terms: PlanTerms, state: str) -> None:
    terms.state = state
    terms.save(update_fields=["state"])


def _given_up(plan: Plan, current: PlanTerms) -> PlanTerms | None:
    """A change that we gave up for another one, and whose payment has brought it about all the same."""
    since = plan.terms.filter(state=State.DROPPED, pk__gt=current.pk)
    return since.filter(amount=plan.amount, interval=plan.interval).order_by("-pk").first()


def _from_outside(plan: Plan, current: PlanTerms) -> PlanTerms:
    """Somebody changed the subscription in Stripe's dashboard: a fact, and the offering says what it is for."""
    terms = PlanTerms.objects.create(
        plan=plan,
        # Nobody asked us: a change that was asked for here, and still hangs, must not stand in its way.
        state=State.REPLACED,
        origin=PlanTerms.Origin.OUTSIDE,
        amount=plan.amount,
        currency=current.currency,
        interval=plan.interval,
        asked_at=plan.changed_at,
    )
    payable = plan.payable()
    lines = list(payable.lines_at(amount=plan.amount, interval=plan.interval)) if payable else []
    if sum(line.amount + line.tax for line in lines) == plan.amount and lines:
        _write_lines(terms, lines)
    else:
        PlanLine.objects.bulk_create(PlanLine(terms=terms, **values) for values in part_of(current, plan.amount))
    return terms


def terms_of_invoice(plan: Plan, amount: int) -> PlanTerms:
    """The terms that an invoice of this amount was made by: an old one may be paid after a change."""
    current = plan.terms_in_force()
    if current.amount == amount:
        return current
    earlier = plan.terms.filter(state=State.REPLACED, amount=amount).order_by("-pk").first()
    return earlier or current


def write_payment_lines(terms: PlanTerms, payment: Payment, *, amount: int | None = None) -> None:
    """Give a renewal the items and lines of its plan; of a part of a period, the same part of each."""
    plan = terms.plan
    item = PaymentItem.objects.create(
        payment=payment, payable_kind=plan.payable_kind, payable_id=plan.payable_id, is_open=False
    )
    parts = [line.values() for line in terms.lines.all()] if amount is None else part_of(terms, amount)
    PaymentLine.objects.bulk_create(PaymentLine(payment=payment, item=item, **values) for values in parts)


def bring_to_part(payment: Payment, terms: PlanTerms, *, amount: int) -> None:
    """Bring a payment by these terms, which is not booked yet, to another sum."""
    for line, part in zip(payment.lines.all(), part_of(terms, amount), strict=True):
        brought = ("amount", "tax", "taxes", "advantages")
        for name in brought:
            setattr(line, name, part[name])
        line.save(update_fields=brought)
    payment.amount = amount
    payment.save(update_fields=["amount"])


def part_of(terms: PlanTerms, amount: int) -> list[dict[str, Any]]:
    """The lines of these terms brought to another sum: amounts and taxes by largest remainder.

    Benefits shrink with the money, rounded up: a receipt may then state a cent too little as deductible, never too
    much. They do not grow with it: who pays more for the same gets no more back.
    """
    lines: list[LineFields] = list(terms.lines.all())
    whole = sum(line.amount + line.tax for line in lines)
    if not whole:
        return [{**lines[0].values(), "amount": amount, "tax": 0, "taxes": []}] if lines else []
    shares = split(amount, [part for line in lines for part in (line.amount, line.tax)])
    return [
        {
            **line.values(),
            "amount": shares[2 * place],
            "tax": shares[2 * place + 1],
            "taxes": taxes_within(line.taxes, shares[2 * place + 1]),
            "advantages": [_shrunk(advantage, amount, whole) for advantage in line.advantages],
        }
        for place, line in enumerate(lines)
    ]


def _shrunk(advantage: dict[str, Any], amount: int, whole: int) -> dict[str, Any]:
    if amount >= whole:
        return dict(advantage)
    return {**advantage, "fair_value": -(-int(advantage["fair_value"]) * amount // whole)}
