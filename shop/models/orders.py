"""An order: what a customer bought, frozen as it was sold, and how far it has come."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_countries.fields import CountryField

from shop.models.catalogue import Purpose
from shop.orders.payable import PayableOrder

# Without letters and figures that are mistaken for each other when somebody reads them out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number() -> str:
    """Not counted up: a number tells nobody how much we sell, and nobody can guess another's."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


class OrderQuerySet(models.QuerySet["Order"]):
    def placed(self) -> OrderQuerySet:
        """Orders that were paid for, whatever became of them."""
        return self.exclude(state__in=Order.NOT_PLACED)


class Order(PayableOrder, models.Model):
    """Goods sold in one checkout. Amounts are minor units of ``currency``; ``shipping`` is without its tax."""

    class State(models.TextChoices):
        UNPAID = "unpaid", "Waiting for payment"
        LAPSED = "lapsed", "Not paid"
        PAID = "paid", "To be sent"
        PART_SENT = "part_sent", "Sent in part"
        SENT = "sent", "Sent"
        CANCELLED = "cancelled", "Cancelled"
        # Paid after its hold was released, when nothing was left: the money goes back by itself.
        UNFILLABLE = "unfillable", "Sold out, refunded"

    NOT_PLACED = (State.UNPAID, State.LAPSED)
    # What was paid for and can be sent, whole or in part.
    GOING_OUT = (State.PAID, State.PART_SENT)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=12, unique=True, default=new_number, editable=False)
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(max_length=10, choices=State, default=State.UNPAID)
    # Whether its units are set apart in the stock, so that they are given back exactly once.
    holds_stock = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)

    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    recipient = models.CharField(max_length=200, blank=True)
    line1 = models.CharField(max_length=200, blank=True)
    line2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = CountryField(blank=True)

    # As it was called and priced then; the method itself may change.
    shipping_method = models.ForeignKey("shop.ShippingMethod", on_delete=models.SET_NULL, null=True, related_name="+")
    shipping_label = models.CharField(max_length=120, blank=True)
    is_pickup = models.BooleanField(default=False)
    shipping = models.BigIntegerField(default=0)
    shipping_tax = models.BigIntegerField(default=0)
    shipping_taxes = models.JSONField(default=list)

    customer_note = models.CharField(max_length=500, blank=True)
    # The parcel must not say who sends it or what is in it.
    is_discreet = models.BooleanField(default=False)
    staff_note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    placed_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("fulfil_order", "Can pick, pack and send orders"),
            ("export_order", "Can export orders"),
            ("view_shopreport", "Can see what was sold and what it cost"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(shipping__gte=0, shipping_tax__gte=0), name="order_amounts_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["unpaid", "lapsed"]) | Q(placed_at__isnull=False),
                name="a_placed_order_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-placed_at"], name="orders_by_state"),
            models.Index(fields=["-placed_at", "-id"], name="orders_by_time"),
        ]

    def __str__(self) -> str:
        return f"Order {self.number}"

    @property
    def shipping_subject(self) -> str:
        """What the books know its sending by."""
        return f"ordershipping:{self.pk}"

    @property
    def shipping_gross(self) -> int:
        return self.shipping + self.shipping_tax

    @property
    def total(self) -> int:
        """What was to be paid for it, tax and sending in it."""
        return sum(line.gross for line in self.order_lines.all()) + self.shipping_gross

    @property
    def is_placed(self) -> bool:
        return self.state not in self.NOT_PLACED


class OrderLine(models.Model):
    """Units of one variant. ``amount`` is net of discount and tax for all units; the rest is a unit each."""

    # Not "lines": that is what an order answers to payments.
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="order_lines")
    variant = models.ForeignKey("shop.Variant", on_delete=models.PROTECT, related_name="order_lines")
    maker = models.ForeignKey("shop.Maker", on_delete=models.PROTECT, null=True, related_name="order_lines")
    title = models.CharField(max_length=200)
    variant_name = models.CharField(max_length=100, blank=True)
    sku = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField()
    # As the shelf said, for the customer's own reading.
    unit_price = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()
    tax = models.BigIntegerField(default=0)
    # {"name", "rate", "amount"}: they sum to ``tax``.
    taxes = models.JSONField(default=list)
    maker_pay = models.BigIntegerField(default=0)
    materials_cost = models.BigIntegerField(default=0)
    weight = models.PositiveIntegerField(default=0)
    is_made_to_order = models.BooleanField(default=False)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.RELATED)

    sent = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="an_order_line_has_units"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, tax__gte=0, discount__gte=0, maker_pay__gte=0, materials_cost__gte=0),
                name="order_line_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("sent") + F("cancelled")), name="no_unit_is_both_sent_and_cancelled"
            ),
            models.CheckConstraint(condition=Q(sent__gte=F("returned")), name="only_what_was_sent_comes_back"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"

    @property
    def subject(self) -> str:
        """What the books know it by."""
        return f"orderline:{self.pk}"

    @property
    def name(self) -> str:
        return f"{self.title}, {self.variant_name}" if self.variant_name else self.title

    @property
    def gross(self) -> int:
        """What was to be paid for all of its units, tax in it."""
        return self.amount + self.tax

    @property
    def is_part_sent(self) -> bool:
        return 0 < self.sent < self.quantity

    @property
    def to_send(self) -> int:
        return self.quantity - self.sent - self.cancelled
