from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "The website"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_migrate, post_save
        from wagtail.models import CollectionViewRestriction

        from pages.private_files import when_picture_is_saved, when_privacy_changes
        from pages.roles import grant

        post_migrate.connect(grant, sender=self)
        post_save.connect(when_picture_is_saved, sender=self.get_model("SiteImage"))
        post_save.connect(when_privacy_changes, sender=CollectionViewRestriction)
        post_delete.connect(when_privacy_changes, sender=CollectionViewRestriction)
