from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component


class NoSecondFactor(Component):
    order = 1

    def render_html(self, parent_context: Any = None) -> str:
        return format_html(
            '<div class="help-block help-critical"><p>{}</p></div>',
            "The second factor is switched off (STAFF_SECOND_FACTOR): anybody with a staff password can open every "
            "page here. That is for demos only.",
        )


@hooks.register("construct_homepage_panels")
def say_it_on_the_dashboard(request: HttpRequest, panels: list[Component]) -> None:
    if not settings.STAFF_SECOND_FACTOR:
        panels.append(NoSecondFactor())


@hooks.register("insert_global_admin_css")
def say_it_on_every_page() -> str:
    """Loud on purpose: a bar over every staff page, in the style sheet because pages differ in everything else."""
    if settings.STAFF_SECOND_FACTOR:
        return ""
    return format_html('<link rel="stylesheet" href="{}">', static("css/staff-warning.css"))
