"""What a visitor means to buy, until it is paid for. Nothing here is money: the books hear of it when it is paid."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_countries.fields import CountryField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.payables import Line
    from receipts.models import Transaction

# What is typed at the checkout. All of it goes when the basket is paid, or forgotten.
DETAILS = ("name", "email", "line1", "line2", "city", "region", "postcode", "country", "note", "is_discreet")
NOTHING_TYPED: dict[str, object] = dict.fromkeys(DETAILS, "") | {"is_discreet": False}


class Basket(models.Model):
    """One basket of a visitor (their session knows its ``public_id``) or of a user.

    It is itself a payable without an amount: so it has at most one open checkout, and hears how that ends.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="basket"
    )
    code = models.CharField("discount code", max_length=40, blank=True)
    delivery = models.CharField("way of delivery", max_length=60, blank=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    line1 = models.CharField("address", max_length=200, blank=True)
    line2 = models.CharField("address, second line", max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField("state or region", max_length=100, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = CountryField(blank=True)
    note = models.CharField(max_length=500, blank=True)
    is_discreet = models.BooleanField("plain parcel", default=False)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["changed_at"], name="basket_by_age")]

    def __str__(self) -> str:
        return f"Basket {str(self.public_id)[:8]}"

    def touch(self) -> None:
        self.changed_at = timezone.now()
        self.save(update_fields=["changed_at"])

    # -- As a payable ---------------------------------------------------------------------------------------

    def lines(self) -> Sequence[Line]:
        return ()

    def pending(self) -> None:
        """Remember how many of each are in the checkout: what is added meanwhile stays in the basket."""
        self.items.update(at_checkout=F("quantity"))

    def paid(self, transaction: Transaction | None) -> None:
        # The basket before what lies in it, as whoever puts something in: so they wait for each other, never for ever.
        self.forget_details()
        self.items.filter(quantity__lte=F("at_checkout")).delete()
        self.items.update(quantity=F("quantity") - F("at_checkout"), at_checkout=0)

    def refunded(self, transaction: Transaction) -> None:
        """What was bought is no basket any more."""

    def refund_failed(self, transaction: Transaction) -> None:
        """As above."""

    def released(self) -> None:
        self.items.update(at_checkout=0)

    def forget_details(self) -> None:
        for field, empty in {"code": "", "delivery": "", **NOTHING_TYPED}.items():
            setattr(self, field, empty)
        self.save(update_fields=["code", "delivery", *DETAILS])


class BasketItem(models.Model):
    """One kind of thing in a basket. ``reference`` and ``options`` are the offering's own words for it."""

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=60)
    quantity = models.PositiveIntegerField(default=1)
    at_checkout = models.PositiveIntegerField(default=0)
    # What the customer chose to pay, in minor units, for goods without a price.
    amount = models.BigIntegerField(null=True, blank=True)
    # What the page said when it was put in: a price that is another one by now is pointed out.
    shown_amount = models.BigIntegerField(null=True, blank=True)
    options = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["basket", "kind", "reference"], name="a_thing_is_in_a_basket_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_basket_item_has_a_quantity"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="a_chosen_amount_is_no_debt"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.kind} {self.reference}"
