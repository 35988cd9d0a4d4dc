"""On "My account": payments that need something of the supporter, before everything else."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from accounts.sections import AccountSection
from membership.models import Subscription
from membership.recovery import words
from membership.recovery.links import mend_url
from payments.decline_reasons import for_payer
from payments.models import Plan, RenewalFailure


def section(request: HttpRequest) -> AccountSection | None:
    mine = Q(plan__payer__user=request.user) | Q(plan__payer__merged_into__user=request.user)
    later = RenewalFailure.objects.filter(invoice_id=OuterRef("invoice_id"), attempt__gt=OuterRef("attempt"))
    failures = RenewalFailure.objects.filter(mine, ~Exists(later), settled_as="").exclude(plan__status__in=Plan.OVER)
    rows = [_row(failure) for failure in failures.select_related("plan").order_by("pk")]
    if not rows:
        return None
    template = "membership/mend/account.html"
    return AccountSection(order=1, title="A payment needs you", template_name=template, context={"rows": rows})


def _row(failure: RenewalFailure) -> dict[str, object]:
    subscription = failure.plan.payable()
    return {
        "failure": failure,
        "what": words.what(subscription) if isinstance(subscription, Subscription) else "",
        "card": words.card(failure.plan),
        "reason": for_payer(failure.reason),
        "what_next": words.what_next(failure),
        "mend_url": mend_url(failure.plan, invoice_id=failure.invoice_id),
    }
