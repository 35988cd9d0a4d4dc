"""Invoices of what was sold, and credit notes of what of it was taken back. Gifts are never on one."""

from __future__ import annotations

from receipts.invoices.figures import InvoicedLine
from receipts.invoices.issuing import cancel_credit_note, issue_credit_note, issue_invoice
from receipts.invoices.links import invoice_link

__all__ = ["InvoicedLine", "cancel_credit_note", "invoice_link", "issue_credit_note", "issue_invoice"]
