"""What the public does with courses and events, beside reading their pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("training/", include("training.completing.urls")),
    path("training/", include("training.lessons.urls")),
    path("training/", include("training.surveys.urls")),
    path("", include("training.bookings.urls")),
    path("training/", include("training.waiting.urls")),
    path("training/", include("training.bursaries.urls")),
]
