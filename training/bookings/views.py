"""The pages behind the link to a booking or to one seat: what is booked, and what can be done about it.

The address is the right to see it. Whoever has it sees these seats and nothing else of anybody; made-up, foreign and
old ones are alike 404.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.mailed_links import by_link
from payments.views import see_other
from training.bookings import access, cancelling, moving
from training.bookings.access import Opened, find
from training.bookings.calendar import calendar_of
from training.bookings.forms import CancelForm, MoveForm, NameForm, what_is_known
from training.bookings.naming import TooManyAddresses, name_seat
from training.bookings.shown import shown
from training.models import Enrolment
from training.sessions.times import days_of

posts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@by_link(find)
def booking_page(request: HttpRequest, opened: Opened) -> HttpResponse:
    access.remember(request, opened)
    return render(request, "training/bookings/booking.html", {"shown": shown(opened), "token": opened.token})


@require_safe
@by_link(find)
def calendar_file(request: HttpRequest, opened: Opened) -> HttpResponse:
    seats = opened.seats.select_related("moved_from__page").prefetch_related(
        "session__meetings", "moved_from__meetings"
    )
    response = HttpResponse(calendar_of(list(seats), timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="booking.ics"'
    return response


@posts
@by_link(find)
def name(request: HttpRequest, opened: Opened, seat: UUID) -> HttpResponse:
    enrolment = opened.seat(seat)
    if not enrolment.is_confirmed:
        return back(request, opened, "This seat can’t be named any more.")
    # Whoever takes part has this page by that very address.
    with_email = opened.booking is not None
    form = NameForm(request.POST or None, initial=what_is_known(enrolment), enrolment=enrolment, with_email=with_email)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            name_seat(enrolment, name=typed["name"], alias=typed["alias"], email=typed.get("email"))
        except TooManyAddresses:
            form.add_error("email", "The address of this seat was changed often today. Try again tomorrow.")
        else:
            messages.success(request, "We have the name.")
            return see_other(path_of(opened))
    return seat_page(request, opened, enrolment, "training/bookings/name.html", form=form)


@posts
@by_link(find)
def cancel(request: HttpRequest, opened: Opened, seat: UUID) -> HttpResponse:
    """What goes back is said on the page, and has to be the same when they say yes."""
    enrolment, now = its_own(opened, seat), timezone.now()
    if not cancelling.may_cancel(enrolment, now):
        return back(request, opened, "This seat can’t be given up any more.")
    terms = cancelling.terms_of(enrolment, now)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.cleaned_data["amount"] == terms.amount:
        try:
            cancelling.cancel_by_rules(enrolment, now)
        except cancelling.CannotCancel as refused:
            return back(request, opened, str(refused))
        messages.success(
            request, "The seat is given up." + (" Your money goes back by itself." if terms.amount else "")
        )
        return see_other(path_of(opened))
    context = {"terms": terms, "rules": enrolment.rules, "has_changed": request.method == "POST"}
    return seat_page(request, opened, enrolment, "training/bookings/cancel.html", **context)


@posts
@by_link(find)
def move(request: HttpRequest, opened: Opened, seat: UUID) -> HttpResponse:
    enrolment, now = its_own(opened, seat), timezone.now()
    if not moving.may_move(enrolment, now):
        return back(request, opened, "This seat can’t be moved any more.")
    form = MoveForm(request.POST or None, targets=moving.targets_of(enrolment, now))
    if request.method == "POST" and form.is_valid():
        try:
            moving.move(enrolment, form.chosen(), now)
        except moving.CannotMove as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The seat is moved.")
            return see_other(path_of(opened))
    return seat_page(request, opened, enrolment, "training/bookings/move.html", form=form)


def its_own(opened: Opened, seat: UUID) -> Enrolment:
    """A seat that they may end. Who was given one by somebody who paid may not: the money is that person's."""
    enrolment = opened.seat(seat)
    if not opened.may_end(enrolment):
        raise Http404
    return enrolment


def path_of(opened: Opened) -> str:
    return reverse("training_booking", args=[opened.token])


def back(request: HttpRequest, opened: Opened, why: str) -> HttpResponse:
    messages.info(request, why)
    return see_other(path_of(opened))


def seat_page(
    request: HttpRequest, opened: Opened, enrolment: Enrolment, template: str, **context: Any
) -> HttpResponse:
    form = context.get("form")
    is_wrong = (form is not None and form.errors) or context.get("has_changed")
    known = {"seat": enrolment, "days": days_of(enrolment.session), "token": opened.token}
    return render(request, template, {**known, **context}, status=422 if is_wrong else 200)
