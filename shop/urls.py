from __future__ import annotations

from django.urls import include, path

from shop.orders import views as orders
from shop.stock import wish_views as wishes

urlpatterns = [
    path("order/<str:token>/", orders.order_page, name="order"),
    path("order/<str:token>/cancel/", orders.cancel_units, name="order_cancel"),
    path("order/<str:token>/return/", orders.ask_return, name="order_return"),
    path("back-in-stock/stop/<str:token>/", wishes.stop_wishes, name="shop_wish_stop"),
    path("back-in-stock/<int:variant>/", wishes.wish, name="shop_wish"),
    path("", include("shop.makers.urls")),
]
