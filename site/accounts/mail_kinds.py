"""What kinds of mail leave this site: each app registers its own by the hook ``register_mails``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from wagtail import hooks

from accounts.choices import PURPOSES

Context = Mapping[str, Any]


@dataclass(frozen=True)
class Placeholder:
    """What staff write as ``{name}`` in a mail. One whose name ends in ``_url`` holds a link and may be a button."""

    label: str
    value: Callable[[Context], str]
    # What a preview shows, and what staff see beside the name.
    sample: str
    # Names, addresses and amounts never: a subject is read on locked screens and stands in logs of mail servers.
    may_stand_in_subject: bool = False
    # A mail without it would be of no use: the code of a sign-in.
    is_required: bool = False
    # Whoever has it gets into the account: colleagues who read what was mailed do not see it.
    opens_account: bool = False


@dataclass(frozen=True)
class MailKind:
    """One kind of mail. ``key`` is what ``send_mail_later`` calls ``template``: its files are its default wording."""

    key: str
    label: str
    # One sentence: when it is sent.
    when: str
    placeholders: Mapping[str, Placeholder]
    # What the files are rendered with in previews; nothing of it is in the database.
    sample_context: Callable[[], dict[str, Any]] = field(default=dict)
    # Receipts, failed payments, notices: always sent. Others serve a purpose (`choices.PURPOSES`) and may be refused.
    is_service: bool = True
    purpose: str = ""
    # The permission without which staff must not even learn that somebody was sent it.
    seen_by: str = ""

    def __post_init__(self) -> None:
        if self.purpose not in ([""] if self.is_service else PURPOSES):
            raise ValueError(f"{self.key}: a mail that is no service has one of the purposes in accounts.choices.")

    @property
    def opens_account(self) -> bool:
        return any(placeholder.opens_account for placeholder in self.placeholders.values())


def kinds() -> list[MailKind]:
    """Every kind of mail, by its label."""
    found = [kind for register in hooks.get_hooks("register_mails") for kind in register()]
    return sorted(found, key=lambda kind: (kind.label, kind.key))


def kind_of(key: str) -> MailKind | None:
    return next((kind for kind in kinds() if kind.key == key), None)


def hidden_keys(user: Any = None) -> list[str]:
    """The kinds of mail that this member of staff must not see in any list; without one, those that nobody does."""
    return [kind.key for kind in kinds() if kind.seen_by and not (user and user.has_perm(kind.seen_by))]


def labels_of_keys() -> dict[str, str]:
    """The kinds of mail that open an account to whoever reads them: what to show instead of their words."""
    return {kind.key: kind.label for kind in kinds() if kind.opens_account}


def may_mail(email: str, kind: MailKind | None) -> bool:
    """Whether this mail may go there. A service mail always may; for others each hook ``may_mail`` can refuse."""
    if kind is None or kind.is_service:
        return True
    return all(allows(email, kind) for allows in hooks.get_hooks("may_mail"))


def written_day(moment: datetime | None) -> str:
    """A day as it is written in the language that is active; nothing for none."""
    if moment is None:
        return ""
    return date_format(localtime(moment), r"j \d\e F \d\e Y" if get_language() == "es" else "j F Y")


def language_of(wanted: str) -> str:
    """The language that a mail is written in: one of ours, whatever country or script was asked for with it."""
    code = wanted.lower().replace("_", "-").split("-")[0]
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def language_at(email: str) -> str:
    """The language in which this address is written to, from the hook ``mail_language``; else the site's own."""
    found = (language(email) for language in hooks.get_hooks("mail_language"))
    return next((language for language in found if language), settings.LANGUAGE_CODE)
