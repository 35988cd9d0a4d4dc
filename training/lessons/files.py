"""Recordings and downloads of lessons: whoever may read the lesson has them, and nobody by the files' own addresses."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from wagtail.models import ReferenceIndex

from pages import gates
from pages.file_views import stream_kept
from pages.models import SiteDocument
from training.lessons.reading import enrolment_in, may_read
from training.models import LessonPage


def is_in_a_lesson(document: SiteDocument) -> bool:
    """Also in one that is a draft still, or was taken down: then nobody but staff has it."""
    return ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(SiteDocument),
        to_object_id=str(document.pk),
        content_type=ContentType.objects.get_for_model(LessonPage),
    ).exists()


def know_files_at_once(sender: object, instance: LessonPage, raw: bool = False, **kwargs: Any) -> None:
    """Wagtail writes down later, in the background, what a page shows: until then a file would be everybody's."""
    if not raw:
        ReferenceIndex.create_or_update_for_object(instance)


@require_safe
def lesson_file(request: HttpRequest, lesson: int, document: int) -> HttpResponseBase:
    """To anybody else it does not exist."""
    page = get_object_or_404(LessonPage.objects.live(), pk=lesson)
    found = get_object_or_404(SiteDocument.objects.select_related("collection"), pk=document)
    if not _shows(page, found) or not _may_have(request, page):
        raise Http404
    return stream_kept(request, found)


def _shows(page: LessonPage, document: SiteDocument) -> bool:
    references = page.body.stream_block.extract_references(page.body)
    return any(model is SiteDocument and str(pk) == str(document.pk) for model, pk, _, _ in references)


def _may_have(request: HttpRequest, page: LessonPage) -> bool:
    closed = [one for one in page.get_view_restrictions() if not gates.accepts(request, one)]
    return not closed and may_read(request, page, enrolment_in(request, page.get_parent().pk))
