from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from accounts.inviting import invite
from membership import gift_lines, gift_mails, matching, tributes
from membership.models.campaigns import Campaign
from membership.models.matches import Match
from membership.models.subscriptions import Subscription, SubscriptionQuerySet
from membership.models.tiers import Interval

if TYPE_CHECKING:
    from payments.models import Plan, PlanTerms
    from payments.payables import Line
    from receipts.models import Transaction


# What givers choose who leave it to us.
ANYWHERE = "Where it is needed most"
ANONYMOUS = "Somebody who stays unnamed"


class GiftQuerySet(SubscriptionQuerySet):
    def for_staff(self) -> GiftQuerySet:
        """All that a listing shows, in one query."""
        return self.select_related("payer", "fund", "campaign", "tribute")


class Gift(Subscription):
    """Money given without a tier: once (no interval), or again and again.

    ``amount`` is one payment and holds ``fee_cover``, which the giver added so that the card fee costs us nothing.
    """

    class Method(models.TextChoices):
        ONLINE = "online", "Online"
        CHEQUE = "cheque", "Cheque"
        CASH = "cash", "Cash"
        TRANSFER = "transfer", "Bank transfer"

    interval = models.CharField(max_length=7, choices=Interval, blank=True)
    fund = models.ForeignKey("receipts.Fund", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="gifts")
    fee_cover = models.BigIntegerField(default=0)
    method = models.CharField(max_length=8, choices=Method, default=Method.ONLINE)
    # How the giver wants to be shown: two choices of their own, and nothing is shown that was not chosen.
    is_on_wall = models.BooleanField(default=False)
    hides_name = models.BooleanField(default=False)
    hides_amount = models.BooleanField(default=False)
    wall_name = models.CharField(max_length=80, blank=True)
    message = models.CharField(max_length=280, blank=True)
    # Who of an organisation gave, for the salutation; the payer is the organisation.
    contact_name = models.CharField(max_length=200, blank=True)
    # Added to a basket: it is paid with what is bought, and its giver may have other checkouts of gifts open.
    in_basket = models.BooleanField(default=False, editable=False)
    # A word from the page it was given on (such as a block's reference): which pages work.
    came_from = models.CharField(max_length=80, blank=True)

    objects = GiftQuerySet.as_manager()

    # What a sponsor added, while the payment is being booked.
    match: Match | None = None

    class Meta(Subscription.Meta):
        constraints = [
            *Subscription.Meta.constraints,
            models.UniqueConstraint(
                fields=["payer"],
                condition=Q(state="incomplete", in_basket=False),
                name="one_open_gift_checkout_per_payer",
            ),
            models.CheckConstraint(
                condition=Q(fee_cover=0) | Q(fee_cover__gt=0, fee_cover__lt=F("amount")),
                name="fee_cover_is_part_of_the_gift",
            ),
            models.CheckConstraint(condition=Q(method="online") | Q(interval=""), name="offline_gifts_are_made_once"),
        ]
        permissions = [("export_gift", "Can export who gave what")]

    def __str__(self) -> str:
        return f"Gift {str(self.public_id)[:8]}"

    @property
    def gift_amount(self) -> int:
        """What was meant to be given, without what covers the fee."""
        return self.amount - self.fee_cover

    @property
    def purpose(self) -> str:
        """What it is for, in words for its giver."""
        return self.campaign.name if self.campaign else self.fund.name if self.fund.is_restricted else ANYWHERE

    @property
    def salutation(self) -> str:
        return self.contact_name or self.payer.name

    def shown_name(self) -> str:
        """Whom a public page names, and nothing else of the giver; empty where nobody is to be shown."""
        if not self.is_on_wall:
            return ""
        return ANONYMOUS if self.hides_name else self.wall_name or self.payer.name

    def shown_amount(self) -> int | None:
        """What a public page may say was given each time; None where it may say nothing."""
        return self.gift_amount if self.is_on_wall and not self.hides_amount else None

    def lines(self) -> Sequence[Line]:
        return gift_lines.lines_of(self, amount=self.amount, fee_cover=self.fee_cover, interval=self.interval)

    def lines_at(self, *, amount: int, interval: str) -> Sequence[Line]:
        return gift_lines.lines_of(self, amount=amount, fee_cover=0, interval=interval)

    def paid(self, transaction: Transaction | None) -> None:
        # Before it is thanked for: the thanks say what a sponsor really added.
        self.match = matching.follow_safely(transaction)
        super().paid(transaction)

    def refunded(self, transaction: Transaction) -> None:
        matching.follow_safely(transaction)
        super().refunded(transaction)

    def refund_failed(self, transaction: Transaction) -> None:
        matching.follow_safely(transaction)
        super().refund_failed(transaction)

    def when_started(self) -> None:
        if self.method != self.Method.ONLINE:
            return
        if self.payer.user is None and self.payer.email:
            invite(self.payer.email)
        gift_mails.thank(self, self.plan())
        tributes.notify_if_due(self)

    def when_terms_changed(self, plan: Plan, terms: PlanTerms) -> list[str]:
        self.fee_cover = int(terms.detail.get("fee_cover", 0))
        return ["fee_cover"]
