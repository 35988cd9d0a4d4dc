"""What campaigns know of a person: what they promised, and which of their words stand on a wall."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.privacy import Person, Table, blank_log
from membership.models import MatchPool, Pledge, WallMessage
from receipts.money import plain


def export(person: Person) -> Iterable[Table]:
    pledges = Pledge.objects.filter(payer__in=person.payers).select_related("campaign").order_by("pk")
    yield Table(
        name="pledges",
        rows=[
            {
                "campaign": pledge.campaign.name,
                "amount": plain(pledge.amount, pledge.currency),
                "currency": pledge.currency,
                "due": pledge.due_on,
                "state": pledge.get_state_display(),
            }
            for pledge in pledges
        ],
    )
    pools = MatchPool.objects.filter(sponsor__in=person.payers).select_related("campaign").order_by("pk")
    yield Table(
        name="matched_gifts",
        rows=[
            {
                "campaign": pool.campaign.name,
                "shown_as": pool.shown_as,
                "at_most": plain(pool.cap, pool.currency),
                "matched": plain(pool.matched, pool.currency),
                "paid": plain(pool.paid, pool.currency),
                "currency": pool.currency,
            }
            for pool in pools
        ],
    )


def erase(person: Person) -> None:
    WallMessage.objects.filter(gift__payer__in=person.payers).delete()
    # Nobody answers for it any more: it promises nothing further, and names nobody.
    pools = MatchPool.objects.filter(sponsor__in=person.payers)
    blank_log(pools, "A sponsor's promise")
    pools.update(shown_as="", is_open=False)
    Pledge.objects.filter(payer__in=person.payers, state=Pledge.State.OPEN).update(state=Pledge.State.WRITTEN_OFF)
