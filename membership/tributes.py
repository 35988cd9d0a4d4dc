"""Telling a family of a gift in honour or memory: once, on the chosen day, and only of money that is here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from accounts.mailing import send_mail_later, wording_of
from accounts.privacy import Person
from membership.states import State
from payments.models import Payment
from receipts import ledger

if TYPE_CHECKING:
    from accounts.mail_wording import Wording
    from membership.models import Gift, Tribute

# How often a giver may send the notice once more; staff may oftener.
MOST_RESENDS = 3
ABANDONED_FOR = timedelta(days=30)
TEMPLATE = "membership/mail/tribute"


@dataclass(frozen=True, kw_only=True)
class TributeTerms:
    """A tribute as it was chosen with the gift."""

    kind: str
    honouree: str
    family_name: str = ""
    family_email: str = ""
    message: str = ""
    sender_shown_as: str = ""
    show_amount: bool = False
    notify_on: date | None = None


def keep_tribute(gift: Gift, terms: TributeTerms | None) -> None:
    """Write what was chosen for a gift that is not paid yet."""
    model = _model()
    if terms is None:
        model.objects.filter(gift=gift).delete()
    else:
        model.objects.update_or_create(gift=gift, defaults=asdict(terms))


def tribute_of(gift: Gift, terms: TributeTerms) -> Tribute:
    """One that is in no database, for a preview."""
    return _model()(gift=gift, **asdict(terms))


# -- The mail -----------------------------------------------------------------------------------------------


def context_of(tribute: Tribute) -> dict[str, Any]:
    return {"tribute": tribute, "gift": tribute.gift}


def notice_of(tribute: Tribute) -> Wording:
    """The very mail that the family gets."""
    return wording_of(
        template=TEMPLATE, to=tribute.family_email, context=context_of(tribute), language=tribute.gift.payer.language
    )


@transaction.atomic
def notify(tribute: Tribute) -> bool:
    """Send the notice for the first time, unless the money went back or somebody else is sending it."""
    if not is_kept(tribute.gift) or not tribute.claim(timezone.now()):
        return False
    _send(tribute)
    return True


@transaction.atomic
def notify_again(tribute: Tribute, *, most: int | None = None) -> bool:
    """Send it once more; ``most`` is how often that may be done in all."""
    if not tribute.family_email or not is_kept(tribute.gift) or not tribute.claim_resend(most=most):
        return False
    _send(tribute)
    return True


def address_notice(tribute: Tribute, *, family_name: str, family_email: str, message: str) -> bool:
    """Put another address or other words in, while it may still be sent. Returns whether it may."""
    changes: dict[str, Any] = {"family_name": family_name, "family_email": family_email, "message": message}
    if tribute.notify_on is None:
        changes["notify_on"] = timezone.localdate()
    open_ones = _model().objects.filter(pk=tribute.pk, resends__lt=MOST_RESENDS)
    if not open_ones.update(**changes):
        return False
    tribute.refresh_from_db()
    return True


def _send(tribute: Tribute) -> None:
    tribute.mail = send_mail_later(
        template=TEMPLATE,
        to=tribute.family_email,
        context=context_of(tribute),
        language=tribute.gift.payer.language or "en",
    )
    tribute.save(update_fields=["mail"])


def notify_if_due(gift: Gift) -> None:
    """The gift is in the books: if the day has come already, the family hears of it now."""
    tribute = _model().objects.due(timezone.now()).filter(gift=gift).first()
    if tribute:
        notify(tribute)


def notify_all_due() -> int:
    """The scheduled job."""
    due = _model().objects.due(timezone.now()).select_related("gift__payer")
    return sum(notify(tribute) for tribute in due)


def forget_abandoned() -> int:
    """The scheduled job: whoever gave up the checkout left a family's address behind, and it serves nothing."""
    long_ago = timezone.now() - ABANDONED_FOR
    abandoned = _model().objects.filter(gift__state=State.ABANDONED, gift__created_at__lt=long_ago)
    return abandoned.delete()[0]


def is_kept(gift: Gift) -> bool:
    """Whether its first payment is in the books, was not given back, and is not disputed."""
    first = (
        gift.payments().filter(status=Payment.Status.PAID).exclude(transaction=None).order_by("paid_at", "pk").first()
    )
    if first is None or first.transaction is None:
        return False
    return ledger.unrefunded(first.transaction) > 0 and not first.disputes.exclude(status="won").exists()


# -- Forgetting ---------------------------------------------------------------------------------------------


def erase_tributes(person: Person) -> None:
    """The giver's words and the family's address go; so does a family's that asks for it by its own address."""
    model = _model()
    theirs = model.objects.filter(gift__payer__in=person.payers)
    for email in person.emails:
        theirs = theirs | model.objects.filter(family_email__iexact=email)
    for tribute in theirs.select_related("mail"):
        if tribute.mail:
            tribute.mail.delete()
    pks = list(theirs.values_list("pk", flat=True))
    model.objects.filter(pk__in=pks).update(
        honouree="", family_name="", family_email="", message="", sender_shown_as="", notify_on=None, mail=None
    )


def _model() -> type[Tribute]:
    # Gifts notify families, and a tribute belongs to a gift: one of the two must come late.
    return apps.get_model("membership", "Tribute")
