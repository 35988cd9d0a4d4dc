from __future__ import annotations

from django.urls import path

from payments import views, webhook
from payments.basket import checkout_views
from payments.basket import views as basket_views
from payments.guard.views import go_on

urlpatterns = [
    path("stripe/webhook/", webhook.receive, name="stripe_webhook"),
    path("checkout/return/", views.checkout_return, name="checkout_return"),
    path("basket/", basket_views.basket, name="basket"),
    path("basket/add/", basket_views.add, name="basket_add"),
    path("basket/put-back/", basket_views.put_back, name="basket_put_back"),
    path("basket/<int:item>/", basket_views.change, name="basket_change"),
    path("checkout/", checkout_views.details, name="checkout_details"),
    path("checkout/review/", checkout_views.review, name="checkout_review"),
    path("checkout/go-on/<str:token>/", go_on, name="checkout_go_on"),
]
