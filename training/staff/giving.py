"""Giving a free seat."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from payments.goods import NotAvailable
from training.models import Session, Ticket
from training.seats.giving import give_seat
from training.staff.pages import SessionPage


class SeatForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    ticket = forms.ModelChoiceField(Ticket.objects.none(), empty_label=None)
    name = forms.CharField(
        label="Name on lists", max_length=120, help_text="As they want to be called: their name, or an alias."
    )
    email = forms.EmailField(label="E-mail", required=False, help_text="Where we write to them about the session.")
    language = forms.ChoiceField(choices=settings.LANGUAGES)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ticket"].queryset = session.tickets.all()  # type: ignore[attr-defined]
        self.fields["language"].initial = session.language


class GiveSeatView(SessionPage):
    permission = "training.add_enrolment"
    template_name = "training/staff/form.html"
    page_title = "Give a free seat"
    header_icon = "user"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or SeatForm(session=self.session, initial={"key": uuid.uuid4()})
        lead = "Nobody pays for it. Where somebody waits for a seat, it goes to them and not to others."
        return super().get_context_data(form=form, button="Give it", lead=lead, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SeatForm(request.POST, session=self.session)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            is_new = give_seat(**form.cleaned_data)
        except NotAvailable as refused:
            form.add_error(None, str(refused))
            return self.ask_again(form)
        except IntegrityError:
            # The same form twice at the same moment: one of them gave it.
            is_new = False
        if is_new:
            self.note("training.give_seat")
            messages.success(request, "The seat is theirs.")
        return redirect("training_sessions:roster", self.session.pk)
