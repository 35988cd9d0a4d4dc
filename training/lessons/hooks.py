"""How lessons join Wagtail: served to who may read them, to everybody else as a teaser."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from wagtail import hooks
from wagtail.models import Page

from pages import gates
from pages.gated_pages import Serve
from pages.models import SiteDocument
from training.lessons.files import is_in_a_lesson
from training.lessons.reading import enrolment_in, may_edit, may_read
from training.models import LessonPage


@hooks.register("on_serve_page")
def keep_lessons(serve: Serve) -> Serve:
    """Around the page's own view. An editor's preview does not come this way: Wagtail asks there who it is."""

    def serve_or_tease(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        if not isinstance(page, LessonPage):
            return serve(page, request, args, kwargs)
        enrolment = enrolment_in(request, page.get_parent().pk)
        opens = may_read(request, page, enrolment)
        response = serve(page, request, args, kwargs) if opens else tease(request, page)
        if enrolment or may_edit(request, page):
            gates.keep_out_of_caches(response)
        else:
            response["Cache-Control"] = "no-cache"
            patch_vary_headers(response, ["Cookie"])
        return response

    return serve_or_tease


def tease(request: HttpRequest, lesson: LessonPage) -> HttpResponse:
    """Nothing of its body."""
    sign_in = ""
    if not request.user.is_authenticated:
        sign_in = f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
    context = {"page": lesson, "course": lesson.get_parent().specific, "sign_in": sign_in}
    return render(request, "training/lessons/teaser.html", context)


@hooks.register("keeps_document")
def keeps(document: SiteDocument) -> bool:
    return is_in_a_lesson(document)
