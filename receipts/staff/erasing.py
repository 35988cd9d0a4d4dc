"""Erasing somebody who asked for it by letter: a second look, a typed word, and an entry in the history."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from wagtail.admin import messages
from wagtail.log_actions import log

from accounts import privacy
from accounts.privacy import CannotErase, Person
from receipts.models import Payer
from receipts.privacy import person_behind, same_address


class EraseForm(forms.Form):
    WORD = "erase"

    confirmation = forms.CharField(
        label="Type the word erase", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip().casefold() != self.WORD:
            raise forms.ValidationError("Type the word erase, nothing else.")
        return typed


def erase_payer(request: HttpRequest, payer_pk: int) -> HttpResponse:
    if not request.user.has_perm("receipts.erase_payer"):
        raise PermissionDenied
    payer = get_object_or_404(Payer, pk=payer_pk)
    inspect_url = reverse("payers:inspect", args=[payer.pk])
    person = person_behind(payer)
    if refusal := _refusal(payer, person):
        messages.warning(request, refusal)
        return redirect(inspect_url)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            privacy.erase(person)
        except CannotErase as reason:
            messages.error(request, f"Nothing was erased. {reason}")
        else:
            payer.refresh_from_db()
            log(payer, "receipts.erase")
            messages.success(request, "The person is erased. What was paid stays in the books, without the name.")
            return redirect(inspect_url)
    context = {
        "payer": payer,
        "person": person,
        "form": form,
        "notes": privacy.erasure_notes(person),
        "same_address": same_address(person.payers),
        "inspect_url": inspect_url,
    }
    return render(request, "receipts/staff/erase.html", context, status=422 if form.errors else 200)


def _refusal(payer: Payer, person: Person) -> str:
    if payer.erased_at:
        return "This person is erased already."
    if person.user and person.user.is_staff:
        return "This is a colleague. Take their staff rights away first."
    return ""
