"""A campaign and money for it, booked as the site and the staff book it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from membership import matching
from membership.fundraising.offline import OfflineTerms, record_offline_gift
from membership.models import Campaign, Gift, MatchPool
from receipts import ledger
from receipts.chart import Account
from receipts.models import Issuer, Payer, Transaction
from receipts.payers import find_or_create_payer


def a_campaign(**fields: Any) -> Campaign:
    return Campaign.objects.create(**{"name": "A boat", "slug": "boat", "goal_amount": 2_000_000, **fields})


def a_payer(name: str = "Grace Hopper", kind: str = "person") -> Payer:
    email = f"{name.split()[0].lower()}@example.org"
    return find_or_create_payer(kind=kind, name=name, email=email)


def a_pool(campaign: Campaign, **fields: Any) -> MatchPool:
    sponsor = fields.pop("sponsor", None) or a_payer("Lovelace Ltd", kind="organisation")
    started = timezone.now() - timedelta(days=1)
    return MatchPool.objects.create(
        campaign=campaign,
        sponsor=sponsor,
        **{"shown_as": "Lovelace Ltd", "cap": 100_000, "starts_at": started, **fields},
    )


def book(
    campaign: Campaign, amount: int, *, payer: Payer | None = None, currency: str = "USD", **more: Any
) -> Transaction:
    """Money that came by transfer, and what sponsors make of it."""
    line = ledger.IncomeLine(
        account=Account.GIFTS, amount=amount, fund=campaign.fund_of_gifts(), subject=campaign.subject
    )
    booked, _ = ledger.record_income(
        reference=f"test:{uuid.uuid4()}",
        occurred_at=more.get("at") or timezone.now(),
        payer=payer or a_payer(),
        currency=currency,
        lines=[line],
        held_in=Account.BANK,
    )
    matching.follow_safely(booked)
    return booked


def give_back(payment: Transaction, amount: int) -> Transaction:
    booked, _ = ledger.record_refund(
        reference=f"test:{uuid.uuid4()}", of=payment, amount=amount, occurred_at=timezone.now(), paid_from=Account.BANK
    )
    matching.follow_safely(booked)
    return booked


def an_offline_gift(campaign: Campaign, name: str, *, amount: int = 5000, **shown: Any) -> Gift:
    """As staff write it down, with what the giver wants to be shown."""
    terms = OfflineTerms(
        amount=amount,
        currency=campaign.currency,
        received_on=timezone.localdate(),
        method=Gift.Method.TRANSFER,
        fund=campaign.fund_of_gifts(),
        campaign=campaign,
    )
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    offline, _ = record_offline_gift(key=uuid.uuid4(), payer=a_payer(name), terms=terms, by=None)
    Gift.objects.filter(pk=offline.gift_id).update(**shown)
    return offline.gift
