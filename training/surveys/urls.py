from __future__ import annotations

from django.urls import path

from training.surveys import views

urlpatterns = [path("survey/<str:token>/", views.survey, name="training_survey")]
