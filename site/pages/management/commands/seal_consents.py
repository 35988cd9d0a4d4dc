from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pages.models import Consent
from pages.private_names import remember_names
from pages.sealing import NoKeyFits, open_sealed, seal_anew


class Command(BaseCommand):
    help = "Seal who gave each consent with the newest of CONSENT_KEYS, so that an older one can be thrown away."

    def handle(self, *args: Any, **options: Any) -> None:
        lost = 0
        for consent in Consent.objects.order_by("pk"):
            sealed = consent.sealed_person
            try:
                # Only where nobody wrote another name meanwhile; that one is under the newest key already.
                Consent.objects.filter(pk=consent.pk, sealed_person=sealed).update(sealed_person=seal_anew(sealed))
                remember_names(consent, open_sealed(sealed))
            except NoKeyFits:
                lost += 1
        if lost:
            raise CommandError(
                f"{lost} consents are sealed with a key that is not in CONSENT_KEYS: add it and try again."
            )
        self.stdout.write("Every consent is sealed with the newest key.")
