"""Changing one's own name and address: what the next receipts say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from receipts.addresses.fields import AddressFields
from receipts.models import Payer
from receipts.payers import change_payer


class DetailsForm(AddressFields, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Payer
        fields = ("name", "line1", "line2", "city", "postcode", "region", "country", "language")
        labels = {
            "name": "Full name",
            "language": "Language of mails and receipts",
        }
        help_texts = {"name": "As it should stand on your receipts."}

    def __init__(self, typed: Any, *, payer: Payer) -> None:
        # Bound to an empty row: the payer is written by one function only, with what goes with it.
        super().__init__(typed, initial=model_to_dict(payer, self._meta.fields))
        self.fields["name"].error_messages["required"] = "Enter your name."
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if payer.kind == Payer.Kind.ORGANISATION:
            self.fields["name"].label = "Name of the organisation"
            self.fields["name"].widget.attrs["autocomplete"] = "organization"
        self._offer_languages(payer)
        self.shape_address()

    def _offer_languages(self, payer: Payer) -> None:
        languages = list(settings.LANGUAGES)
        if len(languages) < 2:
            del self.fields["language"]
            return
        self.fields["language"] = forms.ChoiceField(label=self.fields["language"].label, choices=languages)
        if payer.language not in dict(languages):
            self.initial["language"] = settings.LANGUAGE_CODE

    def values(self) -> dict[str, str]:
        return {field: " ".join(str(value or "").split()) for field, value in self.cleaned_data.items()}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One's own payer; anybody else's does not exist."""
    payer = get_object_or_404(Payer.objects.live().of_user(request.user), public_id=public_id)
    form = DetailsForm(request.POST if request.method == "POST" else None, payer=payer)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "payer": payer}
        return render(request, "receipts/details.html", context, status=422 if form.errors else 200)
    if change_payer(payer, form.values()):
        messages.success(request, "Your details are saved. Receipts from now on carry them.")
    return redirect("account_home")
