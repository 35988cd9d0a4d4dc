from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "Training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from training.lessons.files import know_files_at_once
        from training.models import LessonPage
        from training.roles import grant

        post_migrate.connect(grant, sender=self)
        post_save.connect(know_files_at_once, sender=LessonPage)
