"""Changing a supporter's contact details, and sending their last receipt again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from wagtail.log_actions import log

from receipts.history_of_books import CONTACT_CHANGED
from receipts.models import Payer, Receipt
from receipts.payers import TYPED, change_payer
from receipts.staff.acting import StaffAction
from receipts.storing import mail_receipt


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Payer
        fields = TYPED
        labels = {"email": "E-mail", "line1": "Address", "line2": "Address, second line"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = dict(settings.LANGUAGES)
        languages.setdefault(self.instance.language, self.instance.language)
        self.fields["language"] = forms.ChoiceField(choices=list(languages.items()), label="Language of mails")
        if self.instance.user_id:
            self.fields["email"].help_text = "Where mails go. It does not change the address they sign in with."

    def values(self) -> dict[str, str]:
        return {field: " ".join(str(value or "").split()) for field, value in self.cleaned_data.items()}


class ContactView(StaffAction):
    permission = "receipts.change_payer"
    template_name = "receipts/staff/payer_contact.html"
    page_title = "Contact details"

    def find(self, named: dict[str, int]) -> None:
        self.payer = get_object_or_404(Payer.objects.live().filter(erased_at=None), pk=named["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": ContactForm(instance=self.payer), "payer": self.payer, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        # Bound to a copy: the payer is written by one function only, with what goes with it.
        form = ContactForm(request.POST, instance=Payer.objects.get(pk=self.payer.pk))
        if not form.is_valid():
            return self.ask_again(form)
        with transaction.atomic():
            if changed := change_payer(self.payer, form.values()):
                labels = [str(form.fields[name].label) for name in changed]
                log(instance=self.payer, action=CONTACT_CHANGED, user=request.user, data={"fields": labels})
        messages.success(request, "The contact details are saved." if changed else "Nothing was changed.")
        return self.done()


def last_receipt(payer: Payer) -> Receipt | None:
    receipts = Receipt.objects.live().filter(payer__in=Payer.objects.same_as(payer))
    return receipts.defer("snapshot").order_by("-created_at", "-pk").first()


class ResendReceiptView(StaffAction):
    permission = "receipts.resend_receipt"
    http_method_names = ["post"]

    def find(self, named: dict[str, int]) -> None:
        self.payer = get_object_or_404(Payer.objects.live().filter(erased_at=None), pk=named["pk"])

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        receipt = last_receipt(self.payer)
        if receipt is None:
            messages.warning(request, f"{self.payer.name} has no receipt to send.")
        elif not self.payer.email:
            messages.warning(request, f"{self.payer.name} has no e-mail address.")
        else:
            mail_receipt(receipt, self.payer.email)
            log(instance=receipt, action="receipts.resend", user=request.user)
            messages.success(request, f"Receipt {receipt.label} is on its way to {self.payer.email}.")
        return self.done()
