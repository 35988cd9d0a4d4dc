"""How the thing stands that a mailed link is for: what its page shows, and what can be done there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from membership.models import Subscription
from membership.models.recovery import MendLink
from membership.recovery import links
from membership.recovery.telling import has_lapsed
from payments.decline_reasons import Why, why
from payments.models import RenewalFailure


class Stand(StrEnum):
    # An invoice is unpaid and can be paid.
    OPEN = "open"
    # Nothing is open: another card can be given for what comes.
    CARD = "card"
    PAID = "paid"
    # It was given up here or at Stripe: nobody wants that money any more.
    LET_GO = "let_go"
    # The subscription is over.
    ENDED = "ended"


@dataclass(frozen=True)
class Standing:
    link: MendLink
    subscription: Subscription
    stand: Stand
    failure: RenewalFailure | None

    @property
    def needs_bank(self) -> bool:
        return self.failure is not None and why(self.failure.reason) == Why.BANK_CHECK

    @property
    def may_try_same_card(self) -> bool:
        """Not one that expired or that a bank refuses for good: it would be a wasted try."""
        return self.failure is not None and why(self.failure.reason) in (Why.FUNDS, Why.OTHER, Why.BANK_CHECK)

    @property
    def can_be_mended(self) -> bool:
        return self.stand in (Stand.OPEN, Stand.CARD)


def standing_of(token: str) -> Standing | None:
    """None for every token that opens nothing, whatever the reason."""
    link = links.find(token)
    subscription = link.plan.payable() if link else None
    if link is None or not isinstance(subscription, Subscription):
        return None
    failure = links.failure_of(link)
    return Standing(link, subscription, _stand(link, failure), failure)


def _stand(link: MendLink, failure: RenewalFailure | None) -> Stand:
    if failure and failure.settled_as == "paid":
        return Stand.PAID
    if link.plan.is_over or (has_lapsed(link.plan) and link.plan.status != "unpaid"):
        return Stand.ENDED
    if failure is None:
        return Stand.CARD
    return Stand.LET_GO if failure.settled_as else Stand.OPEN
