"""The page on which somebody chooses what becomes of a seat in a session that we cancelled."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.mailed_links import by_link
from payments.views import see_other
from training.bookings import money, moving
from training.bookings.access import Opened, find
from training.bookings.cancelling import CannotCancel
from training.bookings.forms import MoveForm
from training.bookings.views import back, its_own, path_of, seat_page
from training.models import Enrolment
from training.sessions import choosing

DONE = {
    "refund": "Your money goes back by itself.",
    "gift": "Thank you. What you paid is a gift now.",
    "move": "The seat is moved.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(find)
def choose(request: HttpRequest, opened: Opened, seat: UUID) -> HttpResponse:
    enrolment, now = its_own(opened, seat), timezone.now()
    if not choosing.must_choose(enrolment):
        return back(request, opened, "There is nothing to choose for this seat any more.")
    chosen = request.POST.get("choice", "")
    form = MoveForm(request.POST if chosen == "move" else None, targets=moving.targets_of(enrolment, now))
    if chosen in DONE and (chosen != "move" or form.is_valid()):
        try:
            _do(chosen, enrolment, form)
        except (CannotCancel, moving.CannotMove) as refused:
            return back(request, opened, str(refused))
        messages.success(request, DONE[chosen])
        return see_other(path_of(opened))
    cancelled = enrolment.session.cancelled_at or now
    return seat_page(
        request,
        opened,
        enrolment,
        "training/bookings/choose.html",
        form=form,
        amount=money.goes_back(enrolment, 100),
        to_give=choosing.can_be_given(enrolment),
        until=enrolment.session.on_clocks(cancelled + timedelta(days=choosing.DAYS_TO_CHOOSE)),
    )


def _do(chosen: str, enrolment: Enrolment, form: MoveForm) -> None:
    if chosen == "refund":
        choosing.take_money_back(enrolment)
    elif chosen == "gift":
        choosing.give_instead(enrolment, timezone.now())
    else:
        moving.move(enrolment, form.chosen(), timezone.now())
