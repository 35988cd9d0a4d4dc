from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from receipts.amounts import StoredAmountField


@register_setting(icon="group")
class MakerSettings(BaseGenericSetting):
    """What the shop says in public of where a price goes."""

    shows_price_split = models.BooleanField(
        "show where the price goes", default=True, help_text="On product pages: maker, materials, tax, fee, programme."
    )
    fee_basis_points = models.PositiveSmallIntegerField(
        "payment fee, of the price",
        default=290,
        validators=[MaxValueValidator(2_000)],
        help_text="What a card usually costs, in hundredths of a percent: 290 is 2.9%.",
    )
    fee_fixed = StoredAmountField(
        "payment fee, fixed part", default=0, help_text="Per payment. A basket of several things shares it."
    )
    shows_paid_to_makers = models.BooleanField(
        "show what makers were paid",
        default=True,
        help_text="By year, once it is over, and only where at least five makers share it.",
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("shows_price_split"), FieldRowPanel([FieldPanel("fee_basis_points"), FieldPanel("fee_fixed")])],
            heading="Product pages",
        ),
        FieldPanel("shows_paid_to_makers"),
    ]

    class Meta:
        verbose_name = "makers and prices"
        constraints = [
            models.CheckConstraint(
                condition=Q(fee_basis_points__lte=2_000, fee_fixed__gte=0), name="a_payment_fee_is_a_part_of_the_price"
            ),
        ]

    def __str__(self) -> str:
        return "Makers and prices"

    @property
    def currency(self) -> str:
        return str(settings.REPORTING_CURRENCY)

    def fee_on(self, price: int) -> int:
        """About what the payment of this costs, in minor units, rounded up as a cost is."""
        return -(-price * self.fee_basis_points // 10_000) + self.fee_fixed
