"""Three funds for the demo, and how people there give: mostly once, some every month, some in memory of somebody."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from django.db import transaction
from django.utils import timezone

from membership.gift_purposes import open_purposes
from membership.giving import GiftTerms, begin
from membership.models import GivingSettings, Tribute
from membership.tributes import TributeTerms
from payments.models import Payment
from receipts.models import Fund
from receipts.payers import PayerDetails

FUNDS = {
    "Night line": "Hours in which nobody else picks up the phone.",
    "Workshop materials": "Cloth, thread and tools for whoever learns a trade with us.",
    "Bursaries": "Seats in our courses, for people who cannot pay for them.",
}
INTERVALS, HOW_OFTEN = ("", "month", "quarter", "year"), (55, 33, 5, 7)
NAMES = ("Ruth Abara", "Elias Novak", "Grandmother Ines", "Our teacher, Mr Osei")
WORDS = ("She always had a chair for one more.", "He would have liked what you do.", "With our thanks.")
# Out of a hundred who give.
COVERS_THE_FEE, FOR_SOMEBODY, ON_THE_WALL = 40, 15, 30


@transaction.atomic
def prepare() -> None:
    giving = GivingSettings.load()
    giving.save()
    for name, purpose in FUNDS.items():
        fund, _ = Fund.objects.get_or_create(name=name, defaults={"purpose": purpose})
        giving.funds.add(fund)


def start_checkout(person: Mapping[str, str], dice: Random) -> Payment:
    """Somebody of the demo's history chooses a gift and goes to Stripe's page."""
    giving = GivingSettings.load()
    interval = dice.choices(INTERVALS, weights=HOW_OFTEN)[0]
    # The campaigns are younger than this history.
    purpose = dice.choice([one for one in open_purposes(giving) if not one.campaign])
    terms = GiftTerms(
        amount=dice.choice(giving.suggested(interval)),
        interval=interval,
        covers_fee=_happens(dice, COVERS_THE_FEE),
        fund=purpose.fund,
        is_on_wall=_happens(dice, ON_THE_WALL),
        hides_amount=_happens(dice, 50),
        tribute=_tribute(dice) if _happens(dice, FOR_SOMEBODY) else None,
    )
    return begin(payer_details=PayerDetails(**person), gift_terms=terms, user=None, locale="en")


def _tribute(dice: Random) -> TributeTerms:
    return TributeTerms(
        kind=dice.choice(Tribute.Kind.values),
        honouree=dice.choice(NAMES),
        family_name="The family",
        family_email="family@example.org",
        message=dice.choice(WORDS),
        notify_on=timezone.localdate(),
    )


def _happens(dice: Random, percent: int) -> bool:
    return dice.random() * 100 < percent
