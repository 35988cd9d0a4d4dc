"""The public pages. Their bodies are built from blocks, so two models are enough."""

from __future__ import annotations

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from pages.blocks import SHORT_TEXT_FEATURES, BodyBlock


class HomePage(Page):
    body = StreamField(BodyBlock(), blank=True)

    template = "pages/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = "home page"


class StandardPage(Page):
    introduction = models.TextField(blank=True, max_length=500)
    body = StreamField(BodyBlock(), blank=True)
    # All that anybody but a member gets of a page that is kept for members (pages.gated_pages).
    teaser = RichTextField(
        blank=True,
        features=SHORT_TEXT_FEATURES,
        help_text="Shown instead of the page to whoever is not a member, once the page's privacy is set to tiers. "
        "Everybody can find and read it, like the title and the search description.",
    )

    template = "pages/standard_page.html"
    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body"), FieldPanel("teaser")]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]

    class Meta:
        verbose_name = "page"
