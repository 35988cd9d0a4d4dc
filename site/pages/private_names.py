"""Words that may be somebody's real name: known by keyed digests of the names behind consents, never by the names.

So whoever writes about makers and products is warned of a name that slipped in, and learns no list of them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable

from django.conf import settings

from pages.models.consents import Consent, PrivateName

# Shorter words are in too many languages words of every day.
SHORTEST = 3
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")


def remember_names(consent: Consent, person: str) -> None:
    """Keep the digests of the name in ``person``: what stands before its first comma or line break."""
    digests = {_digest(word, _secrets()[0]) for word in words_of_name(person)}
    PrivateName.objects.filter(consent=consent).exclude(digest__in=digests).delete()
    PrivateName.objects.bulk_create(
        [PrivateName(consent=consent, digest=digest) for digest in sorted(digests)], ignore_conflicts=True
    )


def names_in(*texts: str, of: Consent | None = None) -> list[str]:
    """The words of these texts that are part of a real name (of anybody's, or of this consent's), as they were typed.

    One query.
    """
    typed = {word: spoken for text in texts for spoken, word in _spoken(text)}
    by_digest = {_digest(word, secret): word for word in typed for secret in _secrets()}
    found = PrivateName.objects.filter(digest__in=by_digest)
    if of is not None:
        found = found.filter(consent=of)
    return sorted({typed[by_digest[digest]] for digest in found.values_list("digest", flat=True)})


def words_of_name(person: str) -> set[str]:
    name = re.split(r"[,;\n]", person, maxsplit=1)[0]
    return {word for _, word in _spoken(name)}


def _spoken(text: str) -> Iterable[tuple[str, str]]:
    """Each word as it stands there and as it is compared: without accents, in small letters."""
    for match in WORD.finditer(text):
        plain = unicodedata.normalize("NFKD", match[0].casefold())
        word = "".join(letter for letter in plain if not unicodedata.combining(letter))
        if len(word) >= SHORTEST:
            yield match[0], word


def _secrets() -> list[str]:
    """As ``pages.sealing`` has them: digests made with an older key are still found."""
    return [*settings.CONSENT_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _digest(word: str, secret: str) -> str:
    return hmac.new(f"pages.private_names:{secret}".encode(), word.encode(), hashlib.sha256).hexdigest()
