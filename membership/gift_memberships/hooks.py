"""What given memberships give to the rest: a part of "My account", mails, a job, staff's list, privacy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail import hooks

from accounts.delivery import cancel_mail
from accounts.mail_kinds import MailKind
from accounts.privacy import Person, Table
from accounts.sections import AccountSection
from membership.gift_memberships import account, redeeming
from membership.gift_memberships.mail_kinds import mail_kinds
from membership.models import GiftMembership


@hooks.register("account_sections")
def account_section(request: HttpRequest) -> AccountSection | None:
    return account.section(request)


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return mail_kinds()


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("membership.end_given", timedelta(hours=1), redeeming.end_given)]


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    given = GiftMembership.objects.filter(payer__in=person.payers).select_related("tier").order_by("pk")
    received = meant_for(person).select_related("tier").order_by("pk")
    yield Table(
        name="memberships_meant_for_you",
        rows=[
            {
                "tier": gift.tier.name,
                "months": gift.months,
                "name": gift.recipient_name,
                "address": gift.recipient_email,
                "message": gift.message,
                "redeemed": gift.redeemed_at,
            }
            for gift in received
        ],
    )
    yield Table(
        name="given_memberships",
        rows=[
            {
                "tier": gift.tier.name,
                "months": gift.months,
                "amount": gift.amount,
                "currency": gift.currency,
                "state": gift.get_state_display(),
                "for": gift.recipient_name,
                "address": gift.recipient_email,
                "message": gift.message,
                "paid": gift.paid_at,
                "redeemed": gift.redeemed_at,
            }
            for gift in given
        ],
    )


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    """What was given stays redeemable; whom it was for, and what was written to them, goes: from either side."""
    given = meant_for(person) | GiftMembership.objects.filter(payer__in=person.payers)
    for gift in given.exclude(mail=None).select_related("mail"):
        if gift.mail is not None:
            cancel_mail(gift.mail)
    given.update(recipient_name="", recipient_email="", message="")


def meant_for(person: Person) -> QuerySet[GiftMembership]:
    """Those that somebody else gives to this person: redeemed by them, or for an address that is theirs alone."""
    theirs = Q(membership__payer__in=person.payers)
    for email in person.emails:
        theirs |= Q(recipient_email__iexact=email)
    return GiftMembership.objects.filter(theirs)
