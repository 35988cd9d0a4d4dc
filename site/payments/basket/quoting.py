"""What a basket costs now, to the cent: goods, delivery, discount and tax, each kept per line.

The same function answers on the basket's page, at the checkout and when it is paid for, so that they cannot differ.
Amounts are minor units of the site's currency. Where shelf prices include tax, ``net`` is what is left without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from payments.checkout import open_payment
from payments.currencies import least_of, refusal_of
from payments.discounts.finding import apply, find
from payments.discounts.refusals import CodeRefused
from payments.goods import DeliveryChoice, Destination, Ordered, Priced, Wanted, all_goods
from payments.models import Basket, BasketItem, DiscountCode, DiscountUse, TaxSettings
from payments.tax.reckoning import Taxable, Taxed, tax_on
from receipts.money import format_amount

GONE = "This is not sold any more. Take it out to go on."
TOO_MANY = "Only {most} of this can be had now."
# Stripe takes at most eight digits of minor units in one payment.
MOST = 99_999_999
SOLD_OUT = "This is sold out. Take it out to go on."


@dataclass(frozen=True, kw_only=True)
class QuotedItem:
    """A row of the basket as it stands. ``shelf`` is unit price times quantity; all is 0 while it has a problem."""

    item: BasketItem
    priced: Priced
    problem: str = ""
    shelf: int = 0
    discount: int = 0
    net: int = 0
    tax: int = 0
    taxes: tuple[dict[str, Any], ...] = ()

    @property
    def total(self) -> int:
        return self.net + self.tax

    @property
    def was(self) -> int | None:
        """The price for one that the page said when it was put in, where it is another one now."""
        if self.problem:
            return None
        shown = self.item.shown_amount
        return shown if shown is not None and shown != self.priced.unit_amount and self.item.amount is None else None

    def ordered(self) -> Ordered:
        return Ordered(
            wanted=wanted_of(self.item),
            priced=self.priced,
            discount=self.discount,
            net=self.net,
            tax=self.tax,
            taxes=self.taxes,
        )


@dataclass(frozen=True, kw_only=True)
class QuotedDelivery:
    choice: DeliveryChoice
    net: int
    tax: int
    taxes: tuple[dict[str, Any], ...] = ()

    @property
    def total(self) -> int:
        return self.net + self.tax


@dataclass(frozen=True, kw_only=True)
class Quote:
    """All of it. ``destination`` is None until the customer said where; delivery and tax are not known then."""

    currency: str
    items: list[QuotedItem]
    includes_tax: bool
    destination: Destination | None = None
    choices: list[DeliveryChoice] = field(default_factory=list)
    delivery: QuotedDelivery | None = None
    code: DiscountCode | None = None
    code_problem: str = ""

    @property
    def sold(self) -> list[QuotedItem]:
        return [row for row in self.items if not row.problem]

    @property
    def problems(self) -> list[QuotedItem]:
        return [row for row in self.items if row.problem]

    @property
    def needs_delivery(self) -> bool:
        return any(row.priced.needs_delivery for row in self.sold)

    @property
    def has_sales(self) -> bool:
        """Whether a code could lower anything."""
        return any(row.priced.may_be_discounted for row in self.sold)

    @property
    def needs_address(self) -> bool:
        return self.needs_delivery or any(row.priced.needs_address for row in self.sold)

    @property
    def subtotal(self) -> int:
        """The goods as the shelf says."""
        return sum(row.shelf for row in self.sold)

    @property
    def discount(self) -> int:
        return sum(row.discount for row in self.sold)

    @property
    def tax(self) -> int:
        return sum(row.tax for row in self.sold) + (self.delivery.tax if self.delivery else 0)

    @property
    def total(self) -> int:
        return sum(row.total for row in self.sold) + (self.delivery.total if self.delivery else 0)

    @property
    def shipping(self) -> int:
        """What delivery costs as the shelf says."""
        if self.delivery is None:
            return 0
        return self.delivery.total if self.includes_tax else self.delivery.net

    @property
    def is_payable(self) -> bool:
        has_delivery = self.delivery is not None or not self.needs_delivery
        is_clear = not self.problems and not self.code_problem and not self.card_problem
        return bool(self.items) and has_delivery and is_clear

    @property
    def card_problem(self) -> str:
        """Why no card can pay this total; a sentence for the customer."""
        if self.total > MOST:
            return "This is more than one payment can hold. Buy it in two."
        if 0 < self.total < (least := least_of(self.currency)):
            return f"Cards can’t pay less than {format_amount(least, self.currency)}. Put something more in."
        return refusal_of(self.total, self.currency)

    def taxes(self) -> list[tuple[str, str, int]]:
        """Each tax by name and rate ("5.5") with its sum, for the totals."""
        sums: dict[tuple[str, str], int] = {}
        parts = [row.taxes for row in self.sold] + [self.delivery.taxes if self.delivery else ()]
        for tax in (tax for taxes in parts for tax in taxes):
            key = (tax["name"], tax["rate"])
            sums[key] = sums.get(key, 0) + tax["amount"]
        return [(name, _short(rate), amount) for (name, rate), amount in sums.items()]


def _short(rate: str) -> str:
    return rate.rstrip("0").rstrip(".") if "." in rate else rate


def wanted_of(item: BasketItem) -> Wanted:
    return Wanted(
        reference=item.reference,
        quantity=item.quantity,
        amount=item.amount,
        options=item.options,
        held=item.at_checkout,
    )


def quote(basket: Basket | None, request: HttpRequest, *, destination: Destination | None = None) -> Quote:
    """What is in the basket and costs now; with delivery and tax where the destination is known."""
    tax_settings = TaxSettings.load()
    currency = settings.REPORTING_CURRENCY
    if basket is None:
        return Quote(currency=currency, items=[], includes_tax=tax_settings.includes_tax)
    rows = _priced(list(basket.items.all()), request)
    sold = [row for row in rows if not row.problem]
    code, code_problem = _code_of(basket, sold, currency)
    discounts = _discounts(code, sold)
    choices = _delivery_choices(destination, sold, discounts)
    choice = next((one for one in choices if one.key == basket.delivery), choices[0] if choices else None)
    taxed, delivery = _taxed(sold, discounts, choice, destination, tax_settings, currency)
    return Quote(
        currency=currency,
        items=[taxed.get(row.item.pk, row) for row in rows],
        includes_tax=tax_settings.includes_tax,
        destination=destination,
        choices=choices,
        delivery=delivery,
        code=code,
        code_problem=code_problem,
    )


def _priced(items: Sequence[BasketItem], request: HttpRequest) -> list[QuotedItem]:
    """Each row with what its offering says of it now; one question to each kind, however many rows."""
    goods = all_goods()
    found: dict[int, Priced] = {}
    for kind in {item.kind for item in items} & goods.keys():
        of_kind = [item for item in items if item.kind == kind]
        answers = {priced.reference: priced for priced in goods[kind].price([wanted_of(i) for i in of_kind], request)}
        found |= {item.pk: answers[item.reference] for item in of_kind if item.reference in answers}
    return [_row(item, found.get(item.pk)) for item in items]


def _row(item: BasketItem, priced: Priced | None) -> QuotedItem:
    if priced is None:
        return QuotedItem(item=item, priced=Priced(reference=item.reference, title="", unit_amount=0), problem=GONE)
    problem = priced.problem
    if not problem and priced.most is not None and item.quantity > priced.most:
        problem = TOO_MANY.format(most=priced.most) if priced.most > 0 else SOLD_OUT
    shelf = 0 if problem else priced.unit_amount * item.quantity
    return QuotedItem(item=item, priced=priced, problem=problem, shelf=shelf, net=shelf)


def _code_of(basket: Basket, sold: Sequence[QuotedItem], currency: str) -> tuple[DiscountCode | None, str]:
    if not basket.code:
        return None, ""
    total = sum(row.shelf for row in sold if row.priced.may_be_discounted)
    try:
        code = find(
            basket.code, email=basket.email, total=total, currency=currency, on=timezone.now(), own=own_use(basket)
        )
    except CodeRefused as refused:
        return None, str(refused)
    return code, ""


def own_use(basket: Basket) -> DiscountUse | None:
    """The use of a code that the open checkout of this basket holds: it never stands in its own way."""
    payment = open_payment(basket)
    if payment is None:
        return None
    uses = payment.items.filter(payable_kind=DiscountUse._meta.label_lower).values("payable_id")
    return DiscountUse.objects.filter(pk__in=uses).first()


def _discounts(code: DiscountCode | None, sold: Sequence[QuotedItem]) -> dict[int, int]:
    lowered = [row for row in sold if row.priced.may_be_discounted]
    if code is None or not lowered:
        return {}
    parts = apply(code, [row.shelf for row in lowered])
    return {row.item.pk: part for row, part in zip(lowered, parts, strict=True)}


def _delivery_choices(
    destination: Destination | None, sold: Sequence[QuotedItem], discounts: dict[int, int]
) -> list[DeliveryChoice]:
    rows = [row for row in sold if row.priced.needs_delivery]
    if destination is None or not rows:
        return []
    # One kind's ways of delivery carry all that needs delivery.
    goods = all_goods()[rows[0].item.kind]
    total = sum(row.shelf - discounts.get(row.item.pk, 0) for row in rows)
    return goods.delivery_choices(destination, [(wanted_of(row.item), row.priced) for row in rows], total)


def _taxed(
    sold: Sequence[QuotedItem],
    discounts: dict[int, int],
    choice: DeliveryChoice | None,
    destination: Destination | None,
    tax_settings: TaxSettings,
    currency: str,
) -> tuple[dict[int, QuotedItem], QuotedDelivery | None]:
    """The rows with discount and tax, by the item's key, and the delivery with its tax. One question for all."""
    place = _place_of_tax(destination, choice, tax_settings)
    left = {row.item.pk: row.shelf - discounts.get(row.item.pk, 0) for row in sold}
    rated = [row for row in sold if row.priced.tax_category]
    asked = [Taxable(category=row.priced.tax_category, amount=left[row.item.pk], currency=currency) for row in rated]
    if choice:
        category = choice.tax_category if tax_settings.tax_shipping else ""
        asked.append(Taxable(category=category, amount=choice.amount, currency=currency))
    answers = _ask(asked, place, tax_settings, timezone.localdate())
    by_item = {row.item.pk: answer for row, answer in zip(rated, answers, strict=False)}
    rows = {
        row.item.pk: _with_tax(row, discounts.get(row.item.pk, 0), by_item.get(row.item.pk), left[row.item.pk])
        for row in sold
    }
    if choice is None:
        return rows, None
    return rows, QuotedDelivery(choice=choice, net=answers[-1].net, tax=answers[-1].tax, taxes=answers[-1].taxes)


