from __future__ import annotations

from django.urls import path

from receipts import own_details, views

urlpatterns = [
    path("account/details/<uuid:public_id>/", own_details.change, name="account_details"),
    path("receipts/verify/<str:code>/", views.verify, name="receipt_verify"),
    path("receipts/<uuid:public_id>/receipt.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("receipts/<uuid:public_id>/print/", views.receipt_print, name="receipt_print"),
]
