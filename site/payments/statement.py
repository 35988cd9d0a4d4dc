"""What a customer's bank statement says: by Stripe's rules, and nothing that tells a stranger what it is about.

Card charges carry the account's own descriptor, set in Stripe's dashboard; the API takes a suffix to it at most, and
for one-off payments alone. Nothing of what was bought ever goes in.
"""

from __future__ import annotations

from collections.abc import Iterator

from payments.discreet import telling_word

LEAST, MOST = 5, 22
# Behind a prefix of at most ten letters, "* ", this always fits.
MOST_SUFFIX = 10
REFUSED = frozenset("<>\\'\"*")


def faults_of_name(name: str) -> Iterator[str]:
    """Why Stripe would refuse it as an account's descriptor, or why it should not be one; nothing where it is fine."""
    if name and not LEAST <= len(name) <= MOST:
        yield f"it has {len(name)} letters, and Stripe takes {LEAST} to {MOST}"
    yield from _faults(name)


def faults_of_suffix(suffix: str) -> Iterator[str]:
    if len(suffix) > MOST_SUFFIX:
        yield f"it has {len(suffix)} letters, and {MOST_SUFFIX} fit behind every prefix"
    yield from _faults(suffix)


def _faults(text: str) -> Iterator[str]:
    if not text:
        return
    if not text.isascii() or not text.isprintable():
        yield "it has other than Latin letters"
    if found := sorted(set(text) & REFUSED):
        yield f"it has {' '.join(found)}"
    if not any(letter.isalpha() for letter in text):
        yield "it has no letter"
    if word := telling_word(text):
        yield f"“{word}” tells whoever reads the statement what it is about"
