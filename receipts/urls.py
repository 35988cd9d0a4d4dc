from __future__ import annotations

from django.urls import path

from receipts import own_details, views
from receipts.invoices import views as invoices

urlpatterns = [
    path("account/details/<uuid:public_id>/", own_details.change, name="account_details"),
    path("receipts/verify/<str:code>/", views.verify, name="receipt_verify"),
    path("receipts/<uuid:public_id>/receipt.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("receipts/<uuid:public_id>/print/", views.receipt_print, name="receipt_print"),
    path("invoices/<uuid:public_id>/invoice.pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/link/<str:token>/", invoices.invoice_by_link, name="invoice_by_link"),
]
