"""Where we send to, how, and for how much. Amounts are minor units of the reporting currency, as the shelf prices."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django_countries.fields import CountryField
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from payments.card_amounts import StoredCardAmountField
from receipts.amounts import StoredAmountField


class ShippingZone(models.Model):  # type: ignore[django-manager-missing]
    name = models.CharField(max_length=80, unique=True)
    countries = CountryField(multiple=True, blank=True)
    postcodes = models.TextField(
        blank=True, help_text="Beginnings of postcodes, one a line, to narrow it down. Empty: the whole country."
    )
    order = models.PositiveSmallIntegerField(default=0, help_text="The first zone that fits is taken.")

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class ShippingMethod(ClusterableModel):
    """A way of sending. Its bands say the price by weight in grams or by the goods' price."""

    class By(models.TextChoices):
        WEIGHT = "weight", "By weight"
        PRICE = "price", "By the goods’ price"
        PICKUP = "pickup", "Picked up at our place"

    zone = models.ForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="methods")
    name = models.CharField(max_length=80)
    by = models.CharField(max_length=6, choices=By, default=By.WEIGHT)
    free_over = StoredAmountField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Free where the goods cost this or more."
    )
    least_days = models.PositiveSmallIntegerField(default=2)
    most_days = models.PositiveSmallIntegerField(default=5)
    details = models.CharField(max_length=300, blank=True, help_text="For pick-up: where and when.")
    tax_category = models.SlugField(max_length=30, default="shipping")
    is_offered = models.BooleanField("offered", default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "name"], name="one_shipping_method_of_a_name_per_zone"),
            models.CheckConstraint(
                condition=Q(most_days__gte=models.F("least_days")), name="most_days_are_not_fewer_than_least"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.zone})"


class ShippingBand(models.Model):
    method = ParentalKey(ShippingMethod, on_delete=models.CASCADE, related_name="bands")
    # Grams or minor units; empty: however much.
    up_to = models.PositiveIntegerField(null=True, blank=True)
    price = StoredCardAmountField(validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["method", "up_to"], name="one_price_per_method_and_limit"),
            models.UniqueConstraint(
                fields=["method"], condition=Q(up_to=None), name="one_price_per_method_without_a_limit"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="shipping_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.method_id} up to {self.up_to}"
