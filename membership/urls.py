from __future__ import annotations

from django.urls import include, path

from membership import gift_views, tribute_views, views
from membership.card import views as card_views
from membership.gift_memberships import views as given
from membership.recovery import views as recovery_views
from membership.wall_views import leave_wall

urlpatterns = [
    path("join/", views.tiers, name="join"),
    path("join/compare/", views.compare_tiers, name="compare_tiers"),
    path("join/<slug:slug>/", views.join, name="join_tier"),
    path("join/<slug:slug>/about/", views.about_tier, name="about_tier"),
    path("give/membership/", given.give, name="gift_membership"),
    path("redeem/", given.redeem, name="redeem"),
    path("account/given-memberships/<uuid:public_id>/", given.card, name="gift_membership_card"),
    path("give/", gift_views.give, name="give"),
    path("mend/new/", recovery_views.new_link, name="mend_new"),
    path("mend/<str:token>/", recovery_views.mend, name="mend"),
    path("mend/<str:token>/back/<uuid:change>/", recovery_views.back, name="mend_back"),
    path("card/<str:token>/", card_views.verify, name="card_verify"),
    path("account/membership/<uuid:public_id>/member-card/", card_views.member_card, name="member_card"),
    path("account/membership/<uuid:public_id>/card.pdf", card_views.card_pdf, {"for_phone": False}, name="card_pdf"),
    path(
        "account/membership/<uuid:public_id>/phone-card.pdf",
        card_views.card_pdf,
        {"for_phone": True},
        name="card_phone_pdf",
    ),
    path("account/gifts/<uuid:public_id>/tribute/", tribute_views.tribute, name="tribute"),
    path("account/gifts/<uuid:public_id>/tribute/mail/", tribute_views.tribute_mail, name="tribute_mail"),
    path("account/gifts/<uuid:public_id>/tribute/card/", tribute_views.tribute_card, name="tribute_card"),
    path("account/gifts/<uuid:public_id>/wall/", leave_wall, name="leave_wall"),
    path("account/subscriptions/<uuid:public_id>/", include("membership.managing.urls")),
]
