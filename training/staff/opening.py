"""A session onto the site, off it again, and again on other days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin.widgets import AdminDateInput
from wagtail.log_actions import log

from training.sessions.copying import NoSuchTime, copy_session
from training.sessions.opening import open_session, take_off, why_not_open
from training.staff.pages import SessionPage


class OpenView(SessionPage):
    permission = "training.change_session"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        problems = why_not_open(self.session)
        for problem in problems:
            messages.error(request, problem)
        if not problems and open_session(self.session):
            self.note("training.open_session")
            messages.success(request, "It is on the site, and people can book it.")
        return self.back()


class TakeOffView(SessionPage):
    permission = "training.change_session"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if take_off(self.session):
            self.note("training.take_off")
            messages.success(request, "It is a draft again.")
        else:
            messages.error(request, "People have seats or wait for one: cancel it instead, so that they are told.")
        return self.back()


class CopyForm(forms.Form):
    day = forms.DateField(label="First day", widget=AdminDateInput, help_text="Its other days follow as they did.")


class CopyView(SessionPage):
    permission = "training.add_session"
    template_name = "training/staff/form.html"
    page_title = "Copy"
    header_icon = "copy"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = "The copy is a draft with the same times, place, trainers and tickets. It is open to nobody yet."
        return super().get_context_data(**{"form": CopyForm(), "button": "Copy it", "lead": lead, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CopyForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            copy = copy_session(self.session, form.cleaned_data["day"])
        except NoSuchTime as refused:
            form.add_error("day", str(refused))
            return self.ask_again(form)
        log(copy, "training.copy_session", user=request.user)
        messages.success(request, "Copied. Look through it, then open it.")
        return redirect("training_sessions:inspect", copy.pk)
