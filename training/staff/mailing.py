"""Writing to everybody with a seat in a session: looked at first, sent to oneself if wanted, then to each once."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from accounts.mailing import send_mail_later, wording_of
from training.models import Session
from training.sessions.times import span_words
from training.staff.mail_kinds import TO_ROSTER
from training.staff.pages import SessionPage

A_DAY = 24 * 60 * 60


class WordsForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    words = forms.CharField(
        label="What you want to tell them",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Plain text, sent as it is. Put no link into it that lets somebody in.",
    )


def addresses_of(session: Session) -> dict[str, str]:
    """Each address once, with the language that it is written to in; who booked stands in for who is not named yet."""
    seats = session.enrolments.confirmed().select_related("booking")
    found: dict[str, tuple[str, str]] = {}
    for seat in seats:
        email = seat.email or (seat.booking.email if seat.booking else "")
        if email:
            found.setdefault(email.casefold(), (email, seat.language or "en"))
    return dict(found.values())


class MailView(SessionPage):
    permission = "training.change_enrolment"
    template_name = "training/staff/mail.html"
    page_title = "Write to everybody"
    header_icon = "mail"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or WordsForm(initial={"key": uuid.uuid4()})
        return super().get_context_data(form=form, people=len(addresses_of(self.session)), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = WordsForm(request.POST)
        step = request.POST.get("step", "")
        if not form.is_valid():
            return self.ask_again(form)
        if step == "change":
            return self.render_to_response(self.get_context_data(form=form))
        if step == "send":
            return self.send(form)
        if step == "test" and self.colleague:
            self.write(self.colleague.email, "en", form.cleaned_data["words"])
            messages.success(request, "On its way to you alone.")
        return self.preview(form)

    def preview(self, form: WordsForm) -> HttpResponse:
        context = context_of(self.session, form.cleaned_data["words"])
        wording = wording_of(template=TO_ROSTER, to="", context=context)
        return self.render_to_response(self.get_context_data(form=form, wording=wording))

    def write(self, to: str, language: str, words: str) -> None:
        context = context_of(self.session, words)
        send_mail_later(template=TO_ROSTER, to=to, context=context, language=language)

    def send(self, form: WordsForm) -> HttpResponse:
        # Two clicks, or going back and sending again, write to nobody twice.
        if not cache.add(f"training-mail:{form.cleaned_data['key']}", True, A_DAY):
            messages.info(self.request, "This mail was sent already.")
            return redirect("training_sessions:roster", self.session.pk)
        people = addresses_of(self.session)
        with transaction.atomic():
            for email, language in people.items():
                self.write(email, language, form.cleaned_data["words"])
            # Not what it says: that may be about people.
            self.note("training.mail_roster", people=len(people))
        messages.success(self.request, f"On its way to {len(people)} {'person' if len(people) == 1 else 'people'}.")
        return redirect("training_sessions:roster", self.session.pk)


def context_of(session: Session, words: str) -> dict[str, Any]:
    return {"words": words, "title": session.page.title, "when": partial(_when, session)}


def _when(session: Session) -> str:
    """In the language that is active while the mail is rendered."""
    days = session.meetings.all()
    return "\n".join(span_words(day.starts_at, day.ends_at, session.zone, get_language() or "en") for day in days)
