from __future__ import annotations

from receipts.models.funds import Fund
from receipts.models.index_rows import IndexRow
from receipts.models.invoices import Invoice, InvoiceSeries
from receipts.models.issuer import Issuer
from receipts.models.ledger import ClosedMonth, Entry, Transaction
from receipts.models.merges import DuplicatePair, PayerMerge
from receipts.models.notes import PayerNote
from receipts.models.payers import Payer
from receipts.models.receipts import Receipt, ReceiptLine, ReceiptSeries

__all__ = [
    "ClosedMonth",
    "DuplicatePair",
    "Entry",
    "Fund",
    "IndexRow",
    "Invoice",
    "InvoiceSeries",
    "Issuer",
    "Payer",
    "PayerMerge",
    "PayerNote",
    "Receipt",
    "ReceiptLine",
    "ReceiptSeries",
    "Transaction",
]
