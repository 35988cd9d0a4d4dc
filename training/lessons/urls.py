from __future__ import annotations

from django.urls import path

from training.lessons import files, views

urlpatterns = [
    path("go-on/<int:course>/", views.go_on, name="training_go_on"),
    path("lessons/<int:lesson>/done/", views.done, name="training_lesson_done"),
    path("lessons/<int:lesson>/files/<int:document>/", files.lesson_file, name="training_lesson_file"),
]
