"""Reading an application and deciding on it. What was written stands only in the answer to a form, so that no address
and no history holds it, and each look is logged first.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from wagtail.log_actions import log

from pages.sealing import NoKeyFits
from receipts.money import format_amount
from receipts.staff.acting import ListedAction
from training.bursaries import deciding
from training.bursaries.awards import FundTooSmall
from training.bursaries.mails import news_wording
from training.bursaries.staff.actions import ASKED, DECIDED
from training.bursaries.staff.forms import APPROVE, ASK, DecideForm
from training.bursaries.staff.rows import fee_of
from training.models import Application
from training.private import read_application, see_person

WHY = "decide"
MOVED_ON = "This was answered, decided or withdrawn meanwhile. Please read it again."
NO_KEY = "It was sealed with a key that this site does not have any more (CONSENT_KEYS)."


class DecideView(ListedAction):
    permission = "training.decide_application"
    template_name = "training/bursaries/staff/decide.html"
    page_title = "Read and decide"
    header_icon = "group"
    came_from = ("training_applications:index", "Applications")
    application: Application

    def find(self, named: dict[str, int]) -> None:
        rows = Application.objects.select_related("enrolment__session__page", "award")
        self.application = get_object_or_404(rows, pk=named["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.application)

    def form(self, typed: Any = None) -> DecideForm:
        may_overdraw = self.request.user.has_perm("training.overdraw_bursaries")
        return DecideForm(typed, application=self.application, may_overdraw=may_overdraw)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "form": kwargs.pop("form", None) or self.form(),
                "application": self.application,
                "enrolment": self.application.enrolment,
                "fee": fee_of(self.application),
                "back_url": reverse("training_applications:inspect", args=[self.application.pk]),
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        step = request.POST.get("step")
        if step in ("read", "person"):
            return self.look(step)
        form = self.form(request.POST)
        if not self.application.is_open:
            return self.told(MOVED_ON)
        if not form.is_valid():
            return self.ask_again(form)
        if step != "confirmed":
            return self.second_look(form)
        try:
            with transaction.atomic():
                self.take(form)
        except deciding.Changed:
            return self.told(MOVED_ON)
        except FundTooSmall as small:
            return self.too_small(form, small.free)
        messages.success(request, "The applicant is mailed that there is news.")
        return self.back()

    def look(self, step: str) -> HttpResponse:
        try:
            if step == "person":
                person = see_person(self.application.enrolment, by=self.colleague, why=WHY)
                return self.render_to_response(self.get_context_data(person=person))
            words = read_application(self.application, by=self.colleague, why=WHY)
        except NoKeyFits:
            return self.told(NO_KEY)
        return self.render_to_response(self.get_context_data(words=words, is_read=True))

    def second_look(self, form: DecideForm) -> HttpResponse:
        """What would happen, with the mail that would go out."""
        is_approval = form.cleaned_data["decision"] == APPROVE
        amount = form.cleaned_data["amount"] or 0
        context = self.get_context_data(
            form=form,
            is_second_look=True,
            pays=amount if is_approval else None,
            rest=self.fee_left(amount) if is_approval else None,
            decision=dict(form.fields["decision"].choices)[form.cleaned_data["decision"]],  # type: ignore[attr-defined]
            mail=news_wording(self.application),
        )
        return self.render_to_response(context)

    def fee_left(self, amount: int) -> int:
        return fee_of(self.application) - amount

    def take(self, form: DecideForm) -> None:
        said = form.cleaned_data
        common: Any = {"version": said["version"], "by": self.colleague}
        if said["decision"] == ASK:
            deciding.ask_more(self.application, said["answer"], **common)
        elif said["decision"] == APPROVE:
            deciding.approve(
                self.application,
                said["amount"],
                answer=said["answer"],
                override_reason=said.get("override_reason", ""),
                **common,
            )
        else:
            deciding.decline(self.application, answer=said["answer"], **common)
        log(self.application, ASKED if said["decision"] == ASK else DECIDED, user=self.colleague)

    def too_small(self, form: DecideForm, free: int) -> HttpResponse:
        # Nothing was written, so it still waits.
        self.application.refresh_from_db()
        left = format_amount(max(free, 0), self.application.enrolment.currency)
        more = " Say why it shall be so all the same." if "override_reason" in form.fields else ""
        form.add_error("amount", f"The bursary fund has {left} left.{more}")
        return self.ask_again(form)

    def told(self, warning: str) -> HttpResponse:
        messages.warning(self.request, warning)
        return self.back()

    def back(self) -> HttpResponse:
        return redirect("training_applications:inspect", self.application.pk)
