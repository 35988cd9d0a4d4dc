from __future__ import annotations

from django.urls import path
from wagtail.contrib.sitemaps.views import sitemap

from pages import views

urlpatterns = [
    path("brand.css", views.brand_css, name="brand_css"),
    path("media/<path:name>", views.rendition, name="rendition"),
    path("search/", views.search, name="search"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", views.healthz, name="healthz"),
]
