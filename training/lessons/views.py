"""What somebody does with lessons beside reading them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from training.completing.rules import complete_if_due
from training.lessons.progress import lessons_of, mark, progress_of
from training.lessons.reading import enrolment_in
from training.models import CoursePage, LessonPage


@require_safe
@never_cache
def go_on(request: HttpRequest, course: int) -> HttpResponse:
    """To the first lesson that is not done; without a seat, to how to get in."""
    page = get_object_or_404(CoursePage.objects.live(), pk=course)
    lessons = lessons_of(page)
    progress = progress_of(enrolment_in(request, page.pk), lessons)
    target = progress.next or next(iter(lessons), page)
    return redirect(target.get_url(request) or "/")


@require_POST
def done(request: HttpRequest, lesson: int) -> HttpResponse:
    """Mark a lesson as done, or as not done yet; then on to the next, or back to it."""
    page = get_object_or_404(LessonPage.objects.live(), pk=lesson)
    course = page.get_parent()
    enrolment = enrolment_in(request, course.pk)
    if enrolment is None:
        raise Http404
    is_done = request.POST.get("done") == "1"
    mark(enrolment, page, is_done=is_done)
    complete_if_due(enrolment)
    following = progress_of(enrolment, lessons_of(course)).after(page) if is_done else page
    return redirect((following or page).get_url(request) or "/")
