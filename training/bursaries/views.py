"""Applying for a bursary, and the page behind the mailed link: how far it is, and what can be done about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.mailed_links import by_link, public_id_in
from accounts.steady import steady
from payments import guard
from payments.checkout import AlreadyPaid, CheckoutUnavailable
from payments.goods import NotAvailable
from payments.views import see_other, to_checkout, to_result
from training.bookings.links import seat_path
from training.bursaries import applying, deciding, donors, links, rest
from training.bursaries.deciding import Changed
from training.bursaries.forms import AnswerForm, ApplyForm, PayForm
from training.bursaries.shown import shown
from training.models import Application, BursarySettings, Session

# Where who turns back at Stripe's page came from: its address must not hold the link.
CAME_FROM = "training_application"
MOVED_ON = "This has changed meanwhile. Please look again."


@never_cache
@steady
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, session: UUID) -> HttpResponse:
    """The answer is the same for an address with an open application and for one without."""
    wanted = get_object_or_404(Session.objects.shown().select_related("page"), public_id=session)
    context = {"session": wanted, "settings": BursarySettings.load(), "seats_paid": donors.seats_paid()}
    if problem := applying.problem_of(wanted, timezone.now()):
        return render(request, "training/bursaries/closed.html", {**context, "problem": problem}, status=410)
    language = get_language() or "en"
    form = ApplyForm(request.POST or None, session=wanted, initial={"language": language})
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "training/bursaries/apply.html", {**context, "form": form}, status=status)
    if held_up := guard.stop(request, email=form.cleaned_data["email"]):
        return held_up
    try:
        applying.apply(form.asked(), user=request.user)
    except NotAvailable as refused:
        return render(request, "training/bursaries/closed.html", {**context, "problem": str(refused)}, status=410)
    return render(request, "training/bursaries/applied.html", context)


def find(token: str, user: Any) -> Application:
    """The application of this token. Whoever is signed in as its trainee needs no live one. Raises Http404."""
    public_id = public_id_in(token)
    applications = Application.objects.select_related("enrolment__session__page", "enrolment__ticket")
    found = applications.filter(public_id=public_id).first() if public_id else None
    if found is None:
        raise Http404
    is_theirs = user.is_authenticated and found.enrolment.user_id == user.pk
    if not is_theirs and not links.is_for(found, token):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD"])
@by_link(find)
def place(request: HttpRequest, application: Application) -> HttpResponse:
    return _place_page(request, application)


@require_POST
@by_link(find)
def answer(request: HttpRequest, application: Application) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _place_page(request, application, answer_form=form)
    try:
        deciding.answer_question(application, form.cleaned_data["words"].strip())
    except Changed:
        messages.warning(request, MOVED_ON)
    else:
        messages.success(request, "We have your answer.")
    return see_other(links.place_path(application))


@require_POST
@by_link(find)
def give_up(request: HttpRequest, application: Application) -> HttpResponse:
    """Not wanted any more, before the seat is booked. From then on it is cancelled on its own page."""
    if _withdraw(application):
        messages.success(request, "Your place is given up. Thank you for telling us: somebody else can have it.")
    else:
        messages.warning(request, MOVED_ON)
    return see_other(links.place_path(application))


def _withdraw(application: Application) -> bool:
    if not rest.leave_checkout(application.enrolment):
        return False
    try:
        deciding.withdraw(application)
    except Changed:
        return False
    return True


@require_POST
@by_link(find)
def pay(request: HttpRequest, application: Application) -> HttpResponse:
    form = PayForm(request.POST)
    if not shown(application).rest:
        messages.warning(request, MOVED_ON)
        return see_other(links.place_path(application))
    if not form.is_valid():
        return _place_page(request, application, pay_form=form)
    if held_up := guard.stop(request, email=form.cleaned_data["email"]):
        return held_up
    language = get_language() or "en"
    request.session[CAME_FROM] = links.token_of(application)
    try:
        payment = rest.begin(
            application,
            form.payer_details(language),
            user=request.user,
            cancel_path=reverse("training_application_back"),
            locale=language,
        )
    except (Changed, NotAvailable):
        messages.warning(request, MOVED_ON)
        return see_other(links.place_path(application))
    except CheckoutUnavailable:
        return _place_page(request, application, pay_form=form, trouble=True)
    except AlreadyPaid as paid:
        return to_result(str(paid))
    return to_checkout(request, payment)


@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """For who turned back at Stripe's page."""
    token = request.session.get(CAME_FROM, "")
    return redirect("training_application", token) if token else redirect("/")


def _place_page(request: HttpRequest, application: Application, *, trouble: bool = False, **forms: Any) -> HttpResponse:
    context = {
        "application": application,
        "enrolment": application.enrolment,
        "session": application.enrolment.session,
        "shown": shown(application),
        "token": links.token_of(application),
        "seat_path": seat_path(application.enrolment),
        "answer_form": AnswerForm(),
        "pay_form": PayForm(initial={"email": application.enrolment.email}),
        "trouble": trouble,
        **forms,
    }
    status = 503 if trouble else 422 if forms else 200
    return render(request, "training/bursaries/place.html", context, status=status)
