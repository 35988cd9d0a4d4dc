from __future__ import annotations

from django.urls import path

from training.waiting import views

urlpatterns = [
    path("waiting/join/<int:ticket>/", views.join, name="training_wait"),
    path("waiting/<str:token>/", views.place, name="training_place"),
    path("waiting/<str:token>/accept/", views.accept, name="training_accept"),
    path("waiting/<str:token>/decline/", views.decline, name="training_decline"),
    path("waiting/<str:token>/leave/", views.leave, name="training_leave"),
]
