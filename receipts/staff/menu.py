from __future__ import annotations

from wagtail.admin.viewsets.base import ViewSetGroup

from receipts.staff.closed_months import ClosedMonthViewSet
from receipts.staff.duplicates import DuplicateViewSet
from receipts.staff.funds import FundViewSet
from receipts.staff.income import IncomeReport
from receipts.staff.index_rows import IndexRowViewSet
from receipts.staff.invoices import InvoiceViewSet
from receipts.staff.payers import PayerViewSet
from receipts.staff.receipts import ReceiptViewSet
from receipts.staff.transactions import TransactionViewSet


class BooksGroup(ViewSetGroup):
    """The staff menu's "Books". Each item is shown to whom may view its rows."""

    menu_label = "Books"
    menu_name = "books"
    menu_icon = "openquote"
    menu_order = 310
    items = (
        IncomeReport,
        TransactionViewSet,
        ReceiptViewSet,
        InvoiceViewSet,
        FundViewSet,
        ClosedMonthViewSet,
        IndexRowViewSet,
    )


class SupportersGroup(ViewSetGroup):
    """The staff menu's "Supporters": for fundraisers, who need not see the books."""

    menu_label = "Supporters"
    menu_name = "supporters"
    menu_icon = "group"
    menu_order = 305
    items = (PayerViewSet, DuplicateViewSet)
