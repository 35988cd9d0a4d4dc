"""Finding, making and changing payers, and giving them to the user who proves to own their address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from wagtail import hooks

from receipts.addresses.lines import format_address
from receipts.addresses.shapes import PARTS
from receipts.models import Payer

TYPED = ("kind", "name", "email", "line1", "line2", "city", "region", "postcode", "country", "language")


@dataclass(frozen=True, kw_only=True)
class PayerDetails:
    """Who pays, as typed."""

    name: str
    email: str
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    language: str = "en"
    kind: str = Payer.Kind.PERSON

    def address_lines(self) -> list[str]:
        """As the country writes addresses, without the name."""
        return format_address(**{part: getattr(self, part) for part in (*PARTS, "country")})


def find_or_create_payer(
    *,
    kind: str,
    name: str,
    email: str,
    line1: str = "",
    line2: str = "",
    city: str = "",
    region: str = "",
    postcode: str = "",
    country: str = "",
    language: str = "en",
    user: Any = None,
) -> Payer:
    """Return the payer for what was typed.

    A signed-in user's own payer is updated in place. A guest gets a row of the very same typed identity or a new
    one, and never changes somebody else's. One that was merged is found too, and is not exchanged for the payer it was
    merged into: who types an old address must not be shown the new one.
    """
    values = (kind, name, email, line1, line2, city, region, postcode, country, language)
    typed = {field: " ".join(str(value or "").split()) for field, value in zip(TYPED, values, strict=True)}
    if user is not None and user.is_authenticated:
        return _payer_of_user(user, typed)
    payer, _ = Payer.objects.get_or_create(
        fingerprint=identity_fingerprint(typed), defaults={**typed, "user": owner_of(typed["email"])}
    )
    return payer


def identity_fingerprint(typed: dict[str, str]) -> str:
    """A digest of who somebody is; how they like to be written to (language) is not part of it."""
    identity = "\x1f".join(typed[field].casefold() for field in TYPED if field != "language")
    return hashlib.sha256(f"typed\x1f{identity}".encode()).hexdigest()


@transaction.atomic
def _payer_of_user(user: Any, typed: dict[str, str]) -> Payer:
    mine = Payer.objects.live().select_for_update().filter(user=user, kind=typed["kind"])
    who = typed["kind"]
    if typed["kind"] == Payer.Kind.ORGANISATION:
        # A person is one; an organisation of another name is another one, and keeps its name.
        mine = mine.filter(name__iexact=typed["name"])
        who = f"{who}\x1f{typed['name'].casefold()}"
    own = mine.order_by("pk").first()
    if own is None:
        # One fingerprint for each: two tabs at once make one row.
        fingerprint = hashlib.sha256(f"user\x1f{user.pk}\x1f{who}".encode()).hexdigest()
        own, _ = Payer.objects.get_or_create(fingerprint=fingerprint, defaults={**typed, "user": user})
    change_payer(own, typed)
    return own


@transaction.atomic
def change_payer(payer: Payer, values: dict[str, str]) -> list[str]:
    """Write what a payer is called and where they live from now on, and return the names of what changed.

    Receipts that were issued keep what they say. Other apps hear of it by the hook ``payer_changed``, in the same
    transaction: they write rows there and never call anybody.
    """
    changed = [field for field, value in values.items() if getattr(payer, field) != value]
    if not changed:
        return []
    for field in changed:
        setattr(payer, field, values[field])
    # No longer what a guest typed: whoever types the old identity again must not get the new one.
    payer.fingerprint = hashlib.sha256(f"own\x1f{payer.public_id}".encode()).hexdigest()
    payer.save(update_fields=[*changed, "fingerprint"])
    for tell in hooks.get_hooks("payer_changed"):
        tell(payer)
    return changed


def owner_of(email: str) -> Any:
    """The user who has proved to read this address, if there is one."""
    address = EmailAddress.objects.filter(email__iexact=email, verified=True).first() if email else None
    return address.user if address else None


def give_payers_to(user: Any, email: str) -> int:
    """Attach every payer with this address to the user who has just confirmed it, who is called as they paid.

    What was merged goes where the payer goes that stands for it; its own old address opens nothing.
    """
    theirs = Payer.objects.live().filter(email__iexact=email, user=None)
    if not user.name and (payer := theirs.filter(kind=Payer.Kind.PERSON).order_by("-pk").first()):
        user.name = payer.name
        user.save(update_fields=["name"])
    found = list(theirs.values_list("pk", flat=True))
    return Payer.objects.filter(Q(pk__in=found) | Q(merged_into__in=found)).update(user=user)


def when_email_confirmed(sender: object, email_address: EmailAddress, **kwargs: Any) -> None:
    give_payers_to(email_address.user, email_address.email)


@transaction.atomic
def when_email_changed(
    sender: object, user: Any, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **kwargs: Any
) -> None:
    """The main address of a user is another, proved one: their payers who had the old one have the new one."""
    if from_email_address is None:
        return
    for payer in Payer.objects.of_user(user).filter(email__iexact=from_email_address.email):
        change_payer(payer, {"email": to_email_address.email})
