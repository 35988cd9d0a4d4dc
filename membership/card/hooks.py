"""What the card gives to the rest: a part of "My account", and what a download and an erasure must know of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import timezone
from wagtail import hooks

from accounts.privacy import Facts, Person, Table
from accounts.sections import AccountSection
from membership.card.cards import verify_url
from membership.models import MemberCard, Membership


@hooks.register("account_sections")
def account_section(request: HttpRequest) -> AccountSection | None:
    live = list(Membership.objects.of_user(request.user).live(timezone.now()).select_related("tier"))
    if not live:
        return None
    title = "Your membership card" if len(live) == 1 else "Your membership cards"
    return AccountSection(
        order=12, title=title, template_name="membership/card/account.html", context={"memberships": live}
    )


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    cards = MemberCard.objects.filter(membership__payer__in=person.payers).select_related("membership__tier")
    yield Table(name="membership_cards", rows=[_facts(card) for card in cards])


def _facts(card: MemberCard) -> Facts:
    return {"tier": card.membership.tier.name, "made": card.made_at, "code": verify_url(card)}


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    MemberCard.objects.filter(membership__payer__in=person.payers).delete()
