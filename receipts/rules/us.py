"""United States: what of a payment is deductible, and what the charity must say about it.

IRC 170(f)(8) and 6115, IRS Publication 1771, Rev. Proc. 90-12 and 92-49. Thresholds are exact to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable

from receipts.rules.contribution import Advantage, Assessment, Contribution, YearlyIndex

VERSION = "us-2026.1"
CURRENCY = "USD"

GIFTS = frozenset({"donation", "membership"})
# IRC 170(f)(8): a single contribution of this much needs a written acknowledgment.
ACKNOWLEDGED_FROM = 250_00
# IRC 6115: a payment above this, partly for goods or services, needs a disclosure.
DISCLOSED_ABOVE = 75_00
# Treas. Reg. 1.170A-13(f)(8)(i)(B): not indexed.
MEMBERSHIP_UP_TO = 75_00
# Rev. Proc. 90-12: benefits of at most this part (1/50 = 2 %) of the payment, up to the cap.
SMALL_PART = 50

NOT_A_GIFT = {
    "shop": "A purchase is not a gift.",
    "shipping": "Postage is not a gift.",
    "course_fee": "A course fee is not a gift.",
    "event_ticket": "A ticket is not a gift.",
    "raffle": "A raffle chance is not a gift.",
    "grant": "A grant gets an acknowledgement of its own, not a tax receipt.",
    "sponsorship": "A sponsorship is not a gift.",
}


def assess(contribution: Contribution, index: YearlyIndex | None, year: int) -> Assessment:
    """Judge one line by the rules of the year it was paid in. `index` is None when that year's amounts are unknown."""
    if contribution.kind not in GIFTS:
        return _nothing(contribution, NOT_A_GIFT.get(contribution.kind, "This is not a gift."))
    reasons: list[str] = []
    counted = _that_count(contribution, index, year, reasons)
    worth = sum(advantage.fair_value for advantage in counted)
    if worth >= contribution.payment:
        return _nothing(contribution, "What the payer gets back is worth the whole payment.")
    return Assessment(
        receiptable=True,
        eligible_amount=contribution.payment - worth,
        advantage=worth,
        acknowledgement_required=contribution.payment >= ACKNOWLEDGED_FROM,
        disclosure_required=contribution.payment > DISCLOSED_ABOVE and worth > 0,
        counted=tuple(counted),
        statements=_statements(contribution, worth),
        reasons=tuple(reasons),
        rule_version=VERSION,
    )


def _nothing(contribution: Contribution, reason: str) -> Assessment:
    worth = sum(advantage.fair_value for advantage in contribution.advantages)
    return Assessment(
        receiptable=False,
        eligible_amount=0,
        advantage=min(worth, contribution.payment),
        reasons=(reason,),
        rule_version=VERSION,
    )


def _that_count(
    contribution: Contribution, index: YearlyIndex | None, year: int, reasons: list[str]
) -> list[Advantage]:
    """The advantages that reduce the deduction. Adds to `reasons` what was disregarded and why."""
    left = [advantage for advantage in contribution.advantages if advantage.kind != "intangible_religious"]
    left = _without_membership_rights(contribution, left, index, reasons)
    if not left:
        return []
    if contribution.currency != CURRENCY:
        reasons.append("The exceptions for small benefits are set in US dollars, so they were not applied.")
        return left
    if index is None:
        reasons.append(
            f"The IRS amounts for small benefits in {year} are not known to us yet, so we count their full value."
        )
        return left
    left = _without_unordered(left, index, reasons)
    if _is_small_part(contribution, left, index):
        reasons.append("The benefits are worth at most 2 % of the payment and no more than the yearly cap.")
        return []
    if _are_tokens(contribution, left, index):
        reasons.append("The only benefits are low-cost articles that bear our name or logo.")
        return []
    return left


def _without_membership_rights(
    contribution: Contribution, advantages: list[Advantage], index: YearlyIndex | None, reasons: list[str]
) -> list[Advantage]:
    """Memberships of $75 a year or less: rights used frequently, and low-cost events for members."""
    a_year = contribution.payment if contribution.yearly_amount is None else contribution.yearly_amount
    if contribution.kind != "membership" or contribution.currency != CURRENCY or a_year > MEMBERSHIP_UP_TO:
        return advantages

    def is_right(advantage: Advantage) -> bool:
        if advantage.kind == "member_event":
            return bool(index) and _costs_at_most(advantage, index)
        return advantage.kind == "membership_frequent"

    kept = [advantage for advantage in advantages if not is_right(advantage)]
    if len(kept) < len(advantages):
        reasons.append("Rights that members of $75 a year or less can use frequently are disregarded.")
    return kept


def _without_unordered(advantages: list[Advantage], index: YearlyIndex, reasons: list[str]) -> list[Advantage]:
    """Low-cost articles sent free and unasked; all of them together stay within the limit."""
    unordered = [advantage for advantage in advantages if advantage.kind == "unordered"]
    if not unordered or not _cost_at_most(unordered, index):
        return advantages
    reasons.append("Low-cost articles sent free and unasked are disregarded.")
    return [advantage for advantage in advantages if advantage.kind != "unordered"]


def _is_small_part(contribution: Contribution, advantages: list[Advantage], index: YearlyIndex) -> bool:
    worth = sum(advantage.fair_value for advantage in advantages)
    return bool(advantages) and worth * SMALL_PART <= contribution.payment and worth <= index.cap


def _are_tokens(contribution: Contribution, advantages: list[Advantage], index: YearlyIndex) -> bool:
    are_tokens = all(advantage.kind == "token" and advantage.bears_logo for advantage in advantages)
    enough = contribution.payment >= index.minimum_payment
    return bool(advantages) and are_tokens and enough and _cost_at_most(advantages, index)


def _costs_at_most(advantage: Advantage, index: YearlyIndex | None) -> bool:
    return index is not None and _cost_at_most([advantage], index)


def _cost_at_most(advantages: Iterable[Advantage], index: YearlyIndex) -> bool:
    """Whether the articles together cost at most the limit. An unknown cost is no low cost."""
    costs = [advantage.cost for advantage in advantages]
    known = [cost for cost in costs if cost is not None]
    return len(known) == len(costs) and sum(known) <= index.low_cost_limit


def _statements(contribution: Contribution, worth: int) -> tuple[str, ...]:
    kinds = {advantage.kind for advantage in contribution.advantages}
    if worth:
        statements = ["goods_or_services_estimate", "deductible_above_estimate"]
    elif kinds == {"intangible_religious"}:
        return ("intangible_religious_only",)
    elif kinds:
        statements = ["insubstantial_benefits"]
    else:
        statements = ["no_goods_or_services"]
    return (*statements, "intangible_religious_too") if "intangible_religious" in kinds else tuple(statements)
