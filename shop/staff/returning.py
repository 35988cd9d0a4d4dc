"""Returns: accept or decline, note what came back and what of it can be sold again, and give the money back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from shop.models import Return
from shop.orders.returning import MOVED_ON, CannotReturn, accept, decline, give_back, receive
from shop.staff.order_pages import OrderPage

State = Return.State


class AnswerForm(forms.Form):
    decision = forms.ChoiceField(
        choices=[("accept", "Take it back"), ("decline", "Decline")], widget=forms.RadioSelect, label="Your answer"
    )
    answer = forms.CharField(
        max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 4}), label="What the customer reads",
        help_text="How and where to send it back, or why we can’t take it. It is mailed.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") == "decline" and not cleaned.get("answer"):
            self.add_error("answer", "Say why: the customer reads it.")
        return cleaned


class ReceiveForm(forms.Form):
    """How many of what came back can be sold again, for each line."""

    def __init__(self, *args: Any, back: Return, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(back.lines.select_related("line"))
        for row in self.rows:
            self.fields[f"line-{row.line_id}"] = forms.IntegerField(
                label=f"{row.line.title}: can be sold again", min_value=0, max_value=row.quantity,
                initial=row.quantity, help_text=f"Of {row.quantity} that came back. The rest is written off.",
            )  # fmt: skip

    def restocked(self) -> dict[int, int]:
        return {row.line_id: self.cleaned_data[f"line-{row.line_id}"] for row in self.rows}


class GiveBackForm(forms.Form):
    with_shipping = forms.BooleanField(required=False, label="Give back what was paid for sending, too")


class ReturnPage(OrderPage):
    """A step of one return. ``waits_for`` is the state in which it can be taken."""

    waits_for = ""
    form_class: type[forms.Form] = forms.Form
    template_name = "shop/staff/return.html"
    header_icon = "resubmit"
    # What the button says, and whether it is asked twice.
    button = ""
    asks_twice = False

    def find(self, named: dict[str, int]) -> None:
        self.back_row = get_object_or_404(Return.objects.select_related("order"), pk=named["pk"])
        self.order = self.back_row.order

    @property
    def is_over(self) -> bool:
        return self.back_row.state != self.waits_for or self.back_row.money_back_id is not None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        return self.told_over() if self.is_over else super().get(request, *args, **kwargs)

    def told_over(self) -> HttpResponse:
        messages.warning(self.request, MOVED_ON)
        return self.back()

    def form(self, typed: Any = None) -> forms.Form:
        return self.form_class(typed)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "form": kwargs.pop("form", None) or self.form(),
                "back": self.back_row,
                "rows": self.back_row.lines.select_related("line"),
                "button": self.button,
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.is_over:
            return self.told_over()
        form = self.form(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        if self.asks_twice and request.POST.get("step") != "confirmed":
            return self.render_to_response(self.get_context_data(form=form, is_second_look=True))
        try:
            with transaction.atomic():
                said = self.take(form)
        except CannotReturn as refused:
            form.add_error(None, str(refused))
            return self.ask_again(form)
        messages.success(request, said)
        return self.back()

    def take(self, form: Any) -> str:
        """Take the step, and say so in a sentence. Raises CannotReturn."""
        raise NotImplementedError


class AnswerView(ReturnPage):
    page_title = "Answer the return"
    waits_for = State.ASKED
    form_class = AnswerForm
    button = "Send the answer"

    def take(self, form: Any) -> str:
        answer = form.cleaned_data["answer"]
        if form.cleaned_data["decision"] == "decline":
            decline(self.back_row, answer, by=self.colleague)
            self.note("shop.decline_return")
            return "The return is declined."
        accept(self.back_row, answer, by=self.colleague)
        self.note("shop.accept_return")
        return "The return is accepted. Note it here when it has arrived."


class ReceiveView(ReturnPage):
    page_title = "It came back"
    waits_for = State.ACCEPTED
    button = "Note that it came back"
    asks_twice = True

    def form(self, typed: Any = None) -> ReceiveForm:
        return ReceiveForm(typed, back=self.back_row)

    def take(self, form: Any) -> str:
        receive(self.back_row, form.restocked(), by=self.colleague)
        self.note("shop.receive_return", restocked=sum(form.restocked().values()))
        return "It is noted. What can be sold again is in stock; Finance gives the money back."


class GiveBackView(ReturnPage):
    page_title = "Give the money back"
    permission = "payments.refund_payment"
    waits_for = State.RECEIVED
    form_class = GiveBackForm
    button = "Give the money back"
    asks_twice = True

    def take(self, form: Any) -> str:
        owed = give_back(self.back_row, with_shipping=form.cleaned_data["with_shipping"], by=self.colleague)
        self.note("shop.give_back")
        return "The money is on its way back." if owed else "Nothing had been paid for it, so nothing goes back."
