"""How much of a gift is tax-deductible, before it is made: judged line by line, as its receipt will be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from membership.giving import GiftTerms
from membership.models import Gift, Interval
from membership.receiptable import Receiptable
from receipts.contributions import contribution_of
from receipts.models import Issuer
from receipts.rules import assess, is_known


def receiptable(terms: GiftTerms, *, donor_kind: str, on: date) -> Receiptable:
    jurisdiction = Issuer.load().jurisdiction
    fee_cover = terms.fee_cover
    gift = Gift(
        amount=terms.amount + fee_cover,
        fee_cover=fee_cover,
        currency=terms.currency,
        interval=terms.interval,
        fund=terms.fund_of_gift(),
        campaign=terms.campaign,
    )
    parts = Receiptable(
        amount=gift.amount,
        currency=gift.currency,
        per=Interval(terms.interval).per if terms.interval else "",
        benefits=(),
        has_rules=is_known(jurisdiction),
    )
    if not parts.has_rules:
        return parts
    contributions = [contribution_of(one, donor_kind=donor_kind, jurisdiction=jurisdiction) for one in gift.lines()]
    judged = [assess(jurisdiction, contribution, on) for contribution in contributions]
    return replace(
        parts,
        eligible_amount=sum(one.eligible_amount for one in judged),
        reasons=tuple(dict.fromkeys(reason for one in judged for reason in one.reasons)),
    )
