"""How many lie ready, and how many of those are promised to a checkout. Only ``shop.stock`` writes here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Stock(models.Model):
    """The stock of one variant. A paid unit leaves ``on_hand`` and ``reserved`` together; shipping changes nothing."""

    variant = models.OneToOneField("shop.Variant", on_delete=models.CASCADE, primary_key=True, related_name="stock")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    low_at = models.PositiveIntegerField("warn at", default=0, help_text="Staff hear when no more than this is left.")
    warned_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name_plural = "stock"
        constraints = [
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_is_never_below_zero"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand")), name="nothing_is_promised_twice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.available} of {self.variant}"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class StockMovement(models.Model):
    """Why a stock changed. Rows are added, never edited; their sum is ``Stock.on_hand``."""

    class Reason(models.TextChoices):
        MADE = "made", "Made or delivered"
        SOLD = "sold", "Sold"
        CANCELLED = "cancelled", "Order cancelled"
        RETURNED = "returned", "Came back"
        COUNTED = "counted", "Counted"
        DAMAGED = "damaged", "Damaged"
        LOST = "lost", "Lost"
        GIVEN = "given", "Given away"

    variant = models.ForeignKey("shop.Variant", on_delete=models.CASCADE, related_name="stock_movements")
    change = models.IntegerField()
    on_hand_after = models.IntegerField()
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=200, blank=True)
    order_line = models.ForeignKey("shop.OrderLine", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["variant", "-id"], name="movements_of_a_variant")]

    def __str__(self) -> str:
        return f"{self.change:+} {self.variant_id} {self.reason}"


class BackInStockWish(models.Model):
    """Somebody wants to hear once when a variant is there again. Forgotten as soon as they were told."""

    variant = models.ForeignKey("shop.Variant", on_delete=models.CASCADE, related_name="wishes")
    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "email"], name="one_wish_per_variant_and_address"),
        ]

    def __str__(self) -> str:
        return f"Wish for {self.variant_id}"
