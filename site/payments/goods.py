"""What may lie in a basket: an offering registers its kind of goods by the Wagtail hook ``register_goods``.

The basket knows kinds and references, never models. Before every page and again when it is paid for, it asks each
kind what its goods are and cost now; what a page said may be over. Amounts are minor units of the site's currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from wagtail import hooks

if TYPE_CHECKING:
    from payments.payables import Payable
    from receipts.models import Payer


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One row of a basket, as it was put there."""

    reference: str
    quantity: int
    # What the customer chose to pay for one, for goods without a price, such as a gift.
    amount: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    # Units that the open checkout of this very basket has set apart: they are this customer's to have.
    held: int = 0


@dataclass(frozen=True, kw_only=True)
class Priced:
    """What the offering says of a wanted row now. ``unit_amount`` is as the shelf says, with or without tax."""

    reference: str
    title: str
    unit_amount: int
    detail: str = ""
    url: str = ""
    # The address of a small picture and what it shows.
    picture: str = ""
    picture_alt: str = ""
    # How many can be had now; None: as many as one likes.
    most: int | None = None
    # Why it can't be bought as it stands: a sentence for the customer. It is no part of the sum then.
    problem: str = ""
    # Empty: never taxed. Else a category of the tax rates.
    tax_category: str = ""
    # Codes lower sales only. A gift is given whole.
    may_be_discounted: bool = True
    needs_delivery: bool = False
    # Whether a tax receipt will stand for it, which names the payer's address.
    needs_address: bool = False
    # Grams, for one.
    weight: int = 0
    # Whether "2" makes sense: a gift or a named seat is one.
    is_countable: bool = True


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where goods go, or where the customer is taxed. Codes and names as ``receipts.addresses`` normalises them."""

    country: str
    region: str = ""
    postcode: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryChoice:
    """A way to get the goods there. ``amount`` is as the shelf says."""

    key: str
    label: str
    amount: int
    tax_category: str = "shipping"
    detail: str = ""
    is_pickup: bool = False


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """A row as it is sold: ``net`` and ``tax`` are what is paid for all of its units, discount taken off."""

    wanted: Wanted
    priced: Priced
    discount: int
    net: int
    tax: int
    # {"name", "rate", "amount"}: they sum to ``tax``.
    taxes: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The chosen way, as it is sold, and to whom. The address is empty for what is picked up."""

    choice: DeliveryChoice
    net: int
    tax: int
    taxes: tuple[dict[str, Any], ...] = ()
    recipient: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    note: str = ""
    is_discreet: bool = False


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """Who buys, and how to write to them."""

    payer: Payer
    email: str
    language: str = "en"


class Goods:
    """One kind of goods. Every method answers for many rows at once, so that no page queries per row."""

    # Such as "shop.variant": stored with the basket.
    kind = ""
    # Whether the customer says how much, as with a gift; and whether nothing may be said too.
    takes_amount = False
    may_be_nothing = False

    def price(self, wanted: Sequence[Wanted], request: HttpRequest) -> list[Priced]:
        """What these rows are and cost this visitor now. A reference that is gone is left out of the answer."""
        raise NotImplementedError

    def delivery_choices(
        self, destination: Destination, rows: Sequence[tuple[Wanted, Priced]], goods_total: int
    ) -> list[DeliveryChoice]:
        """How the rows that need delivery can get there. Empty: not to that place."""
        return []

    def order(self, rows: Sequence[Ordered], buyer: Buyer, currency: str, delivery: Delivery | None) -> list[Payable]:
        """Write down what is bought, inside the transaction that starts the checkout.

        ``delivery`` only comes with rows that need it. Raises NotAvailable.
        """
        raise NotImplementedError

    def offer_beside(self, request: HttpRequest) -> str:
        """What the basket's pages offer beside what is in it, as safe HTML with a form of its own. Often nothing."""
        return ""


class NotAvailable(Exception):
    """Raised by ``order`` or a payable's ``pending``: it is gone. The text is a sentence for the customer."""


def all_goods() -> dict[str, Goods]:
    found = [register() for register in hooks.get_hooks("register_goods")]
    return {goods.kind: goods for goods in found}
