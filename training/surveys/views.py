"""The short form behind the mailed link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import mailed_links
from accounts.mailed_links import by_link, public_id_in
from training.models import SurveyAnswer, SurveyAsked
from training.surveys.asking import USE, answer


class SurveyForm(forms.Form):
    change = forms.ChoiceField(
        label="What has changed for you since the course?",
        choices=SurveyAnswer.Change,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what comes nearest."},
    )
    helpful = forms.TypedChoiceField(
        label="How much did the course help you?",
        choices=[(1, "1, not at all"), (2, "2"), (3, "3"), (4, "4"), (5, "5, very much")],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a number."},
    )


def find(token: str, user: Any) -> SurveyAsked:
    public_id = public_id_in(token)
    found = SurveyAsked.objects.select_related("enrolment__session__page")
    asked = found.filter(public_id=public_id).first() if public_id else None
    if asked is None or not mailed_links.opens(token, asked.public_id, use=USE, email=asked.enrolment.email):
        raise Http404
    return asked


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(find)
def survey(request: HttpRequest, asked: SurveyAsked) -> HttpResponse:
    form = SurveyForm(request.POST if request.method == "POST" else None)
    if not asked.has_answered and request.method == "POST" and form.is_valid():
        answer(asked, **form.cleaned_data)
        asked.has_answered = True
    context = {"asked": asked, "form": form, "page": asked.enrolment.session.page}
    return render(request, "training/surveys/survey.html", context, status=422 if form.errors else 200)
