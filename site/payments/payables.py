"""The seam between Stripe and what we offer: implement ``Payable`` and it can be paid for.

An offering's model answers ``lines()`` once, when the checkout starts; from then on the stored rows speak. The
other methods are called inside the transaction that books the money, so what they write commits or vanishes with
it. They must not talk to the network.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.apps import apps

from receipts.money import split

if TYPE_CHECKING:
    from payments.models import Plan, PlanTerms
    from receipts.models import Fund, Transaction


@dataclass(frozen=True, kw_only=True)
class Line:
    """One amount of a payable, in minor units of ``currency``, and the income account and fund it belongs to."""

    account: str
    fund: Fund
    amount: int
    currency: str
    description: str
    # What the payer gets back: dicts with label, kind, fair_value, cost (minor units) and bears_logo.
    advantages: tuple[dict[str, Any], ...] = ()
    yearly_amount: int | None = None
    tax: int = 0
    # Short and opaque, such as "campaign:7": the ledger's entry carries it. Empty: the plan, where there is one.
    subject: str = ""
    # How many of one thing; ``amount`` (net) and ``tax`` are for all of them.
    quantity: int = 1
    # What the tax is made of: dicts with name, rate (percent, as text: "19.0000") and amount, which sum to ``tax``.
    taxes: tuple[dict[str, Any], ...] = ()

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError("A line is of one thing or more.")
        if self.taxes and sum(int(tax["amount"]) for tax in self.taxes) != self.tax:
            raise ValueError("The taxes of a line sum to its tax.")

    def values(self) -> dict[str, Any]:
        """The columns of the row that keeps this line (``payments.models.lines``)."""
        return {
            "account": self.account,
            "fund": self.fund,
            "amount": self.amount,
            "tax": self.tax,
            "quantity": self.quantity,
            "taxes": list(self.taxes),
            "description": self.description,
            "advantages": list(self.advantages),
            "yearly_amount": self.yearly_amount,
            "subject": self.subject,
        }


def taxes_within(taxes: Sequence[dict[str, Any]], tax: int) -> list[dict[str, Any]]:
    """A line's taxes brought to another sum, by largest remainder: of a part of the line, or what is left of it."""
    if not taxes or not any(int(one["amount"]) for one in taxes):
        return []
    shares = split(tax, [int(one["amount"]) for one in taxes])
    return [{**one, "amount": share} for one, share in zip(taxes, shares, strict=True)]


class Payable(Protocol):
    """Something that can be paid for once."""

    pk: Any

    def lines(self) -> Sequence[Line]:
        """What is to be paid, fixed at the start of the checkout."""

    def pending(self) -> None:
        """A checkout was started: hold the seat, reserve the stock."""

    def paid(self, transaction: Transaction | None) -> None:
        """The money is in the books (None: there was nothing to pay). Fulfil."""

    def refunded(self, transaction: Transaction) -> None:
        """Money went back; ``transaction`` is the refund's."""

    def refund_failed(self, transaction: Transaction) -> None:
        """The money did not go back after all; ``transaction`` is the one that reverses the refund."""

    def released(self) -> None:
        """The checkout ended without money: give back what was held."""


class Recurring(Payable, Protocol):
    """Something that a Stripe subscription keeps paid."""

    interval: str

    def plan_changed(self, plan: Plan) -> None:
        """Stripe's subscription changed: its state, its period, or what was paid."""

    def lines_at(self, *, amount: int, interval: str) -> Sequence[Line]:
        """What one payment is for, if somebody changed the amount or the interval in Stripe's own dashboard."""

    def terms_changed(self, plan: Plan, terms: PlanTerms) -> None:
        """Other terms are in force: what one payment is from now on. ``terms.detail`` is what the change was given."""

    def terms_dropped(self, plan: Plan, terms: PlanTerms) -> None:
        """Other terms that were asked for will not come: their first payment did not."""

    def renewal_failed(self, plan: Plan, *, attempt: int, is_last: bool) -> None:
        """An attempt to collect a renewal failed; called once an attempt. ``plan.failures`` says why."""

    def renewal_recovered(self, plan: Plan) -> None:
        """A renewal that had failed is paid after all; called once an invoice, after ``paid``."""


def kind_of(payable: Payable) -> str:
    """The name by which rows remember a payable, such as ``membership.membership``."""
    return str(cast(Any, payable)._meta.label_lower)


def find_payable(kind: str, pk: int) -> Payable | None:
    """The payable behind a stored kind and key; None when the offering or the row is gone."""
    try:
        model = apps.get_model(kind)
    except LookupError:
        return None
    return cast("Payable | None", model._default_manager.filter(pk=pk).first())


def fingerprint(lines: Sequence[Line], interval: str) -> str:
    """A short text that differs when anything of any line, or the interval, differs."""
    terms = [interval, *map(_terms_of, lines)]
    return hashlib.sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest()


def _terms_of(line: Line) -> dict[str, Any]:
    return {**line.values(), "fund": line.fund.pk, "currency": line.currency}
