from __future__ import annotations

from django.urls import path

from pages import file_views, views

urlpatterns = [
    path("brand.css", views.brand_css, name="brand_css"),
    path("media/images/<str:name>", file_views.rendition, name="rendition"),
    path("members/pictures/<str:name>", file_views.members_picture, name="members_picture"),
    # In place of Wagtail's own, at the address that Wagtail gives to its documents.
    path("documents/<int:document_id>/<str:document_filename>", file_views.document, name="document"),
    path("search/", views.search, name="search"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", views.healthz, name="healthz"),
]
