"""Who somebody is behind the name on lists: asked with a reason, and written down before it is shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from pages.sealing import NoKeyFits
from training.models import Enrolment
from training.private import see_person
from training.staff.pages import SessionPage
from training.staff.rosters import NOT_NAMED

NO_KEY = "It was sealed with a key that this site does not have any more (CONSENT_KEYS)."


class WhyForm(forms.Form):
    # A choice and no free words: it is kept for good, and words would tell of people.
    why = forms.ChoiceField(
        label="Why you must know",
        widget=forms.RadioSelect,
        choices=[
            ("safety", "For somebody’s safety"),
            ("proof", "To prove who it is, for a paper of theirs"),
            ("asked", "They asked for it"),
        ],
    )


class PersonView(SessionPage):
    permission = "training.see_trainee"
    template_name = "training/staff/form.html"
    page_title = "Who it is"
    header_icon = "user"
    enrolment: Enrolment

    def find(self, named: dict[str, int]) -> None:
        super().find(named)
        self.enrolment = get_object_or_404(self.session.enrolments.confirmed(), pk=named["enrolment"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = f"On lists: {self.enrolment.shown_as or NOT_NAMED}. That you looked is written down."
        return super().get_context_data(**{"form": WhyForm(), "button": "See who it is", "lead": lead, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = WhyForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            person = see_person(self.enrolment, by=self.colleague, why=form.cleaned_data["why"])
        except NoKeyFits:
            messages.warning(request, NO_KEY)
            return redirect("training_sessions:roster", self.session.pk)
        said = f"On lists: {self.enrolment.shown_as or NOT_NAMED}. The name: {person or NOT_NAMED}."
        return self.render_to_response(self.get_context_data(form=form, lead=said))
