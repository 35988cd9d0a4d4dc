"""Payers that may be one: the nightly search for pairs that a person then judges.

No payer is compared with every other: those with a key in common (an address to write to, a name and postcode, a user)
are brought together first, and names are compared only where a word of them and the postcode are the same. So 100,000
payers take seconds.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from django.db import transaction

from receipts.models import DuplicatePair, Payer

REASONS = {
    "email": "The same e-mail address",
    "user": "The same log-in",
    "mailbox": "The same mailbox",
    "name": "The same name and postcode",
    "alike": "A name that is much alike, and the same postcode",
}
SCORES = {"email": 100, "user": 95, "mailbox": 90, "name": 80, "alike": 60}
# One office address may be used by hundreds: then each is paired with the oldest only.
ALL_PAIRS_UP_TO = 5
# Names are compared in groups of at most this many; a larger one says nothing about who is who.
MOST_COMPARED = 200
ALIKE = 0.85
WORDS = re.compile(r"\w+")
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "rev"})

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Person:
    """What the search looks at."""

    pk: int
    kind: str
    name: str
    email: str
    postcode: str
    country: str
    user: int | None


def find_duplicates() -> int:
    """The scheduled job: write down the pairs that there are now, and forget those that are none any more.

    What a person has judged to be two stays judged. Returns how many wait for a judgement.
    """
    columns = ("pk", "kind", "name", "email", "postcode", "country", "user")
    rows = Payer.objects.live().filter(erased_at=None).order_by("pk").values_list(*columns)
    found = pairs_among(Person(*row) for row in rows.iterator(chunk_size=5_000))
    with transaction.atomic():
        known = DuplicatePair.objects.filter(dismissed_at=None).values_list("pk", "first", "second", "reason")
        gone = [pk for pk, first, second, reason in known if found.get((first, second)) != reason]
        for start in range(0, len(gone), 500):
            DuplicatePair.objects.filter(pk__in=gone[start : start + 500]).delete()
        DuplicatePair.objects.bulk_create(
            (
                DuplicatePair(first_id=first, second_id=second, reason=reason, score=SCORES[reason])
                for (first, second), reason in found.items()
            ),
            batch_size=500,
            ignore_conflicts=True,
        )
    return DuplicatePair.objects.waiting().count()


def pairs_among(people: Iterable[Person]) -> dict[Pair, str]:
    """The pairs, the older payer first, each with the best reason there is for it."""
    groups: dict[str, dict[tuple[str, ...], list[Person]]] = {reason: defaultdict(list) for reason in SCORES}
    for person in people:
        for reason, key in _keys(person):
            groups[reason][(person.kind, *key)].append(person)
    found: dict[Pair, str] = {}
    for reason, by_key in groups.items():
        for members in by_key.values():
            for pair in _alike(members) if reason == "alike" else _paired(members):
                found.setdefault(pair, reason)
    return found


def _keys(person: Person) -> Iterator[tuple[str, tuple[str, ...]]]:
    if person.email:
        yield "email", (person.email.casefold(),)
        yield "mailbox", (mailbox(person.email),)
    if person.user:
        yield "user", (str(person.user),)
    place = person.postcode.casefold().replace(" ", "")
    words = words_of(person.name)
    if place and words:
        yield "name", (" ".join(sorted(words)), place, person.country)
        # Where a letter or two were typed otherwise, another word of the name is still the same.
        for word in set(words):
            yield "alike", (word, place, person.country)


def mailbox(email: str) -> str:
    """Where a mail arrives: what follows a plus is the reader's own, and Gmail reads over dots."""
    local, _, domain = email.casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def words_of(name: str) -> list[str]:
    """The words of a name without titles, accents, points and capitals."""
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    words = WORDS.findall(plain)
    return [word for word in words if word not in TITLES] or words


def _paired(members: list[Person]) -> Iterator[Pair]:
    if len(members) <= ALL_PAIRS_UP_TO:
        yield from (_pair(*two) for two in combinations(members, 2))
    else:
        yield from (_pair(members[0], other) for other in members[1:])


def _alike(members: list[Person]) -> Iterator[Pair]:
    if len(members) > MOST_COMPARED:
        return
    names = [(member, " ".join(sorted(words_of(member.name)))) for member in members]
    matcher = SequenceMatcher(autojunk=False)
    for (one, name), (other, second) in combinations(names, 2):
        matcher.set_seqs(name, second)
        # The cheap bounds first: most names are no more alike than any two.
        if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE:
            yield _pair(one, other)


def _pair(one: Person, other: Person) -> Pair:
    return (one.pk, other.pk) if one.pk < other.pk else (other.pk, one.pk)
