"""What the rules are asked about, and what they answer. Amounts are minor units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Advantage:
    """Something the payer gets back. `kind` is one of main, complimentary, token, unordered, membership_frequent,
    member_event, near_cash, chance, intangible_religious."""

    label: str
    kind: str = "main"
    fair_value: int = 0
    cost: int | None = None
    bears_logo: bool = False


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One line of a payment, as the rules see it."""

    payment: int
    currency: str
    # donation, membership, shop, shipping, course_fee, event_ticket, raffle, grant, sponsorship, other
    kind: str = "donation"
    method: str = "card"
    donor: str = "person"
    declaration: str | None = None
    advantages: tuple[Advantage, ...] = ()
    earlier_this_year: int = 0
    # What the payer gives in a year, where payments recur: the $75-a-year membership test asks for it.
    yearly_amount: int | None = None


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """The judgement. `statements` name what the document must say; `reasons` tell a person why, in sentences."""

    receiptable: bool
    eligible_amount: int
    advantage: int
    claim_amount: int = 0
    acknowledgement_required: bool = False
    disclosure_required: bool = False
    # The advantages that reduce the eligible amount: what the receipt has to list.
    counted: tuple[Advantage, ...] = ()
    statements: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    rule_version: str = ""


@dataclass(frozen=True, kw_only=True)
class YearlyIndex:
    """The amounts that a tax office sets for one year, with the source they were read in."""

    low_cost_limit: int
    minimum_payment: int
    cap: int
    source: str
