from __future__ import annotations

from django.urls import path

from shop.makers import views

urlpatterns = [
    path("shop/makers/", views.makers, name="shop_makers"),
    path("shop/makers/<slug:slug>/", views.maker, name="shop_maker"),
]
