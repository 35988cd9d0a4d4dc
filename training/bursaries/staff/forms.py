"""What the team decides, and what the applicant then reads on their page. No mail says any of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from payments.currencies import refusal_of
from receipts.amounts import AmountField
from training.bursaries.staff.rows import asked_for, fee_of
from training.models import Application

APPROVE, DECLINE, ASK = "approve", "decline", "ask"
DECISIONS = [
    (APPROVE, "Approve: a bursary pays all of the price, or a part"),
    (ASK, "Ask the applicant something"),
    (DECLINE, "Decline"),
]


class DecideForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(label="Your decision", choices=DECISIONS, widget=forms.RadioSelect)
    amount = AmountField(
        required=False,
        label=f"The bursary pays ({settings.REPORTING_CURRENCY})",
        help_text="Where you approve. Less than the price: the applicant is asked to pay the rest.",
    )
    answer = forms.CharField(
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="What the applicant reads",
        help_text="On the page behind their link; the mail only says that there is news.",
    )
    override_reason = forms.CharField(
        required=False,
        max_length=300,
        label="Why, although the fund holds less",
        help_text="Only where you award more than the fund has left. It stays in the records: write nothing about "
        "the applicant.",
    )

    def __init__(self, *args: Any, application: Application, may_overdraw: bool, **kwargs: Any) -> None:
        self.fee = fee_of(application)
        super().__init__(*args, **kwargs)
        self.initial = {"version": application.version, "amount": asked_for(application)}
        if application.state == Application.State.MORE:
            self.fields["decision"].choices = [one for one in DECISIONS if one[0] != ASK]  # type: ignore[attr-defined]
        if not may_overdraw:
            del self.fields["override_reason"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") == ASK and not cleaned.get("answer"):
            self.add_error("answer", "Write your question.")
        if cleaned.get("decision") == APPROVE and "amount" in cleaned:
            self._look_at(cleaned["amount"] or 0)
        return cleaned

    def _look_at(self, amount: int) -> None:
        if amount < 1:
            self.add_error("amount", "Enter what the bursary pays.")
        elif amount > self.fee:
            self.add_error("amount", "That is more than the price.")
        elif refused := refusal_of(self.fee - amount, settings.REPORTING_CURRENCY):
            self.add_error("amount", f"The rest can’t be paid as it is. {refused}")
