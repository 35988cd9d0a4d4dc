"""Cancelling a session, or one seat of it: what follows is said first, and asked a second time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from training.bookings import money
from training.bookings.cancelling import CannotCancel, cancel, terms_of
from training.models import Enrolment
from training.sessions import cancelling
from training.staff.pages import SessionPage
from training.staff.rosters import NOT_NAMED

REFUND = "payments.refund_payment"
CONFIRMED = "confirmed"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why it does not take place",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody with a seat is told this, as you write it. Name nobody.",
    )


class CancelSessionView(SessionPage):
    permission = "training.change_session"
    template_name = "training/staff/cancel_session.html"
    page_title = "Cancel the session"
    header_icon = "cross"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not self.session.is_open:
            messages.warning(request, "Only a session that is open can be cancelled.")
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        booked = self.session.enrolments.confirmed().count()
        waiting = self.session.waiting.filter(state="waiting").count()
        return super().get_context_data(**{"form": ReasonForm(), "booked": booked, "waiting": waiting, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        if request.POST.get("step") != CONFIRMED:
            return self.render_to_response(self.get_context_data(form=form, is_second_look=True))
        if cancelling.cancel(self.session, form.cleaned_data["reason"], by=self.colleague):
            messages.success(request, "Cancelled. Everybody with a seat is told and chooses what follows.")
        else:
            messages.info(request, "It was cancelled already.")
        return self.back()


class CancelSeatForm(forms.Form):
    """What goes back: what the rules say, or another part of the price for whoever may refund payments."""

    RULES, OTHER = "rules", "other"

    how = forms.ChoiceField(label="What goes back", widget=forms.RadioSelect, initial=RULES)
    percent = forms.IntegerField(label="Another part, in percent", min_value=0, max_value=100, required=False)
    # A choice and no free words: it is kept for good, and words would tell of people.
    why = forms.ChoiceField(
        label="Why another part",
        required=False,
        choices=[
            ("", "Choose one"),
            ("ours", "Something was wrong on our side"),
            ("goodwill", "Goodwill"),
            ("mistake", "Booked by mistake"),
            ("other", "Another reason"),
        ],
    )

    def __init__(self, *args: Any, by_rules: int, may_choose: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_rules = by_rules
        choices = [(self.RULES, f"By the rules: {by_rules} %")]
        if may_choose:
            choices.append((self.OTHER, "Another part"))
        else:
            del self.fields["percent"], self.fields["why"]
        self.fields["how"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("how") == self.OTHER:
            if cleaned.get("percent") is None and not self.has_error("percent"):
                self.add_error("percent", "Say which part.")
            if not cleaned.get("why"):
                self.add_error("why", "Say why.")
        return cleaned

    def wanted(self) -> int:
        is_other = self.cleaned_data["how"] == self.OTHER
        return int(self.cleaned_data["percent"] if is_other else self.by_rules)


class CancelSeatView(SessionPage):
    permission = "training.change_enrolment"
    template_name = "training/staff/cancel_seat.html"
    page_title = "Cancel a seat"
    header_icon = "cross"
    enrolment: Enrolment

    def find(self, named: dict[str, int]) -> None:
        super().find(named)
        seats = self.session.enrolments.confirmed().select_related("booking", "ticket", "session__page__refund_rules")
        self.enrolment = get_object_or_404(seats, pk=named["enrolment"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not self.session.is_open:
            messages.warning(request, "The session is cancelled: who has a seat chooses what becomes of their money.")
            return self.to_roster()
        return super().get(request, *args, **kwargs)

    def form(self, typed: Any = None) -> CancelSeatForm:
        terms = terms_of(self.enrolment, timezone.now())
        return CancelSeatForm(typed, by_rules=terms.percent, may_choose=self.request.user.has_perm(REFUND))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.form()
        return super().get_context_data(
            **{
                **kwargs,
                "form": form,
                "enrolment": self.enrolment,
                "name": self.enrolment.shown_as or NOT_NAMED,
                "left": money.goes_back(self.enrolment, 100),
            }
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.session.is_open:
            raise PermissionDenied
        form = self.form(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        percent = form.wanted()
        # What was seen is what is done: at midnight the rules may say less.
        if request.POST.get("step") != CONFIRMED or request.POST.get("seen") != str(percent):
            amount = money.goes_back(self.enrolment, percent)
            return self.render_to_response(
                self.get_context_data(form=form, is_second_look=True, percent=percent, amount=amount)
            )
        try:
            cancel(self.enrolment, ended=Enrolment.Ended.BY_STAFF, percent=percent, by=self.colleague)
        except CannotCancel as refused:
            form.add_error(None, ValidationError(str(refused)))
            return self.ask_again(form)
        self.note("training.cancel_seat", percent=percent, why=form.cleaned_data.get("why", ""))
        messages.success(request, "Cancelled. They are told, and what goes back is on its way.")
        return self.to_roster()

    def to_roster(self) -> HttpResponse:
        return redirect("training_sessions:roster", self.session.pk)