def _place_of_tax(
    destination: Destination | None, choice: DeliveryChoice | None, tax_settings: TaxSettings
) -> Destination | None:
    """What is picked up is taxed where we are."""
    if choice and choice.is_pickup:
        return Destination(country=str(tax_settings.ships_from), region=tax_settings.ships_from_region)
    return destination


def _ask(asked: Sequence[Taxable], place: Destination | None, tax_settings: TaxSettings, on: date) -> Sequence[Taxed]:
    if place is None:
        return [Taxed(net=one.amount, tax=0, taxes=()) for one in asked]
    return tax_on(asked, country=place.country, region=place.region, on=on, includes_tax=tax_settings.includes_tax)


def _with_tax(row: QuotedItem, discount: int, taxed: Taxed | None, left: int) -> QuotedItem:
    taxed = taxed or Taxed(net=left, tax=0, taxes=())
    return QuotedItem(
        item=row.item, priced=row.priced, shelf=row.shelf, discount=discount,
        net=taxed.net, tax=taxed.tax, taxes=taxed.taxes,
    )  # fmt: skip


def fingerprint_parts(quoted: Quote) -> Iterable[list[Any]]:
    """What makes two quotes the same sale: a checkout that is open for one of them is open for the other."""
    for row in quoted.sold:
        yield [row.item.kind, row.item.reference, row.item.quantity, row.net, row.tax, row.item.options]
    if quoted.delivery:
        yield [quoted.delivery.choice.key, quoted.delivery.net, quoted.delivery.tax]
    if quoted.code:
        yield ["code", quoted.code.pk]
