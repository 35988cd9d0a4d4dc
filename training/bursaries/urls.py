from __future__ import annotations

from django.urls import path

from training.bursaries import views

urlpatterns = [
    path("apply/<uuid:session>/", views.apply, name="training_apply"),
    path("place/", views.back, name="training_application_back"),
    path("place/<str:token>/", views.place, name="training_application"),
    path("place/<str:token>/answer/", views.answer, name="training_application_answer"),
    path("place/<str:token>/give-up/", views.give_up, name="training_application_give_up"),
    path("place/<str:token>/pay/", views.pay, name="training_application_pay"),
]
