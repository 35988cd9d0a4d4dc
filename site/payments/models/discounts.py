from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone

from payments.discounts.people import person_key
from payments.discounts.refusals import CodeUsedUp
from receipts.amounts import StoredAmountField
from receipts.money import format_amount

if TYPE_CHECKING:
    from payments.payables import Line
    from receipts.models import Transaction


class DiscountCodeQuerySet(models.QuerySet["DiscountCode"]):
    def usable(self, at: datetime) -> DiscountCodeQuerySet:
        """Switched on, and within its time."""
        begun = Q(starts_at=None) | Q(starts_at__lte=at)
        return self.filter(begun, Q(ends_at=None) | Q(ends_at__gt=at), is_active=True)

    def with_uses_left(self) -> DiscountCodeQuerySet:
        return self.filter(Q(most_uses=None) | Q(uses__lt=F("most_uses")))


class DiscountCode(models.Model):
    """A word that lowers the price of what is bought: by a percent or by an amount in minor units."""

    code = models.CharField(max_length=40, help_text="What customers type. Capitals make no difference.")
    note = models.CharField(max_length=200, blank=True, help_text="What it is for. Customers don't see it.")
    percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))],
        help_text="Such as 10 or 12.5. Or enter an amount.",
    )
    amount = StoredAmountField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Taken off the goods once, and never more than they cost.",
    )
    currency = models.CharField(max_length=3, editable=False)
    starts_at = models.DateTimeField("from", null=True, blank=True, help_text="Empty: from now on.")
    ends_at = models.DateTimeField("until", null=True, blank=True, help_text="Empty: until it is switched off.")
    most_uses = models.PositiveIntegerField(
        "uses in all", null=True, blank=True, validators=[MinValueValidator(1)], help_text="Empty: any number."
    )
    most_uses_per_payer = models.PositiveIntegerField(
        "uses for each customer",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="By e-mail address. Empty: any number.",
    )
    least_total = StoredAmountField(
        "smallest purchase",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="What the goods must cost before the discount, without shipping and gifts.",
    )
    is_active = models.BooleanField("can be used", default=True)
    # Held by open checkouts, or used for good. Moved by conditional updates only.
    uses = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DiscountCodeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Upper("code"),
                name="a_discount_code_is_one_whatever_its_capitals",
                violation_error_message="There is a code of this name.",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, amount__isnull=True) | Q(percent__isnull=True, amount__isnull=False),
                name="a_discount_is_a_percent_or_an_amount",
                violation_error_message="Enter a percent or an amount, and not both.",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gt=0, percent__lte=100),
                name="a_discount_is_at_most_100_percent",
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="a_discount_is_above_zero"),
            models.CheckConstraint(
                condition=Q(most_uses=None) | Q(uses__lte=F("most_uses")),
                name="a_discount_code_is_never_used_more_often_than_allowed",
                violation_error_message="It has been used more often than that already.",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="a_discount_code_ends_after_it_starts",
                violation_error_message="It must end after it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.worth})"

    @property
    def worth(self) -> str:
        """For people: "10%", "12.5%", "$5.00"."""
        if self.percent is not None:
            return f"{self.percent.normalize():f}%"
        return format_amount(self.amount or 0, self.currency)


class DiscountUseQuerySet(models.QuerySet["DiscountUse"]):
    def counting(self) -> DiscountUseQuerySet:
        """Those that take up one of the code's uses."""
        return self.filter(state__in=(DiscountUse.State.HELD, DiscountUse.State.USED))


class DiscountUse(models.Model):
    """One use of a code by one basket. A payable without lines: it is told what becomes of the payment it lowers.

    Of the payables of a checkout it comes last, so that all checkouts wait for each other in the same order.
    """

    class State(models.TextChoices):
        NEW = "new", "Not begun"
        HELD = "held", "At the checkout"
        USED = "used", "Used"
        RELEASED = "released", "Given back"

    code = models.ForeignKey(DiscountCode, on_delete=models.PROTECT, related_name="all_uses")
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="discount_uses")
    # A keyed digest of the e-mail address, by which uses are counted: a guest is a new payer with each new address.
    person = models.CharField(max_length=64, blank=True, editable=False)
    # The how-manieth live use of this code by this person; None while it takes up none.
    place = models.PositiveIntegerField(null=True, editable=False)
    # What it takes off, in minor units.
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    # Paid after it had been given back, when no use was left: the customer keeps the discount.
    is_over = models.BooleanField("beyond the limit", default=False)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    objects = DiscountUseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_discount_takes_nothing_below_zero"),
            models.UniqueConstraint(
                fields=["code", "person", "place"],
                condition=Q(place__isnull=False),
                name="one_discount_use_per_person_and_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code.code}: {self.get_state_display()}"

    # -- What payments asks and tells (payments.payables.Payable) -------------------------------------------

    def lines(self) -> Sequence[Line]:
        """None: the discount is taken off the lines of what is bought."""
        return []

    @transaction.atomic
    def pending(self) -> None:
        """Claim one use, of the code and of the person. Raises CodeUsedUp."""
        if not self._move((self.State.NEW, self.State.RELEASED), self.State.HELD):
            raise CodeUsedUp
        if not self._claim(DiscountCode.objects.usable(timezone.now())):
            raise CodeUsedUp

    def paid(self, transaction: Transaction | None) -> None:
        """Final. What was paid after its hold ended takes a use again, if one is left."""
        now = transaction.occurred_at if transaction else timezone.now()
        if self._move((self.State.HELD,), self.State.USED, used_at=now):
            return
        if self._move((self.State.NEW, self.State.RELEASED), self.State.USED, used_at=now):
            is_over = not self._claim(DiscountCode.objects.all())
            type(self).objects.filter(pk=self.pk).update(is_over=is_over)
            self.is_over = is_over

    def refunded(self, transaction: Transaction) -> None:
        """A use is a use, whatever goes back."""

    def refund_failed(self, transaction: Transaction) -> None:
        """As above."""

    def released(self) -> None:
        if self._move((self.State.HELD,), self.State.RELEASED, place=None):
            DiscountCode.objects.filter(pk=self.code_id, uses__gt=0).update(uses=F("uses") - 1)

    # -- How it counts ---------------------------------------------------------------------------------------

    def _move(self, states: Sequence[str], to: str, **changes: object) -> bool:
        """True for the one who moved it."""
        moved = type(self).objects.filter(pk=self.pk, state__in=states).update(state=to, **changes)
        self.refresh_from_db(fields=["state", *changes])
        return moved > 0

    def _claim(self, codes: DiscountCodeQuerySet) -> bool:
        """Take one use of the code, and a place among those of this person. All or nothing."""
        try:
            with transaction.atomic():
                if not codes.with_uses_left().filter(pk=self.code_id).update(uses=F("uses") + 1):
                    return False
                # From here on whoever else claims this code waits for us: the update holds its row.
                if not self._take_place():
                    raise CodeUsedUp
        except (CodeUsedUp, IntegrityError):
            return False
        return True

    def _take_place(self) -> bool:
        code = DiscountCode.objects.get(pk=self.code_id)
        self.person = person_key(self.payer)
        taken = type(self).objects.filter(code=code, person=self.person, place__isnull=False)
        places = set(taken.values_list("place", flat=True))
        place = next(number for number in range(1, len(places) + 2) if number not in places)
        if code.most_uses_per_payer is not None and place > code.most_uses_per_payer:
            return False
        self.place = place
        self.save(update_fields=["person", "place"])
        return True
