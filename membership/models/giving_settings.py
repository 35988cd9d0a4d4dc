from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from membership.models.tiers import MOST
from receipts.amounts import StoredAmountField
from receipts.models import Fund
from receipts.money import AmountError, minor_digits, parse_amount

# In units of about a dollar: what is suggested where staff suggested nothing.
SUGGESTED = {"": (25, 50, 100, 250), "month": (10, 20, 35, 60), "quarter": (25, 50, 100, 200), "year": (60, 120, 250)}
FIELDS = {"": "suggested_once", "month": "suggested_month", "quarter": "suggested_quarter", "year": "suggested_year"}


def small_unit(currency: str) -> int:
    """About a dollar in minor units: a whole one where there are decimals, a hundred yen where there are none."""
    return 10 ** minor_digits(currency) if minor_digits(currency) else 100


def suggested_field(label: str, help_text: str = "") -> models.CharField[str, str]:
    return models.CharField(label, max_length=120, blank=True, help_text=help_text)


@register_setting(icon="pick")
class GivingSettings(BaseGenericSetting):
    """What the gift form suggests and takes, and what a card payment usually costs."""

    minimum = StoredAmountField(
        "smallest gift", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    suggested_once = suggested_field("once", help_text="Amounts with spaces between them, such as: 25 50 100 250")
    suggested_month = suggested_field("monthly")
    suggested_quarter = suggested_field("quarterly")
    suggested_year = suggested_field("yearly")
    funds = models.ManyToManyField(
        Fund,
        blank=True,
        related_name="+",
        help_text="What givers can choose, beside “where it is needed most” and the open campaigns.",
    )
    offers_fee_cover = models.BooleanField(
        "offers to cover the card costs", default=True, help_text="As a choice of the giver, never ticked beforehand."
    )
    fee_basis_points = models.PositiveSmallIntegerField(
        "share that a payment costs",
        default=290,
        validators=[MaxValueValidator(2000)],
        help_text="In hundredths of a percent: 290 is 2.9%.",
    )
    fee_fixed = StoredAmountField(
        "and for each payment", null=True, blank=True, validators=[MinValueValidator(0)], help_text="Such as 0.30."
    )

    tells_of_changes = models.BooleanField(
        "tells of changes at Stripe",
        default=False,
        help_text="Mail supporters when staff change their regular payment in Stripe's dashboard.",
    )

    panels = [
        FieldPanel("minimum", help_text="Empty: about five dollars."),
        FieldPanel("tells_of_changes"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("suggested_once"), FieldPanel("suggested_month")]),
                FieldRowPanel([FieldPanel("suggested_quarter"), FieldPanel("suggested_year")]),
            ],
            heading="Suggested amounts",
            help_text="Empty: amounts of our own, such as 25 50 100 250 once and 10 20 35 60 monthly.",
        ),
        FieldPanel("funds", widget=forms.CheckboxSelectMultiple),
        MultiFieldPanel(
            [
                FieldPanel("offers_fee_cover"),
                FieldRowPanel([FieldPanel("fee_basis_points"), FieldPanel("fee_fixed")]),
            ],
            heading="Card costs",
        ),
    ]

    class Meta:
        verbose_name = "giving"

    def __str__(self) -> str:
        return "Giving"

    @property
    def currency(self) -> str:
        return settings.REPORTING_CURRENCY

    @property
    def smallest(self) -> int:
        return self.minimum or 5 * small_unit(self.currency)

    @property
    def fixed_fee(self) -> int:
        return small_unit(self.currency) * 3 // 10 if self.fee_fixed is None else self.fee_fixed

    def suggested(self, interval: str) -> list[int]:
        """The amounts that the form offers for this interval, in minor units."""
        try:
            typed = self._amounts_of(FIELDS[interval])
        except AmountError:
            # Typed when the books were in another currency.
            typed = []
        amounts = typed or [amount * small_unit(self.currency) for amount in SUGGESTED[interval]]
        return sorted({amount for amount in amounts if self.smallest <= amount <= MOST}) or [self.smallest]

    def _amounts_of(self, field: str) -> list[int]:
        return [parse_amount(text, self.currency) for text in str(getattr(self, field)).split()]

    def open_funds(self) -> list[Fund]:
        return list(self.funds.filter(is_open=True, is_default=False)) if self.pk else []

    def clean(self) -> None:
        for field in FIELDS.values():
            try:
                amounts = self._amounts_of(field)
            except AmountError as error:
                raise ValidationError({field: str(error)}) from error
            if any(not self.smallest <= amount <= MOST for amount in amounts):
                raise ValidationError({field: "Suggest no amount below the smallest gift."})
