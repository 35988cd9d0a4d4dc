from __future__ import annotations

from django.urls import path

from membership.managing import amounts, card, ending, mending, page, pausing, restarting, switching

urlpatterns = [
    path("", page.manage, name="manage_subscription"),
    path("amount/", amounts.change_amount, name="manage_amount"),
    path("interval/", switching.change_interval, name="manage_interval"),
    path("tier/", switching.change_tier, name="manage_tier"),
    path("change/", mending.finish_change, name="manage_finish_change"),
    path("day/", pausing.change_date, name="manage_date"),
    path("pause/", pausing.pause, name="manage_pause"),
    path("resume/", pausing.resume, name="manage_resume"),
    path("cancel/", ending.cancel, name="manage_cancel"),
    path("keep/", ending.keep, name="manage_keep"),
    path("card/", card.change_card, name="manage_card"),
    path("card/<uuid:change_id>/", card.card_return, name="manage_card_return"),
    path("restart/", restarting.restart, name="manage_restart"),
]
