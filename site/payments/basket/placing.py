"""From a basket to a checkout at Stripe: everything in it is written down and set apart in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from payments import checkout
from payments.basket.quoting import Quote, QuotedItem, fingerprint_parts
from payments.discounts.finding import prepare_use
from payments.goods import Buyer, Delivery, NotAvailable, all_goods
from payments.models import Basket, Payment
from payments.models.baskets import DETAILS
from payments.payables import Payable
from receipts.models import Payer
from receipts.payers import find_or_create_payer

CHANGED = "Your basket has changed meanwhile."
ADDRESS = ("line1", "line2", "city", "region", "postcode", "country")


def place(basket: Basket, quoted: Quote, *, user: Any, cancel_path: str, locale: str) -> Payment:
    """Start (or go on with) the checkout of what was quoted. Call it with a quote that ``is_payable``.

    A checkout of this basket that is open for something else is ended first, so that what it set apart is free for
    this one.

    Raises:
        goods.NotAvailable, discounts.CodeRefused: somebody was faster; nothing was written.
        checkout.CheckoutUnavailable, checkout.AlreadyPaid: as their names say.
    """
    payer = _payer_of(basket, user, locale)

    def write() -> list[Payable]:
        _refuse_if_changed(basket, quoted)
        return [*_orders(basket, quoted, payer, locale), *_use_of_code(quoted, payer)]

    return checkout.start_written(
        basket,
        payer=payer,
        terms=_terms(basket, quoted, payer),
        write=write,
        cancel_path=cancel_path,
        locale=locale,
    )


def _refuse_if_changed(basket: Basket, quoted: Quote) -> None:
    """To end another checkout takes a moment. What another window puts in by then is in no quote, and would be lost."""
    Basket.objects.select_for_update().get(pk=basket.pk)
    now = set(basket.items.values_list("pk", "quantity", "amount"))
    if now != {(row.item.pk, row.item.quantity, row.item.amount) for row in quoted.items}:
        raise NotAvailable(CHANGED)


def _payer_of(basket: Basket, user: Any, locale: str) -> Payer:
    typed = {field: str(getattr(basket, field)) for field in ("name", "email", *ADDRESS)}
    known = _known_payer(user)
    if known and not basket.line1:
        # No address was asked for: the one that we know stays.
        typed |= {field: str(getattr(known, field)) for field in ADDRESS}
    return find_or_create_payer(kind=Payer.Kind.PERSON, language=locale, user=user, **typed)


def _known_payer(user: Any) -> Payer | None:
    """The user's own. Nobody's for a guest: to ask for the payers of no user would find other guests."""
    if not user.is_authenticated:
        return None
    return Payer.objects.live().filter(user=user.pk, kind=Payer.Kind.PERSON).order_by("pk").first()


def _orders(basket: Basket, quoted: Quote, payer: Payer, locale: str) -> list[Payable]:
    goods = all_goods()
    buyer = Buyer(payer=payer, email=basket.email, language=locale)
    orders: list[Payable] = []
    # In the order of their names, so that two checkouts wait for each other in the same order.
    for kind in sorted({row.item.kind for row in quoted.sold}):
        rows = [row for row in quoted.sold if row.item.kind == kind]
        delivery = _delivery(basket, quoted) if _carries_delivery(rows, quoted) else None
        orders += goods[kind].order([row.ordered() for row in rows], buyer, quoted.currency, delivery)
    return orders


def _carries_delivery(rows: Sequence[QuotedItem], quoted: Quote) -> bool:
    """The first kind that needs delivery carries it for all (as ``quoting`` asked it)."""
    first = next((row for row in quoted.sold if row.priced.needs_delivery), None)
    return first is not None and first.item.kind == rows[0].item.kind


def _delivery(basket: Basket, quoted: Quote) -> Delivery | None:
    if quoted.delivery is None:
        return None
    way = quoted.delivery
    address = {} if way.choice.is_pickup else {field: str(getattr(basket, field)) for field in ADDRESS}
    return Delivery(
        choice=way.choice,
        net=way.net,
        tax=way.tax,
        taxes=way.taxes,
        recipient=basket.name,
        note=basket.note,
        is_discreet=basket.is_discreet,
        **address,
    )


def _use_of_code(quoted: Quote, payer: Payer) -> list[Payable]:
    if quoted.code is None or not quoted.discount:
        return []
    return [prepare_use(quoted.code, payer=payer, amount=quoted.discount, currency=quoted.currency)]


def _terms(basket: Basket, quoted: Quote, payer: Payer) -> str:
    """A digest of what is bought, by whom and where it goes: an open checkout of the same is gone on with."""
    details = [str(getattr(basket, field)) for field in DETAILS]
    parts = [quoted.currency, payer.pk, details, *fingerprint_parts(quoted)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
