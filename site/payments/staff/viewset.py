"""Listing and details of rows that Stripe alone may change: the books' read-only viewset, known to the site history."""

from __future__ import annotations

from django.urls import URLPattern
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder

from receipts.staff.viewset import ReadOnlyViewSet


class StaffViewSet(ReadOnlyViewSet):
    def get_urlpatterns(self) -> list[URLPattern]:
        patterns = super().get_urlpatterns()
        return patterns if self.inspect_view_enabled else [one for one in patterns if one.name != "inspect"]

    def register_admin_url_finder(self) -> None:
        """Wagtail's site history links to the details, which check themselves who may see them."""
        if self.inspect_view_enabled:
            finder = type("_URLFinder", (ModelAdminURLFinder,), {"edit_url_name": self.get_url_name("inspect")})
            register_admin_url_finder(self.model, finder)
