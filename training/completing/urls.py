from __future__ import annotations

from django.urls import path

from training.completing import views

urlpatterns = [
    path("certificates/<str:token>/", views.certificate_page, name="training_certificate"),
    path("certificates/<str:token>/pdf/", views.certificate_pdf, name="training_certificate_pdf"),
    path("verify/", views.ask, name="training_verify"),
    path("verify/<str:code>/", views.verify, name="training_verify_code"),
]
