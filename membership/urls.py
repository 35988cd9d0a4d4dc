from __future__ import annotations

from django.urls import include, path

from membership import gift_views, tribute_views, views
from membership.gift_memberships import views as given
from membership.recovery import views as recovery_views

urlpatterns = [
    path("join/", views.tiers, name="join"),
    path("join/<slug:slug>/", views.join, name="join_tier"),
    path("give/membership/", given.give, name="gift_membership"),
    path("redeem/", given.redeem, name="redeem"),
    path("account/given-memberships/<uuid:public_id>/", given.card, name="gift_membership_card"),
    path("give/", gift_views.give, name="give"),
    path("mend/new/", recovery_views.new_link, name="mend_new"),
    path("mend/<str:token>/", recovery_views.mend, name="mend"),
    path("mend/<str:token>/back/<uuid:change>/", recovery_views.back, name="mend_back"),
    path("account/gifts/<uuid:public_id>/tribute/", tribute_views.tribute, name="tribute"),
    path("account/gifts/<uuid:public_id>/tribute/mail/", tribute_views.tribute_mail, name="tribute_mail"),
    path("account/gifts/<uuid:public_id>/tribute/card/", tribute_views.tribute_card, name="tribute_card"),
    path("account/subscriptions/<uuid:public_id>/", include("membership.managing.urls")),
]
