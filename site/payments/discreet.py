"""Words that may stand on no bank statement and on no parcel: they tell a stranger what it is about."""

from __future__ import annotations

# Beginnings of words, in the languages of the site.
TELLING = (
    "traffick", "survivor", "victim", "slave", "exploit", "abuse", "rescue", "shelter", "prostitut",
    "trata", "sobrevivient", "víctima", "victima", "esclav", "explotaci", "abuso", "rescate", "refugio",
)  # fmt: skip


def telling_word(text: str) -> str:
    """The first such word in a text, or nothing."""
    found = text.casefold()
    return next((word for word in TELLING if word in found), "")
