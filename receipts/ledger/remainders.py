"""What is left of a payment's entries, and how money that goes back is shared out over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Sum

from receipts.ledger.booking import BookingError
from receipts.models import Entry, Transaction
from receipts.money import split

# Entries of a payment, each with an amount of it.
Left = list[tuple[Entry, int]]


class RefundTooLarge(BookingError):
    """More would be given back than was paid and not yet refunded."""


def unrefunded_by_entry(of: Transaction) -> Left:
    """Each entry of a payment with what has not been taken back of it. A reversed refund counts as not taken back."""
    taken_back = _sums_by("corrects", of)
    given_again = _sums_by("corrects__corrects", of)
    entries = of.entries.filter(corrects=None).order_by("pk")
    return [(entry, entry.amount - taken_back.get(entry.pk, 0) + given_again.get(entry.pk, 0)) for entry in entries]


def _sums_by(link: str, of: Transaction) -> dict[int, int]:
    """What the entries that lead to this transaction by `link` sum to, by the entry they lead to."""
    corrections = Entry.objects.filter(**{f"{link}__transaction": of}).order_by()
    return dict(corrections.values_list(link).annotate(total=Sum("amount")).values_list(link, "total"))


def unrefunded(of: Transaction) -> int:
    """What has been paid by this transaction and not given back."""
    return sum(left for _, left in unrefunded_by_entry(of))


def shared_out(left: Left, amount: int) -> Left:
    """An amount split over what is left of each entry, in proportion."""
    parts = split(amount, [rest for _, rest in left]) if amount else []
    return [(entry, part) for (entry, _), part in zip(left, parts, strict=False) if part]


def as_told(left: Left, amount: int, parts: Sequence[tuple[int, int]]) -> Left:
    """The parts that were named, each checked against what is left of its entry."""
    asked: dict[int, int] = {}
    for key, part in parts:
        asked[key] = asked.get(key, 0) + part
    if any(part <= 0 for _, part in parts) or sum(asked.values()) != amount:
        raise BookingError("The parts of a refund are above zero and sum to it.")
    rests = {entry.pk: (entry, rest) for entry, rest in left}
    if any(key not in rests or part > rests[key][1] for key, part in asked.items()):
        raise RefundTooLarge("A part of the refund is more than what is left of its entry.")
    return [(rests[key][0], part) for key, part in asked.items()]


def nearest_to(left: Left, amount: int, wanted: Mapping[int, int]) -> list[tuple[int, int]]:
    """Parts of `amount`, as near to what is wanted of each entry (by its key) as what is left allows.

    What cannot be had there is shared out over the rest of the others.
    """
    taken = {entry.pk: min(wanted.get(entry.pk, 0), rest) for entry, rest in left}
    if sum(taken.values()) > amount:
        return [(entry.pk, part) for entry, part in shared_out([(one, taken[one.pk]) for one, _ in left], amount)]
    others = [(entry, rest - taken[entry.pk]) for entry, rest in left if rest > taken[entry.pk]]
    if others:
        for entry, part in shared_out(others, amount - sum(taken.values())):
            taken[entry.pk] += part
    return [(key, part) for key, part in taken.items() if part]
