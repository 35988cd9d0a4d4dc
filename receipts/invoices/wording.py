"""What invoices and credit notes say, in each language they are written in."""

from __future__ import annotations

from decimal import Decimal

# Reasons of a correction. The snapshot keeps the key; the sentence is printed in the document's language.
REFUNDED, DISPUTED, NOT_GIVEN_BACK, GIVEN = "refunded", "disputed", "not_given_back", "given"

ENGLISH = {
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "number": "Number",
    "issued_on": "Issued on",
    "paid_on": "Paid on",
    "taken_back_on": "Given back on",
    "corrects": "Corrects",
    "of_day": "of",
    "seller": "From",
    "buyer": "To",
    "registration_number": "Registration number",
    "vat_number": "VAT number",
    "to_pay": "Total, paid in full",
    "given_back": "Total given back",
    "lines": "What it is for",
    "description": "Description",
    "quantity": "Quantity",
    "unit": "Each, before tax",
    "net": "Before tax",
    "tax": "Tax",
    "gross": "Total",
    "rates": "Tax",
    "rate": "Rate",
    "no_tax": "No tax",
    "any_tax": "Tax",
    "total": "Total",
    "no_gift": "This is not a donation receipt. It is for goods or services, and nothing in it is a gift.",
    "sandbox": "Sandbox document: no money moved, and it has no value.",
    "refunded": "What was paid for this, or a part of it, was given back.",
    "disputed": "The payment was disputed at the bank, and the money went back.",
    "not_given_back": "The refund did not reach the payer, so this cancels the credit note.",
    "given": "This did not take place, and whoever paid for it left the money as a gift.",
    "print": "This page is made for printing. PDF files are switched off on this site.",
}
SPANISH = {
    "invoice": "Factura",
    "credit_note": "Nota de crédito",
    "number": "Número",
    "issued_on": "Fecha de emisión",
    "paid_on": "Pagada el",
    "taken_back_on": "Devuelto el",
    "corrects": "Corrige",
    "of_day": "del",
    "seller": "De",
    "buyer": "Para",
    "registration_number": "Número de registro",
    "vat_number": "Número de IVA",
    "to_pay": "Total, pagado por completo",
    "given_back": "Total devuelto",
    "lines": "Concepto",
    "description": "Descripción",
    "quantity": "Cantidad",
    "unit": "Por unidad, sin impuestos",
    "net": "Sin impuestos",
    "tax": "Impuestos",
    "gross": "Total",
    "rates": "Impuestos",
    "rate": "Tipo",
    "no_tax": "Sin impuestos",
    "any_tax": "Impuestos",
    "total": "Total",
    "no_gift": "Este documento no es un recibo de donación. Es por bienes o servicios, y nada en él es un donativo.",
    "sandbox": "Documento de prueba: no se movió dinero y no tiene valor.",
    "refunded": "Se devolvió lo que se había pagado por esto, o una parte.",
    "disputed": "El pago se reclamó ante el banco y el dinero se devolvió.",
    "not_given_back": "La devolución no llegó a quien pagó, así que esto anula la nota de crédito.",
    "given": "Esto no tuvo lugar, y quien lo había pagado dejó el dinero como donativo.",
    "print": "Esta página está hecha para imprimir. Los archivos PDF están desactivados en este sitio.",
}
LANGUAGES = {"en": ENGLISH, "es": SPANISH}


def words_of(language: str) -> dict[str, str]:
    return LANGUAGES.get(language, ENGLISH)


def rate_name(name: str, rate: str, words: dict[str, str], language: str) -> str:
    """ "VAT 19%", "GST 9.975%", "No tax": rates are kept to four decimals and printed without idle zeros."""
    if not rate or not Decimal(rate):
        return name or (words["no_tax"] if rate else words["any_tax"])
    plain = f"{Decimal(rate):f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    figure = plain.replace(".", ",") if language == "es" else plain
    return f"{name} {figure} %".strip() if language == "es" else f"{name} {figure}%".strip()
