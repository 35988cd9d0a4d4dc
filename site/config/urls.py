"""Every address of the site. An offering has one line here, so that it can be deleted with it."""

from __future__ import annotations

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    # First: its redirects must win over the log-in forms inside the includes below.
    path("", include("accounts.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("", include("membership.urls")),
    path("", include("shop.urls")),
    path("", include("training.urls")),
    path("", include("payments.urls")),
    path("", include("receipts.urls")),
    path("", include("pages.urls")),
    # After ours, which serve the documents themselves; here remains the form for a password.
    path("documents/", include(wagtaildocs_urls)),
    # Last: Wagtail serves every other path.
    path("", include(wagtail_urls)),
]
