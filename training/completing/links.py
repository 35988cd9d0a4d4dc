"""The signed link to a certificate for who earned it (``accounts.mailed_links``); it opens this one only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from accounts import mailed_links

if TYPE_CHECKING:
    from training.models import Certificate

USE = "training.certificate"


def path_of(certificate: Certificate) -> str:
    return reverse("training_certificate", args=[token_of(certificate)])


def url_of(certificate: Certificate) -> str:
    return settings.BASE_URL + path_of(certificate)


def token_of(certificate: Certificate) -> str:
    return mailed_links.token_of(certificate.public_id, use=USE, email=certificate.enrolment.email)


def is_for(certificate: Certificate, token: str) -> bool:
    return mailed_links.opens(token, certificate.public_id, use=USE, email=certificate.enrolment.email)
