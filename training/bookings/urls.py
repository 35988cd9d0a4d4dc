from __future__ import annotations

from django.urls import path

from training.bookings import replay, views
from training.sessions import choosing_views

urlpatterns = [
    path("booking/<str:token>/", views.booking_page, name="training_booking"),
    path("booking/<str:token>/calendar.ics", views.calendar_file, name="training_calendar"),
    path("booking/<str:token>/<uuid:seat>/name/", views.name, name="training_name"),
    path("booking/<str:token>/<uuid:seat>/cancel/", views.cancel, name="training_cancel"),
    path("booking/<str:token>/<uuid:seat>/move/", views.move, name="training_move"),
    path("booking/<str:token>/<uuid:seat>/choose/", choosing_views.choose, name="training_choose"),
    path("replay/<uuid:session>/", replay.replay, name="training_replay"),
]
