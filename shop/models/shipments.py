from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Shipment(models.Model):
    """A parcel that left, or what was handed over. An order may need several."""

    order = models.ForeignKey("shop.Order", on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=80, blank=True)
    tracking_url = models.URLField(max_length=300, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return f"Shipment of {self.order_id}"


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey("shop.OrderLine", on_delete=models.PROTECT, related_name="shipment_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_shipment_line_has_units"),
            models.UniqueConstraint(fields=["shipment", "line"], name="a_shipment_names_a_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"
