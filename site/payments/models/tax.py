from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django_countries.fields import CountryField
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from receipts.addresses.regions import find_region, regions_of

# What is sold carries one of these words, or any other that a rate is kept under.
STANDARD = "standard"
SHIPPING = "shipping"
# Free of tax, also where the country has no rate of this name.
ZERO = "zero"


def stored_region(country: str, typed: str) -> str:
    """The region as addresses store it: "Quebec" is "QC". Raises ValidationError where the country has no such one."""
    found = find_region(country, typed)
    if typed.strip() and found is None and regions_of(country):
        raise ValidationError({"region": f"There is no “{typed.strip()}” in addresses of this country."})
    return found or " ".join(typed.split())


class TaxRateQuerySet(models.QuerySet["TaxRate"]):
    def valid_on(self, day: date) -> TaxRateQuerySet:
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def in_place(self, country: str, region: str) -> TaxRateQuerySet:
        """Those of the whole country and those of this region of it."""
        return self.filter(Q(region="") | Q(region__iexact=region.strip()), country=country)


class TaxRate(models.Model):
    """A tax that is due in a country or a region of it. Several can be due on one line, such as GST and QST.

    Of one name, one row applies on a day: that of the region before that of the whole country, and then the one that
    began last. So a cut for half a year is one more row, and rows that overlap never tax twice.
    """

    name = models.CharField(max_length=60, help_text="As it stands on invoices, such as VAT, GST or Sales tax.")
    country = CountryField()
    region = models.CharField(
        "state or region",
        max_length=40,
        blank=True,
        help_text="As in addresses of the country, such as QC. Empty: the whole country.",
    )
    category = models.SlugField(
        max_length=40,
        default=STANDARD,
        help_text="What it is for: standard, reduced, zero, shipping, or a word of your own.",
    )
    rate = models.DecimalField(
        "percent",
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text="Up to four decimals, such as 9.975.",
    )
    valid_from = models.DateField("first day")
    valid_until = models.DateField("last day", null=True, blank=True, help_text="Empty: until further notice.")

    objects = TaxRateQuerySet.as_manager()

    class Meta:
        ordering = ["country", "region", "category", "name", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=100),
                name="a_tax_rate_is_0_to_100_percent",
                violation_error_message="A rate is between 0 and 100 percent.",
            ),
            models.UniqueConstraint(
                fields=["country", "region", "category", "name", "valid_from"],
                name="one_tax_rate_per_place_category_name_and_first_day",
                violation_error_message="There is a rate of this name for the same place and category from that day.",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="a_tax_rate_does_not_end_before_it_begins",
                violation_error_message="The last day can't lie before the first.",
            ),
        ]

    def __str__(self) -> str:
        place = f"{self.country}-{self.region}" if self.region else str(self.country)
        return f"{self.name} {self.percent} ({place}, {self.category})"

    def clean(self) -> None:
        self.region = stored_region(str(self.country), self.region)
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": "The last day can’t lie before the first."})

    @property
    def percent(self) -> str:
        """For people: 9.9750 is "9.975%", 19.0000 is "19%"."""
        whole, _, decimals = f"{self.rate:f}".partition(".")
        return f"{whole}.{decimals.rstrip('0')}".rstrip(".") + "%"


@register_setting(icon="decimal")
class TaxSettings(BaseGenericSetting):
    """How tax is worked out for what this site sells."""

    includes_tax = models.BooleanField(
        "prices include tax", default=False, help_text="The usual way where buyers pay VAT; not so in North America."
    )
    ships_from = CountryField(
        blank=True, help_text="Whose rates hold for what is picked up, and where no country is known yet."
    )
    ships_from_region = models.CharField("state or region there", max_length=40, blank=True)
    tax_shipping = models.BooleanField(
        "shipping is taxed",
        default=True,
        help_text="By the category “shipping”, or “standard” where the country has no rate for it.",
    )

    panels = [
        FieldPanel("includes_tax"),
        FieldPanel("ships_from"),
        FieldPanel("ships_from_region"),
        FieldPanel("tax_shipping"),
    ]

    class Meta:
        verbose_name = "sales tax"

    def __str__(self) -> str:
        return "Sales tax"

    def clean(self) -> None:
        if self.ships_from_region:
            try:
                self.ships_from_region = stored_region(str(self.ships_from), self.ships_from_region)
            except ValidationError as error:
                raise ValidationError({"ships_from_region": error.messages}) from error

    @property
    def shipping_category(self) -> str:
        return SHIPPING if self.tax_shipping else ZERO
