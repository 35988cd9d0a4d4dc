"""What a row of the payments' listing and of its export shows."""

from __future__ import annotations

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from payments.models import Issue, Payment, Refund
from receipts.chart import Account

LABELS = dict(Account.choices)


def streams_of(payment: Payment) -> str:
    """The streams a payment's lines belong to, each named once."""
    return ", ".join(dict.fromkeys(str(LABELS.get(line.account, line.account)) for line in payment.lines.all()))


def how_often(payment: Payment) -> str:
    return {"month": "monthly", "year": "yearly"}.get(payment.interval, "once")


def listed_payments() -> QuerySet[Payment]:
    """All that a row of the listing or the export shows, in two queries."""
    went_back = (
        Refund.objects.filter(payment=OuterRef("pk"))
        .exclude(status=Refund.Status.FAILED)
        .order_by()
        .values("payment")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    open_issues = Issue.objects.filter(payment=OuterRef("pk"), closed_at__isnull=True)
    return (
        Payment.objects.for_staff()
        .prefetch_related("lines")
        .annotate(
            went_back=Coalesce(Subquery(went_back, output_field=BigIntegerField()), 0), has_issue=Exists(open_issues)
        )
    )
