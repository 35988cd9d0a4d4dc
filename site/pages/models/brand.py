"""What makes the site this organisation's: name, words, logo and two colours, editable in the settings."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

colour = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Write the colour as # and six digits, such as #0f4c5c.")


@register_setting(icon="view")
class Brand(BaseSiteSetting):
    name = models.CharField("organisation", max_length=120, default="Harbour Light")
    tagline = models.CharField(max_length=160, blank=True)
    logo = models.ForeignKey("pages.SiteImage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    primary_colour = models.CharField(max_length=7, default="#0f4c5c", validators=[colour])
    accent_colour = models.CharField(max_length=7, default="#f2a541", validators=[colour])
    mission = models.TextField(blank=True, max_length=500)
    contact = models.TextField(
        blank=True, max_length=400, help_text="Address, telephone, office hours: as the footer shows them."
    )
    email = models.EmailField("contact e-mail", blank=True)
    action_page = models.ForeignKey(
        "wagtailcore.Page",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The page behind the button in the header, where people can support you.",
    )
    action_label = models.CharField(max_length=30, default="Support us")
    footer = models.TextField("footer text", blank=True, max_length=400, help_text="Registration number and the like.")

    # Every page shows them.
    select_related = ["logo", "action_page"]
    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("tagline"), FieldPanel("logo")], heading="Name"),
        MultiFieldPanel([FieldPanel("primary_colour"), FieldPanel("accent_colour")], heading="Colours"),
        MultiFieldPanel([FieldPanel("action_page"), FieldPanel("action_label")], heading="Button in the header"),
        MultiFieldPanel(
            [FieldPanel("mission"), FieldPanel("contact"), FieldPanel("email"), FieldPanel("footer")], heading="Words"
        ),
    ]

    class Meta:
        verbose_name = "brand"
