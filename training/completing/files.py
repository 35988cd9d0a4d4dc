"""The certificate as a PDF: drawn once, kept in private with the digest of its bytes."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import IO, Any

import segno
from babel.dates import format_date
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from pages.colours import readable_on
from pages.models import Brand
from receipts import drawing
from receipts.documents import LETTER_COUNTRIES
from receipts.models import Issuer
from receipts.money import known_locale
from training.completing.words import words_in
from training.models import Certificate

STYLE = Path(__file__).parents[1] / "templates" / "training" / "completing" / "document.css"
# Longer names are set smaller, so that they stay on one line or two.
LONG_NAME, VERY_LONG_NAME = 26, 52


class DamagedFile(Exception):
    """The file that is kept is not what was issued."""


def draw_soon(certificate: Certificate) -> None:
    """Ask for the file, in the background and after the commit."""
    if draw_certificate.get_backend().supports_defer:
        draw_certificate.enqueue(certificate.pk)
    else:
        transaction.on_commit(partial(draw_certificate.enqueue, certificate.pk))


@task()
def draw_certificate(pk: int) -> None:
    certificate = Certificate.objects.get(pk=pk)
    if not drawing.why_pdf_is_off():
        pdf_of(certificate)


def pdf_of(certificate: Certificate) -> bytes:
    """The issued bytes; drawn now, where the task has not come to it. Two who draw it at once draw the same.

    Raises drawing.PdfIsOff, drawing.MissingGlyphs and DamagedFile.
    """
    if certificate.digest:
        return _kept(certificate)
    pdf = drawing.draw(html=document_html(certificate), identifier=certificate.code, created=certificate.issued_at)
    name = f"certificates/{certificate.issued_at.year}/{certificate.code}.pdf"
    storage = storages["private"]
    if not storage.exists(name):
        storage.save(name, ContentFile(pdf))
    Certificate.objects.filter(pk=certificate.pk, digest="").update(file=name, digest=hashlib.sha256(pdf).hexdigest())
    certificate.refresh_from_db()
    return _kept(certificate)


def _kept(certificate: Certificate) -> bytes:
    try:
        with storages["private"].open(certificate.file) as file:
            content: bytes = file.read()
    except OSError as error:
        raise DamagedFile from error
    if hashlib.sha256(content).hexdigest() != certificate.digest:
        raise DamagedFile
    return content


def digest_of(upload: IO[bytes]) -> str:
    """Of a file that somebody brings to be compared; nothing of it is kept."""
    return hashlib.file_digest(upload, "sha256").hexdigest()  # type: ignore[arg-type]


def document_html(certificate: Certificate) -> str:
    return render_to_string("training/completing/document.html", document_context(certificate))


def document_context(certificate: Certificate) -> dict[str, Any]:
    brand = Brand.objects.first() or Brand()
    locale = known_locale(certificate.language)
    days = [format_date(day, format="long", locale=locale) for day in (certificate.starts_on, certificate.ends_on)]
    return {
        "certificate": certificate,
        "words": words_in(certificate.language),
        "organisation": certificate.issuer or brand.name,
        "days": days if days[0] != days[1] else days[:1],
        "issued_on": format_date(timezone.localtime(certificate.issued_at).date(), format="long", locale=locale),
        "hours": f"{certificate.hours.normalize():f}",
        "name_size": _size(certificate.name),
        "url": verify_url(certificate),
        "code": spaced(certificate.code),
        "qr": _qr_svg(verify_url(certificate)),
        "paper": "letter" if Issuer.load().jurisdiction in LETTER_COUNTRIES else "a4",
        "brand": brand.primary_colour,
        "accent": readable_on("#ffffff", brand.accent_colour),
        "style": _style(),
        "created": f"{certificate.issued_at:%Y-%m-%dT%H:%M:%SZ}",
    }


def verify_url(certificate: Certificate) -> str:
    return str(settings.BASE_URL + reverse("training_verify_code", args=[certificate.code]))


def spaced(code: str) -> str:
    """As people read it out: "ABCD EFGH JKLM NPQR"."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def _size(name: str) -> str:
    if len(name) > VERY_LONG_NAME:
        return "smallest"
    return "smaller" if len(name) > LONG_NAME else "usual"


def _qr_svg(url: str) -> str:
    code = segno.make(url, error="m", micro=False)
    title = "Code that leads to the page which verifies this certificate"
    return code.svg_inline(border=0, dark="#12211f", title=title, svgclass=None, lineclass=None, omitsize=True)


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")
