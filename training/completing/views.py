"""The certificate for who earned it, and the page behind its code for whoever wants to know whether it holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.mailed_links import by_link, public_id_in
from payments.guard.limits import MINUTE, Limit
from payments.guard.tallies import take
from payments.guard.visitor import address_key
from receipts.drawing import MissingGlyphs, PdfIsOff, why_pdf_is_off
from training.completing import links
from training.completing.files import DamagedFile, digest_of, pdf_of, spaced, verify_url
from training.models import Certificate

# A class that applies for jobs together is one address.
CHECKS_PER_ADDRESS = Limit("certificate", 60, MINUTE)
LARGEST = 5_000_000
TOO_LARGE = "This file is larger than any certificate of ours."


class CodeForm(forms.Form):
    code = forms.CharField(
        label="The code on the certificate",
        max_length=40,
        error_messages={"required": "Enter the code."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class CompareForm(forms.Form):
    file = forms.FileField(
        label="Compare it with the one that we issued",
        help_text="A PDF. We look at its bytes and keep nothing of it.",
        error_messages={"required": "Choose the file.", "empty": "This file is empty."},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(TOO_LARGE)
        return file


def bare(code: str) -> str:
    """As it is kept, however it was typed: small letters, spaces and dashes are no difference."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


@never_cache
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Where a code is typed."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_valid() and (code := bare(form.cleaned_data["code"])):
        return redirect("training_verify_code", code=code)
    return _unlisted(render(request, "training/completing/verify.html", {"form": form, "code": ""}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What we certified and whether it holds. A code that never was, or is one letter off, looks like any other."""
    now = timezone.now()
    if not take(CHECKS_PER_ADDRESS, address_key(request, now), now):
        return render(request, "429.html", status=429)
    certificate = Certificate.objects.select_related("replaced_by").filter(code=bare(code)).first()
    if certificate is None or not certificate.is_live:
        context: dict[str, Any] = {"certificate": certificate, "code": code, "form": CodeForm()}
        return _unlisted(
            render(request, "training/completing/verify.html", context, status=200 if certificate else 404)
        )
    form = CompareForm(request.POST or None, request.FILES or None)
    compared = ""
    if request.method == "POST" and form.is_valid():
        is_same = digest_of(form.cleaned_data["file"]) == certificate.digest
        compared = "same" if is_same else "other"
    context = {
        "certificate": certificate,
        "code": code,
        "form": form,
        "compared": compared,
        "days": days_of(certificate),
    }
    return _unlisted(render(request, "training/completing/verify.html", context, status=422 if form.errors else 200))


def days_of(certificate: Certificate) -> list[str]:
    """The first day and the last, where that is another, as the session's clocks had them."""
    days = sorted({certificate.starts_on, certificate.ends_on})
    return [date_format(day, "j F Y") for day in days]


def find(token: str, user: Any) -> Certificate:
    """The certificate of this token. Whoever is signed in as its trainee needs no live one. Raises Http404."""
    public_id = public_id_in(token)
    found = Certificate.objects.select_related("enrolment")
    certificate = found.filter(public_id=public_id).first() if public_id else None
    if certificate is None:
        raise Http404
    is_theirs = user.is_authenticated and certificate.enrolment.user_id == user.pk
    if not is_theirs and not links.is_for(certificate, token):
        raise Http404
    return certificate


@require_safe
@by_link(find)
def certificate_page(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    context = {
        "certificate": certificate,
        "token": links.token_of(certificate),
        "verify_url": verify_url(certificate),
        "code": spaced(certificate.code),
        "has_pdf": not why_pdf_is_off(),
        "days": days_of(certificate),
        "hours": f"{certificate.hours.normalize():f}",
    }
    return render(request, "training/completing/certificate.html", context)


@require_safe
@by_link(find)
def certificate_pdf(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    if not certificate.is_live:
        return redirect(links.path_of(certificate))
    try:
        pdf = pdf_of(certificate)
    except (PdfIsOff, MissingGlyphs, DamagedFile):
        messages.error(request, "The file can’t be made just now. Write to us, and we send it to you.")
        return redirect(links.path_of(certificate))
    headers = {"Content-Disposition": 'inline; filename="certificate.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    # The address opens a page with a name: no other site learns it.
    response["Referrer-Policy"] = "same-origin"
    return response
