"""Whose basket it is, and what lies in it. A visitor's session knows theirs; a user's own follows them everywhere."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from payments.checkout import AlreadyPaid, CheckoutUnavailable, close, open_payment
from payments.models import Basket, BasketItem, Payment

SESSION_KEY = "basket"
# Baskets whose debit a bank works on: what comes of it is known days later.
AT_THE_BANK = "baskets_at_the_bank"
MOST_AT_THE_BANK = 5
# More kinds of things than anybody buys at once.
MOST_ITEMS = 50
MOST_OF_ONE = 999
# Nobody comes back after that; what was typed at the checkout goes with it.
FORGOTTEN_AFTER = timedelta(days=30)


class BasketFull(Exception):
    """The text is a sentence for the customer."""


def basket_of(request: HttpRequest) -> Basket | None:
    """The visitor's basket, joined with their own where they have just signed in. None where there is none yet."""
    held = _unless_at_the_bank(request, _of_session(request))
    if AT_THE_BANK in request.session:
        held = _with_what_came_back(request, held)
    if request.user.is_authenticated:
        held = _of_user(request, request.user, held)
    return held


def open_basket(request: HttpRequest) -> Basket:
    """The visitor's basket, made now where there is none."""
    basket = basket_of(request)
    if basket is None:
        user = request.user if request.user.is_authenticated else None
        basket = Basket.objects.get_or_create(user=user)[0] if user else Basket.objects.create()
        request.session[SESSION_KEY] = str(basket.public_id)
    return basket


def _of_session(request: HttpRequest) -> Basket | None:
    """What the session knows; never the basket of a user who is not signed in here now."""
    try:
        key = uuid.UUID(request.session.get(SESSION_KEY, ""))
    except ValueError:
        return None
    basket = Basket.objects.filter(public_id=key).first()
    if basket and basket.user_id and basket.user_id != request.user.pk:
        return None
    return basket


def _unless_at_the_bank(request: HttpRequest, basket: Basket | None) -> Basket | None:
    """A bank debit takes days: what is bought next is another basket. Where the bank says no, it is theirs again."""
    if basket is None or not _is_at_the_bank(basket):
        return basket
    key = str(basket.public_id)
    Basket.objects.filter(pk=basket.pk).update(user=None)
    if request.session.get(SESSION_KEY) == key:
        del request.session[SESSION_KEY]
    known = [one for one in request.session.get(AT_THE_BANK, []) if one != key]
    request.session[AT_THE_BANK] = [*known, key][-MOST_AT_THE_BANK:]
    return None


@transaction.atomic
def _with_what_came_back(request: HttpRequest, held: Basket | None) -> Basket | None:
    """What is left in baskets whose debit is over lies in this one again: all of it, where the bank said no."""
    known: list[str] = request.session[AT_THE_BANK]
    baskets = list(Basket.objects.filter(public_id__in=known, user=None))
    waiting = [basket for basket in baskets if _is_at_the_bank(basket)]
    for basket in baskets:
        if basket not in waiting and basket.items.exists():
            held = _join(basket, held) if held else basket
            request.session[SESSION_KEY] = str(held.public_id)
    if len(waiting) < len(known):
        request.session[AT_THE_BANK] = [str(basket.public_id) for basket in waiting]
    return held


def _of_user(request: HttpRequest, user: User, held: Basket | None) -> Basket | None:
    """Their own. Every page asks for it, so nothing is locked or written where there is nothing to take over."""
    if held is None or held.user_id is None:
        own = _unless_at_the_bank(request, Basket.objects.filter(user=user).first())
        if held is None:
            held = own
        elif own is None or _can_be_one(held, own):
            held = _give(held, user)
        if held:
            request.session[SESSION_KEY] = str(held.public_id)
    if held and held.email and held.email != user.email:
        # Typed before they signed in, or theirs no more: nobody has proved that they read it.
        held.email = user.email
        held.save(update_fields=["email"])
    return held


