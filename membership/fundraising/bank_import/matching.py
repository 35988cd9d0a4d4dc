"""Who may have paid a line of a statement: a suggestion, how sure it is, and why, for a person to judge.

Names are looked up in one index made of all supporters, so that thousands of lines ask the database a few times.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from uuid import UUID

from django.db.models.functions import Lower

from membership.models import BankLine
from payments.models import Payout
from receipts.duplicates import words_of
from receipts.models import Payer, Receipt
from receipts.months import day_of

# From here on, one click may book them all.
SURE = 90
ALIKE = 0.85
# A word that so many names share says nothing about who is who.
MOST_COMPARED = 60
DAYS_OF_A_PAYOUT = timedelta(days=4)
STRIPE = re.compile(r"\bstripe\b", re.IGNORECASE)
EMAIL = re.compile(r"[^\s<>,;]+@[^\s<>,;]+\.[a-z]{2,}", re.IGNORECASE)
RECEIPT = re.compile(r"\b(?:[A-Z]{1,10}-){0,2}[0-9]{4}-[0-9]{5}\b")
KEY = re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    payer: int
    score: int
    reason: str


def suggest(lines: list[BankLine]) -> None:
    """Mark payouts of Stripe, and write a suggestion on each other line that has one. Nothing is saved."""
    came = [line for line in lines if line.amount > 0]
    payouts = _payouts(came)
    people = People() if came else None
    for line in came:
        if STRIPE.search(f"{line.payer_text} {line.reference_text}") or _is_payout(line, payouts):
            line.state, line.reason = BankLine.State.PAYOUT, "Stripe sent this: its gifts are in the books already"
        elif people and (match := people.match(line)):
            line.state, line.payer_id = BankLine.State.MATCHED, match.payer
            line.score, line.reason = match.score, match.reason


def _payouts(lines: list[BankLine]) -> dict[tuple[int, str], list[Payout]]:
    """Those that may have arrived in the days of these lines."""
    if not lines:
        return {}
    days = [line.booked_on for line in lines]
    arrived = Payout.objects.filter(
        arrival_at__date__gte=min(days) - DAYS_OF_A_PAYOUT, arrival_at__date__lte=max(days) + DAYS_OF_A_PAYOUT
    )
    found: dict[tuple[int, str], list[Payout]] = defaultdict(list)
    for payout in arrived:
        found[(payout.amount, payout.currency.upper())].append(payout)
    return found


def _is_payout(line: BankLine, payouts: dict[tuple[int, str], list[Payout]]) -> bool:
    """The same amount, about the same day, and nobody who is known by this name paid it."""
    same = payouts.get((line.amount, line.currency), [])
    near = [p for p in same if p.arrival_at and abs(day_of(p.arrival_at) - line.booked_on) <= DAYS_OF_A_PAYOUT]
    return bool(near)


class People:
    """All supporters, by what a line may say of them."""

    def __init__(self) -> None:
        self.by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.by_word: dict[str, list[tuple[int, str]]] = defaultdict(list)
        names = Payer.objects.live().filter(erased_at=None).values_list("pk", "name")
        for pk, name in names.iterator(chunk_size=5_000):
            words = tuple(sorted(words_of(name)))
            self.by_words[words].append(pk)
            for word in set(words):
                if len(word) > 2:
                    self.by_word[word].append((pk, " ".join(words)))

    def match(self, line: BankLine) -> Match | None:
        text = f"{line.payer_text} {line.reference_text}"
        return (
            self._by_receipt(text)
            or self._by_key(text)
            or self._by_email(text)
            or self._by_history(line)
            or self._by_name(line.payer_text)
            or self._by_likeness(line.payer_text)
        )

    def _by_receipt(self, text: str) -> Match | None:
        for label in RECEIPT.findall(text.upper())[:3]:
            if receipt := Receipt.objects.filter(label=label).select_related("payer").defer("snapshot").first():
                return self._of(receipt.payer, 100, f"Names receipt {label}")
        return None

    def _by_key(self, text: str) -> Match | None:
        for key in KEY.findall(text)[:3]:
            if payer := Payer.objects.filter(public_id=UUID(key)).first():
                return self._of(payer, 100, "Names the supporter’s own number")
        return None

    def _by_email(self, text: str) -> Match | None:
        for address in EMAIL.findall(text)[:3]:
            same = Payer.objects.live().annotate(address=Lower("email")).filter(address=address.lower())[:2]
            if len(same) == 1:
                return self._of(same[0], 95, "Names the supporter’s e-mail address")
        return None

    def _by_history(self, line: BankLine) -> Match | None:
        """What came under this name before was booked to one supporter."""
        if not line.payer_text:
            return None
        booked = BankLine.objects.filter(payer_text=line.payer_text, state=BankLine.State.BOOKED)
        earlier = list(booked.select_related("payer__merged_into").order_by("-pk")[:20])
        payers = {one.payer.current().pk for one in earlier if one.payer}
        if len(payers) != 1:
            return None
        is_same = any(one.amount == line.amount for one in earlier)
        reason = "The same name and amount were booked before" if is_same else "The same name was booked before"
        return Match(payers.pop(), 92 if is_same else 85, reason)

    def _by_name(self, name: str) -> Match | None:
        found = self.by_words.get(tuple(sorted(words_of(name))), []) if name else []
        if len(found) == 1:
            return Match(found[0], 75, "The same name")
        return Match(found[0], 50, f"The name of {len(found)} supporters") if found else None

    def _by_likeness(self, name: str) -> Match | None:
        words = sorted(words_of(name)) if name else []
        groups = [self.by_word.get(word, []) for word in words]
        alike = {one for group in groups if len(group) <= MOST_COMPARED for one in group}
        matcher = SequenceMatcher(b=" ".join(words), autojunk=False)
        best, closest = 0.0, 0
        for pk, other in sorted(alike)[: MOST_COMPARED * 3]:
            matcher.set_seq1(other)
            if matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
                best, closest = ratio, pk
        return Match(closest, 60, "A name that is much alike") if best >= ALIKE else None

    def _of(self, payer: Payer, score: int, reason: str) -> Match | None:
        current = payer.current()
        return None if current.erased_at else Match(current.pk, score, reason)
