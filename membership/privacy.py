"""What membership knows of a person, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.privacy import Facts, Person, Table, blank_log
from membership.models import Gift, Membership
from membership.models.subscriptions import Subscription
from receipts.money import plain


def export(person: Person) -> Iterable[Table]:
    memberships = Membership.objects.filter(payer__in=person.payers).select_related("tier").order_by("created_at", "pk")
    yield Table(
        name="memberships",
        rows=[{"tier": membership.tier.name, **_subscription(membership)} for membership in memberships],
    )
    gifts = Gift.objects.filter(payer__in=person.payers).select_related("fund", "campaign").order_by("created_at", "pk")
    yield Table(name="gifts", rows=[_gift(gift) for gift in gifts])


def _subscription(subscription: Subscription) -> Facts:
    return {
        "amount": plain(subscription.amount, subscription.currency),
        "currency": subscription.currency,
        "every": subscription.interval,
        "state": subscription.get_state_display(),
        "since": subscription.started_at,
        "paid_until": subscription.paid_until,
        "ended": subscription.ended_at,
        "reason_given": subscription.cancel_reason,
    }


def _gift(gift: Gift) -> Facts:
    return {
        "for": gift.fund.name,
        "campaign": gift.campaign.name if gift.campaign else "",
        **_subscription(gift),
        "of_it_for_the_card_fee": plain(gift.fee_cover, gift.currency),
        "way": gift.get_method_display(),
        "shown_on_the_wall": "yes" if gift.is_on_wall else "no",
        "name_on_the_wall": gift.wall_name,
        "message": gift.message,
        "contact": gift.contact_name,
        "came_from": gift.came_from,
    }


def erase(person: Person) -> None:
    """Terms and dates stay for the sums; what somebody wrote to us, and their name on a wall, goes."""
    memberships = Membership.objects.filter(payer__in=person.payers).select_related("tier")
    memberships.update(cancel_reason="")
    Gift.objects.filter(payer__in=person.payers).update(
        cancel_reason="",
        is_on_wall=False,
        hides_name=True,
        hides_amount=True,
        wall_name="",
        message="",
        contact_name="",
        came_from="",
    )
    for membership in memberships:
        blank_log([membership], membership.tier.name)
