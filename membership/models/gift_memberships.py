from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.inviting import invite
from accounts.models import OutgoingMail
from membership import dues
from membership.gift_memberships import mails
from membership.gift_memberships.codes import code_of, digest_of
from membership.models.tiers import Interval, Tier
from payments.checkout import refuse_if_paid_meanwhile
from payments.issues import open_issue
from payments.lines_in_books import left_of_payable

if TYPE_CHECKING:
    from payments.payables import Line
    from receipts.models import Transaction

# How long somebody may take to redeem what they were given.
KEEPS_FOR = timedelta(days=730)
MONTHS = {"quarter": 3, "year": 12}


class GiftMembershipQuerySet(models.QuerySet["GiftMembership"]):
    def redeemable(self, at: datetime) -> GiftMembershipQuerySet:
        return self.filter(state=GiftMembership.State.PAID, redeem_by__gt=at)

    def of_user(self, user: object) -> GiftMembershipQuerySet:
        """Those that this user gave."""
        return self.filter(Q(payer__user=user) | Q(payer__merged_into__user=user))


class GiftMembership(models.Model):
    """A membership that one person pays and another has. ``amount`` is paid once, in minor units."""

    class State(models.TextChoices):
        INCOMPLETE = "incomplete", "Not paid yet"
        ABANDONED = "abandoned", "Never paid"
        PAID = "paid", "To be redeemed"
        REDEEMED = "redeemed", "Redeemed"
        CANCELLED = "cancelled", "Paid back"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Found by what somebody types; the code itself is nowhere.
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="gift_memberships")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    # The price that was paid: what a quarter or a year of the tier costs.
    interval = models.CharField(max_length=7, choices=[(word, Interval(word).label) for word in MONTHS])
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State, default=State.INCOMPLETE)
    recipient_name = models.CharField(max_length=100, blank=True)
    # Empty: the giver hands the code over.
    recipient_email = models.EmailField(blank=True)
    message = models.TextField(max_length=500, blank=True)
    send_on = models.DateField(null=True)
    mail = models.ForeignKey("accounts.OutgoingMail", on_delete=models.SET_NULL, null=True, related_name="+")
    membership = models.ForeignKey(
        "membership.Membership", on_delete=models.PROTECT, null=True, related_name="gift_memberships"
    )
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True)
    redeem_by = models.DateTimeField(null=True)
    redeemed_at = models.DateTimeField(null=True)

    objects = GiftMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="gift_membership_amount_is_above_zero"),
            models.UniqueConstraint(
                fields=["payer"], condition=Q(state="incomplete"), name="one_open_gift_membership_per_payer"
            ),
            models.CheckConstraint(
                condition=~Q(state="redeemed") | Q(membership__isnull=False),
                name="redeemed_gift_membership_has_its_membership",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier} for somebody ({str(self.public_id)[:8]})"

    @property
    def code(self) -> str:
        return code_of(self.public_id)

    @property
    def months(self) -> int:
        return MONTHS[self.interval]

    @property
    def per(self) -> str:
        return Interval(self.interval).per

    @property
    def is_redeemable(self) -> bool:
        return self.state == self.State.PAID and self.redeem_by is not None and timezone.now() < self.redeem_by

    # -- What payments asks and tells (payments.payables.Payable) -------------------------------------------

    def lines(self) -> Sequence[Line]:
        """Dues with the tier's benefits as their advantage: whoever has them, they were paid for and are no gift."""
        line = dues.line_of(self.tier, interval=self.interval, amount=self.amount)
        description = f"{self.tier.name} membership for somebody else, {self.months} months"
        return [replace(line, description=description, yearly_amount=self.amount)]

    def pending(self) -> None:
        refuse_if_paid_meanwhile(self)
        self.state = self.State.INCOMPLETE
        self.save()

    def paid(self, transaction: Transaction | None) -> None:
        if self.paid_at is not None:
            return
        now = transaction.occurred_at if transaction else timezone.now()
        self.state, self.paid_at, self.redeem_by = self.State.PAID, now, now + KEEPS_FOR
        if self.payer.user is None and self.payer.email:
            # The code and the page to print are in My account.
            invite(self.payer.email)
        mails.thanks(self)
        if self.recipient_email:
            self.mail = mails.invitation(self)
        self.save(update_fields=["state", "paid_at", "redeem_by", "mail"])

    def refunded(self, transaction: Transaction) -> None:
        """A code that is paid back opens nothing. One that was redeemed is for a person to decide."""
        paid = transaction.entries.filter(corrects__isnull=False).first()
        whole = paid.corrects.transaction if paid and paid.corrects else None
        if whole is None or left_of_payable(self, whole):
            return
        if self.state == self.State.PAID:
            self.state = self.State.CANCELLED
            self.save(update_fields=["state"])
            mails.withdraw(self)
        elif self.state == self.State.REDEEMED:
            open_issue(
                "redeemed_and_refunded",
                str(self.public_id),
                f"Gift membership {self.public_id} was paid back after it had been redeemed.",
            )

    def refund_failed(self, transaction: Transaction) -> None:
        """The money stayed here after all: the code opens again, and an invitation that was withdrawn is sent."""
        if self.state == self.State.CANCELLED:
            self.state = self.State.PAID
            if self.mail is not None and self.mail.state == OutgoingMail.State.CANCELLED:
                self.mail = mails.invitation(self)
            self.save(update_fields=["state", "mail"])

    def released(self) -> None:
        if self.paid_at is None:
            self.state = self.State.ABANDONED
            self.save(update_fields=["state"])


def new_gift_membership(**fields: object) -> GiftMembership:
    """With its code's digest; nothing is stored."""
    gift = GiftMembership(**fields)
    gift.code_digest = digest_of(code_of(gift.public_id))
    return gift
