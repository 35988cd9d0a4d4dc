"""What staff can narrow a listing by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from payments.issues import KINDS
from payments.mirror import EVENT_TYPES
from payments.models import Event, Issue, Payment, PaymentLine, Payout
from receipts.chart import INCOME, Account

STREAMS = [(account.value, account.label) for account in Account if account in INCOME]


def _boxes(choices: Any, label: str, **kwargs: Any) -> django_filters.MultipleChoiceFilter:
    return django_filters.MultipleChoiceFilter(
        choices=choices, label=label, widget=forms.CheckboxSelectMultiple, **kwargs
    )


class PaymentFilterSet(WagtailFilterSet):
    status = _boxes(Payment.Status.choices, "Status")
    created_at = django_filters.DateFromToRangeFilter(label="Started", widget=DateRangePickerWidget)
    paid_at = django_filters.DateFromToRangeFilter(label="Paid", widget=DateRangePickerWidget)
    stream = _boxes(STREAMS, "Stream", method="filter_stream")

    class Meta:
        model = Payment
        fields: list[str] = []

    def filter_stream(self, payments: QuerySet[Payment], name: str, streams: list[str]) -> QuerySet[Payment]:
        lines = PaymentLine.objects.filter(payment=OuterRef("pk"), account__in=streams)
        return payments.filter(Exists(lines))


class EventFilterSet(WagtailFilterSet):
    status = _boxes(Event.Status.choices, "Status")
    type = _boxes([(name, name) for name in sorted(EVENT_TYPES)], "Type")
    created = django_filters.DateFromToRangeFilter(label="Created", widget=DateRangePickerWidget)

    class Meta:
        model = Event
        fields: list[str] = []


class IssueFilterSet(WagtailFilterSet):
    is_open = django_filters.ChoiceFilter(
        choices=[("open", "Open"), ("closed", "Closed")],
        label="State",
        method="filter_open",
        empty_label="All",
        widget=forms.RadioSelect,
    )
    kind = _boxes(list(KINDS.items()), "Kind")

    class Meta:
        model = Issue
        fields: list[str] = []

    def filter_open(self, issues: QuerySet[Issue], name: str, state: str) -> QuerySet[Issue]:
        return issues.filter(closed_at__isnull=state == "open")


class PayoutFilterSet(WagtailFilterSet):
    created = django_filters.DateFromToRangeFilter(label="Created", widget=DateRangePickerWidget)

    class Meta:
        model = Payout
        fields: list[str] = []
