"""Listing and details of rows that only the books themselves may write."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path, reverse
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

WRITING = ("add", "edit", "delete", "copy", "history", "usage")
LONGEST_SEARCH = 100


class BooksIndexView(generic.IndexView):
    any_permission_required = ["view"]
    # Names of the fields in which the search box looks.
    looks_in: tuple[str, ...] = ()

    @property
    def is_searchable(self) -> bool:
        return bool(self.looks_in)

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        text = "".join(self.search_query or "").replace("\x00", "").strip()[:LONGEST_SEARCH]
        if not text:
            return queryset
        found = Q()
        for field in self.looks_in:
            found |= Q(**{f"{field}__icontains": text})
        return queryset.filter(found)


class BooksInspectView(generic.InspectView):
    any_permission_required = ["view"]
    # What the list is called in the menu: so it is called above its rows too.
    index_label = ""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        index_url = self.index_url_name and reverse(self.index_url_name)
        items: list[dict[str, str]] = super().get_breadcrumbs_items()
        return [{**item, "label": self.index_label} if item["url"] == index_url else item for item in items]

    def get_fields(self) -> list[str]:
        return []


class ReadOnlyViewSet(ModelViewSet):
    """A Wagtail viewset without the views that write."""

    index_view_class = BooksIndexView
    inspect_view_class = BooksInspectView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    # What a group may be given beside "view", such as "void".
    actions: tuple[str, ...] = ()

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        nowhere = {f"{view}_url_name": None for view in WRITING}
        common: dict[str, Any] = super().get_common_view_kwargs(**{**nowhere, **kwargs})
        return common

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        of_ours: dict[str, Any] = super().get_inspect_view_kwargs(**{"index_label": self.menu_label, **kwargs})
        return of_ours

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
        ]

    def register_admin_url_finder(self) -> None:
        """Nothing is edited here, so there is no address to edit it at."""

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        codenames = [get_permission_codename(action, self.model_opts) for action in ("view", *self.actions)]
        return Permission.objects.filter(content_type__app_label=self.app_label, codename__in=codenames)
