from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from membership.models.campaigns import Campaign
from pages.blocks import BodyBlock


class StoryField(StreamField):
    """A page's blocks. To the database it is a text, so a new kind of block asks for no migration here."""

    def deconstruct(self) -> Any:
        name, _, _, kwargs = super().deconstruct()
        return name, "wagtail.fields.StreamField", [[]], {**kwargs, "block_lookup": {}}


class CampaignPage(Page):
    """The story of a campaign, with how far it got, how it goes on, and who wants to be named for it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pages")
    introduction = models.TextField(max_length=500, help_text="What the money is for, in two or three sentences.")
    picture = models.ForeignKey("pages.SiteImage", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    body = StoryField(BodyBlock(), blank=True)
    thanks = models.TextField(
        max_length=500, blank=True, help_text="Stands where the gift form was, once the campaign is over."
    )
    has_wall = models.BooleanField("shows supporters", default=True, help_text="Only those who asked to be shown.")

    template = "membership/campaign_page.html"
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("campaign"),
        FieldPanel("introduction"),
        FieldPanel("picture"),
        FieldPanel("body"),
        FieldPanel("has_wall"),
        FieldPanel("thanks"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]

    class Meta:
        verbose_name = "campaign page"

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Its numbers, and what a sponsor adds, are true now: whoever keeps a copy asks again before showing it."""
        response: HttpResponse = super().serve(request, *args, **kwargs)
        response["Cache-Control"] = "no-cache"
        return response