def _can_be_one(held: Basket, own: Basket) -> bool:
    """Where both are at the checkout, the page that was opened elsewhere is ended: nothing of it is paid for twice.

    False where that can't be: Stripe is away, or it was paid a moment ago. Then they stay two until it is over.
    """
    elsewhere = open_payment(own)
    if elsewhere is None or open_payment(held) is None:
        return True
    try:
        close(elsewhere)
    except (CheckoutUnavailable, AlreadyPaid):
        return False
    return True


@transaction.atomic
def _give(held: Basket, user: User) -> Basket:
    """What was put in before signing in is theirs now, with what they had."""
    own = Basket.objects.filter(user=user).first()
    kept = _join(held, own) if own else held
    Basket.objects.filter(pk=kept.pk).update(user=user)
    return kept


def _join(held: Basket, own: Basket) -> Basket:
    """What was put in before signing in, and what lay there. The one that is at the checkout stays what it is."""
    kept, poured = (held, own) if open_payment(held) else (own, held)
    there = {(item.kind, item.reference): item for item in kept.items.all()}
    for item in poured.items.all():
        same = there.get((item.kind, item.reference))
        if same is None:
            item.basket, item.at_checkout = kept, 0
            item.save(update_fields=["basket", "at_checkout"])
        elif item.amount is None:
            same.quantity = min(same.quantity + item.quantity, MOST_OF_ONE)
            same.save(update_fields=["quantity"])
    poured.delete()
    kept.touch()
    return kept


def _is_at_the_bank(basket: Basket) -> bool:
    payment = open_payment(basket)
    return payment is not None and payment.status in (Payment.Status.PROCESSING, Payment.Status.PARKED)


@transaction.atomic
def put(
    basket: Basket,
    *,
    kind: str,
    reference: str,
    quantity: int = 1,
    amount: int | None = None,
    shown_amount: int | None = None,
    options: Mapping[str, str] | None = None,
    is_countable: bool = True,
) -> BasketItem:
    """Put something in: more of what is there, or, where only one makes sense, in its place.

    Raises BasketFull.
    """
    # First, so that whoever is being sent to Stripe with this basket and we wait for each other in one order.
    basket.touch()
    item = basket.items.select_for_update().filter(kind=kind, reference=reference).first()
    if item is None and basket.items.count() >= MOST_ITEMS:
        raise BasketFull("Your basket is full. Pay for what is in it first, or take something out.")
    if item is None:
        item, _ = BasketItem.objects.get_or_create(
            basket=basket, kind=kind, reference=reference, defaults={"quantity": min(quantity, MOST_OF_ONE)}
        )
    elif is_countable:
        item.quantity = min(item.quantity + quantity, MOST_OF_ONE)
    item.amount, item.shown_amount, item.options = amount, shown_amount, dict(options or {})
    # How many of it are at the checkout is not ours to say.
    item.save(update_fields=["quantity", "amount", "shown_amount", "options"])
    return item


@transaction.atomic
def change(item: BasketItem, quantity: int) -> None:
    """Another quantity; nothing where it was paid for a moment ago."""
    item.basket.touch()
    BasketItem.objects.filter(pk=item.pk).update(quantity=min(quantity, MOST_OF_ONE))


def take_out(item: BasketItem) -> None:
    """Take it out. What an open checkout has set apart of it is free again: whoever wants it back can have it.

    Raises AlreadyPaid: it was paid for a moment ago.
    """
    basket = item.basket
    if item.at_checkout and (payment := open_payment(basket)):
        # Stripe is away: then it stays set apart until that checkout ends by itself.
        with contextlib.suppress(CheckoutUnavailable):
            close(payment)
    item.delete()
    basket.touch()


def forget_old_baskets() -> int:
    """Baskets that nobody came back to, with what was typed at their checkouts; never one that is being paid."""
    old = Basket.objects.filter(changed_at__lt=timezone.now() - FORGOTTEN_AFTER)
    return sum(1 for basket in old.iterator() if open_payment(basket) is None and basket.delete())


def count_of(request: HttpRequest) -> int:
    """How many things lie in it, for the header; no query for a visitor without one."""
    is_unknown = SESSION_KEY not in request.session and AT_THE_BANK not in request.session
    if is_unknown and not request.user.is_authenticated:
        return 0
    basket = basket_of(request)
    if basket is None:
        return 0
    return sum(basket.items.values_list("quantity", flat=True))
