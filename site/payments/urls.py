from __future__ import annotations

from django.urls import path

from payments import views, webhook

urlpatterns = [
    path("stripe/webhook/", webhook.receive, name="stripe_webhook"),
    path("checkout/return/", views.checkout_return, name="checkout_return"),
]
