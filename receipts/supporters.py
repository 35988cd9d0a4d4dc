"""Who is a supporter: a payer, unless all that is known of them is that they tried."""

from __future__ import annotations

from django.db.models import QuerySet
from wagtail import hooks

from receipts.models import Payer


def supporters() -> QuerySet[Payer]:
    """Every payer that stands for somebody, less those of whom an app says by the hook ``only_tried`` that they began
    to pay and never did. A row for a checkout is needed before Stripe is asked; bots that try out cards leave some.
    """
    payers: QuerySet[Payer] = Payer.objects.live()
    for condition in hooks.get_hooks("only_tried"):
        payers = payers.exclude(condition())
    return payers
