from __future__ import annotations

from django.urls import path

from payments import views, webhook
from payments.guard.views import go_on

urlpatterns = [
    path("stripe/webhook/", webhook.receive, name="stripe_webhook"),
    path("checkout/return/", views.checkout_return, name="checkout_return"),
    path("checkout/go-on/<str:token>/", go_on, name="checkout_go_on"),
]
