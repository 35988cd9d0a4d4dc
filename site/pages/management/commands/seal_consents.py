from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import models
from wagtail import hooks

from pages.models import Consent
from pages.private_names import remember_names
from pages.sealing import NoKeyFits, open_sealed, seal_anew


class Command(BaseCommand):
    """What else is kept sealed is told by the hook ``sealed_fields``: pairs of a model and the name of its field."""

    help = "Seal all that is kept sealed with the newest of CONSENT_KEYS, so that an older one can be thrown away."

    def handle(self, *args: Any, **options: Any) -> None:
        lost: dict[str, int] = {}
        for model, field in _sealed_fields():
            for pk, sealed in model._default_manager.exclude(**{field: ""}).order_by("pk").values_list("pk", field):
                try:
                    _seal_anew(model, field, pk, sealed)
                except NoKeyFits:
                    name = str(model._meta.verbose_name_plural)
                    lost[name] = lost.get(name, 0) + 1
        if lost:
            numbers = " and ".join(f"{number} {name}" for name, number in lost.items())
            raise CommandError(f"{numbers} are sealed with a key that is not in CONSENT_KEYS: add it and try again.")
        self.stdout.write("Everything that is kept sealed is sealed with the newest key.")


def _sealed_fields() -> Iterator[tuple[type[models.Model], str]]:
    yield Consent, "sealed_person"
    for fields in hooks.get_hooks("sealed_fields"):
        yield from fields()


def _seal_anew(model: type[models.Model], field: str, pk: int, sealed: str) -> None:
    """Only where nobody wrote another one meanwhile; that one is under the newest key already."""
    model._default_manager.filter(**{"pk": pk, field: sealed}).update(**{field: seal_anew(sealed)})
    if model is Consent:
        remember_names(Consent.objects.get(pk=pk), open_sealed(sealed))
