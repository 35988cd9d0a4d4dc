"""Listing and details of rows that Stripe or the books alone may change."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

WRITING = ("add", "edit", "delete", "copy", "history", "usage")


class StaffIndexView(generic.IndexView):
    any_permission_required = ["view"]


class StaffInspectView(generic.InspectView):
    any_permission_required = ["view"]


class ReadOnlyViewSet(ModelViewSet):
    """A Wagtail viewset without the views that write."""

    index_view_class = StaffIndexView
    inspect_view_class = StaffInspectView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    # What a group may be given beside "view", such as "refund".
    actions: tuple[str, ...] = ()

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        nowhere = {f"{view}_url_name": None for view in WRITING}
        common: dict[str, Any] = super().get_common_view_kwargs(**{**nowhere, **kwargs})
        return common

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns = [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]
        if self.inspect_view_enabled:
            patterns.append(path("inspect/<int:pk>/", self.inspect_view, name="inspect"))
        return patterns

    @property
    def url_finder_class(self) -> type[ModelAdminURLFinder]:
        """Wagtail's site history links here; the details view itself checks who may see it."""
        return type("_URLFinder", (ModelAdminURLFinder,), {"edit_url_name": self.get_url_name("inspect")})

    def register_admin_url_finder(self) -> None:
        if self.inspect_view_enabled:
            super().register_admin_url_finder()

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        codenames = [get_permission_codename(action, self.model_opts) for action in ("view", *self.actions)]
        return Permission.objects.filter(content_type__app_label=self.app_label, codename__in=codenames)
