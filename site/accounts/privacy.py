"""A person's own data: all of it in one file, and all of it gone but for what the law keeps.

This module knows nobody above it. Each app gives its part by a hook:

- ``payers_of_person(user)``: the payers that are this user (rows that only ``receipts`` understands);
- ``export_person(person)``: tables of what the app knows of the person;
- ``erasure_notes(person)``: sentences that the person reads before they decide;
- ``before_erase_person(person)``: what must be ended elsewhere first; it may call Stripe and raise ``CannotErase``;
- ``erase_person(person)``: the deed, in one transaction with everybody else's; never calls anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from wagtail import hooks
from wagtail.models import ModelLogEntry

from accounts.cells import Cell
from accounts.mail_kinds import language_at
from accounts.models import User
from accounts.people import addresses_of

# What each column of a row is called, and what stands there.
Facts = dict[str, Cell]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody as this installation knows them: a user, payers, or both."""

    user: User | None
    payers: list[Any] = field(default_factory=list)
    # Lowercase, and theirs alone: proved by the user, or found at these payers and at nobody else.
    emails: list[str] = field(default_factory=list)
    # In which they are written to, the last time too, when nothing else is known any more.
    language: str = settings.LANGUAGE_CODE


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of one kind. Every row names its columns; the first one orders them."""

    name: str
    rows: list[Facts]

    @property
    def title(self) -> str:
        return self.name.replace("-", " ").replace("e mail", "e-mail").capitalize()


class CannotErase(Exception):
    """Not now. Nothing was erased. The text is a sentence for the person."""


class AlreadyErased(Exception):
    """Somebody else was faster: whoever finds nothing left to erase ends the whole of it."""


def person_of(user: User) -> Person:
    payers = [payer for payers in hooks.get_hooks("payers_of_person") for payer in payers(user)]
    return Person(user=user, payers=payers, emails=addresses_of(user), language=language_at(user.email))


def tables_of(person: Person) -> list[Table]:
    """Everything that is known of a person, without empty tables."""
    given = [table for export in hooks.get_hooks("export_person") for table in export(person)]
    return [table for table in given if table.rows]


def erasure_notes(person: Person) -> list[str]:
    return [note for notes in hooks.get_hooks("erasure_notes") for note in notes(person)]


def erase(person: Person) -> None:
    """Erase a person; doing it twice does it once.

    What takes their money is ended first, where it can be seen to have ended. Only then anything is forgotten.

    Raises:
        CannotErase: nothing was erased, and it can be tried again.
    """
    for prepare in hooks.get_hooks("before_erase_person"):
        prepare(person)
    with suppress(AlreadyErased), transaction.atomic():
        for forget in hooks.get_hooks("erase_person"):
            forget(person)


def blank_log(rows: Iterable[models.Model], label: str) -> None:
    """The staff's history names what it is about: let it go on without the name."""
    for row in rows:
        entries = ModelLogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=row.pk)
        entries.update(label=label)
