from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from payments.card_amounts import StoredCardAmountField
from payments.intervals import PER_YEAR
from receipts.amounts import StoredAmountField
from receipts.money import AmountError, parse_amount

# Stripe takes at most eight digits of minor units in one payment.
MOST = 99_999_999


class Interval(models.TextChoices):
    MONTH = "month", "Monthly"
    QUARTER = "quarter", "Quarterly"
    YEAR = "year", "Yearly"

    @property
    def per(self) -> str:
        return f"a {self.value}"


# What the rules make of a benefit (receipts.rules), in the words of the staff who enter it.
KINDS = (
    ("main", "Something of value: a dinner, a ticket, a product"),
    ("token", "A small article that was bought to give away"),
    ("unordered", "A small article sent free and unasked"),
    ("membership_frequent", "A right that members can use often: discounts, free admission"),
    ("member_event", "A simple event for members"),
    ("complimentary", "Complimentary: worth nothing to sell"),
    ("intangible_religious", "An intangible religious benefit"),
)


class TierQuerySet(models.QuerySet["Tier"]):
    def open(self) -> TierQuerySet:
        return self.filter(is_open=True)

    def with_offer(self) -> TierQuerySet:
        """Tiers with all that a page shows of them."""
        return self.prefetch_related("prices", "benefits")


class Tier(ClusterableModel):
    """A level of membership: what it costs, what it gives, and the group that its live members are in."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of its address: /join/friend/")
    summary = models.CharField(max_length=160, help_text="One sentence for the comparison of tiers.")
    description = models.TextField(blank=True, help_text="A paragraph for the tier's own page.")
    order = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    is_open = models.BooleanField("offered", default=True, help_text="A tier that is not offered keeps its members.")
    is_highlighted = models.BooleanField("highlighted", default=False, help_text="Recommend this one on the page.")
    allows_more = models.BooleanField("allows more", default=True, help_text="Supporters may give more than the price.")
    free_amount = models.BooleanField(
        "give what you can",
        default=False,
        help_text="Supporters choose the amount: the price is the smallest one, and you can suggest others.",
    )
    grace_days = models.PositiveSmallIntegerField(
        default=14,
        validators=[MaxValueValidator(90)],
        help_text="Days that benefits go on while a failed renewal is tried again.",
    )
    # Made by us, one a tier, without any permission. Nobody chooses it: a staff role must never become a benefit.
    group = models.OneToOneField(
        "auth.Group", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="membership_tier"
    )

    objects = TierQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(free_amount=False) | Q(allows_more=True),
                name="a_tier_of_free_amounts_allows_more",
                violation_error_message="Tick “allows more” too: whoever gives what they can may give more.",
            ),
            models.CheckConstraint(
                condition=~Q(slug="compare"),
                name="no_tier_has_the_address_of_the_comparison",
                violation_error_message="This address is the comparison’s. Choose another slug.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def currency(self) -> str:
        return settings.REPORTING_CURRENCY

    def get_absolute_url(self) -> str:
        return reverse("join_tier", args=[self.slug])

    def price_of(self, interval: str) -> int | None:
        """The price of a payment, or None where the tier has no such interval."""
        return next((price.amount for price in self.prices.all() if price.interval == interval), None)

    def suggested(self, interval: str) -> list[int]:
        """The amounts that are suggested where supporters choose, in minor units; never below the smallest."""
        price = next((price for price in self.prices.all() if price.interval == interval), None)
        return price.suggestions() if price else []

    def advantages_of(self, interval: str) -> tuple[dict[str, Any], ...]:
        """What one payment gives back, in the words of the books. What nobody could buy is no advantage."""
        return tuple(benefit.advantage_of(interval) for benefit in self.benefits.all() if benefit.is_advantage)


class TierPrice(models.Model):
    tier = ParentalKey(Tier, on_delete=models.CASCADE, related_name="prices")
    interval = models.CharField(max_length=7, choices=Interval)
    amount = StoredCardAmountField("price", validators=[MinValueValidator(1), MaxValueValidator(MOST)])

    suggested = models.CharField(
        "suggested amounts",
        max_length=120,
        blank=True,
        help_text="Where supporters give what they can: amounts with spaces between them, such as: 10 20 50",
    )

    class Meta:
        ordering = ["interval"]
        constraints = [
            models.UniqueConstraint(fields=["tier", "interval"], name="one_price_per_tier_and_interval"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tier_price_is_above_zero"),
            models.CheckConstraint(condition=Q(interval__in=Interval.values), name="tier_price_interval_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.tier} {self.get_interval_display().lower()}"

    def suggestions(self) -> list[int]:
        """What staff typed, or the smallest amount, twice and four times of it where they typed nothing."""
        try:
            typed = self._typed()
        except AmountError:
            # Typed when the books were in another currency.
            typed = []
        amounts = typed or [self.amount, 2 * self.amount, 4 * self.amount]
        return sorted({amount for amount in amounts if self.amount <= amount <= MOST}) or [self.amount]

    def _typed(self) -> list[int]:
        return [parse_amount(text, settings.REPORTING_CURRENCY) for text in self.suggested.split()]

    def clean(self) -> None:
        try:
            amounts = self._typed()
        except AmountError as error:
            raise ValidationError({"suggested": str(error)}) from error
        if any(not (self.amount or 0) <= amount <= MOST for amount in amounts):
            raise ValidationError({"suggested": "Suggest no amount below the price."})


class Benefit(models.Model):
    """Something that members get. Values are for a year of membership, as a member could buy it elsewhere."""

    tier = ParentalKey(Tier, on_delete=models.CASCADE, related_name="benefits")
    sort_order = models.PositiveSmallIntegerField(default=0, blank=True, editable=False)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=KINDS, default="main")
    fair_value = StoredAmountField(
        "fair value a year", default=0, help_text="What it would cost to buy. 0 for what nobody could buy."
    )
    cost = StoredAmountField(
        "cost a year", null=True, blank=True, help_text="What it costs us. Leave empty if unknown; small gifts need it."
    )
    bears_logo = models.BooleanField("bears our name or logo", default=False)

    # The name that wagtail's panels look for, so that staff can put benefits in order.
    sort_order_field = "sort_order"

    class Meta:
        ordering = ["sort_order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fair_value__gte=0) & (Q(cost=None) | Q(cost__gte=0)), name="benefit_values_are_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_advantage(self) -> bool:
        """Whether the rules must hear of it: it has a value, or must be named on the receipt without one."""
        return self.fair_value > 0 or self.kind == "intangible_religious"

    def advantage_of(self, interval: str) -> dict[str, Any]:
        return {
            "label": self.label,
            "kind": self.kind,
            "fair_value": share_of_year(self.fair_value, interval),
            # Whole, also in a month's payment: the low-cost limit is for an article, however it is paid.
            "cost": self.cost,
            "bears_logo": self.bears_logo,
        }


def share_of_year(amount: int, interval: str) -> int:
    """What one payment carries of a yearly value.

    A share is rounded up: twelve receipts may then state a few cents too little as deductible, never too much.
    """
    return -(-amount // PER_YEAR[interval])
