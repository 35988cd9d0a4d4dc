from __future__ import annotations

from wagtail.admin.viewsets.base import ViewSetGroup

from payments.discounts.staff import DiscountCodeViewSet
from payments.staff.events import EventViewSet
from payments.staff.issues import IssueViewSet
from payments.staff.jobs import ScheduledJobViewSet
from payments.staff.payments import PaymentViewSet
from payments.staff.payouts import PayoutViewSet
from payments.tax.staff import TaxRateViewSet


class PaymentsGroup(ViewSetGroup):
    """The staff menu's "Payments". Each item is shown to whom may view its rows."""

    menu_label = "Payments"
    menu_name = "payments"
    menu_icon = "form"
    menu_order = 300
    items = (
        PaymentViewSet,
        IssueViewSet,
        PayoutViewSet,
        DiscountCodeViewSet,
        TaxRateViewSet,
        EventViewSet,
        ScheduledJobViewSet,
    )
