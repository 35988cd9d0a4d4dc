"""The document of an invoice: drawn when it is first asked for, kept from then on."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile

from receipts import drawing
from receipts.invoices.documents import invoice_html, machine_readable
from receipts.models import Invoice
from receipts.storing import DamagedFile, private_storage


def draw_invoice(invoice: Invoice) -> bytes:
    """The document's bytes: the same for the same invoice, whenever it is drawn."""
    return drawing.draw(
        html=invoice_html(invoice),
        identifier=invoice.public_id.hex,
        attachment=machine_readable(invoice),
        attachment_name=f"{invoice.label}.json",
        attachment_about="This document in machine-readable form",
        created=invoice.created_at,
    )


def bytes_of(invoice: Invoice) -> bytes:
    """The kept bytes, drawn now if nobody asked for them before.

    Raises DamagedFile when they are gone or are not what was kept, and what ``drawing.draw`` raises.
    """
    if not invoice.file_name:
        _keep(invoice, draw_invoice(invoice))
    try:
        with private_storage().open(invoice.file_name) as file:
            content: bytes = file.read()
    except OSError as error:
        raise DamagedFile(f"The file of {invoice.label} cannot be read.") from error
    if hashlib.sha256(content).hexdigest() != invoice.sha256:
        raise DamagedFile(f"The file of {invoice.label} is not what was kept.")
    return content


def _keep(invoice: Invoice, pdf: bytes) -> None:
    """Of two who ask at once, the first one's file is the one that both get."""
    wanted = f"invoices/{invoice.issued_on.year}/{invoice.public_id}.pdf"
    name = private_storage().save(wanted, ContentFile(pdf))
    mine = Invoice.objects.filter(pk=invoice.pk, file_name="")
    if not mine.update(file_name=name, sha256=hashlib.sha256(pdf).hexdigest()):
        private_storage().delete(name)
    invoice.refresh_from_db(fields=["file_name", "sha256"])
