"""What the books know of a person, and what is left of them in the books."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils import timezone

from accounts.privacy import AlreadyErased, Facts, Person, Table, blank_log, person_of
from receipts.chart import INCOME, in_order
from receipts.models import DuplicatePair, Entry, Invoice, Payer, PayerMerge, PayerNote, Receipt
from receipts.money import plain

ADDRESS = ("email", "line1", "line2", "city", "region", "postcode", "country")


def person_behind(payer: Payer) -> Person:
    """Everything of the person behind a payer: with the user if there is one, and with whoever was merged."""
    kept = payer.current()
    if kept.user:
        return person_of(kept.user)
    family = list(Payer.objects.same_as(kept).order_by("pk"))
    return Person(user=None, payers=family, emails=_emails_of(family), language=kept.language)


def _emails_of(payers: list[Payer]) -> list[str]:
    """Their addresses, without those at which somebody else is written to as well."""
    emails = dict.fromkeys(payer.email.lower() for payer in payers if payer.email)
    return [email for email in emails if not same_address(payers, [email]) and not _is_users(email)]


def same_address(payers: list[Payer], emails: list[str] | None = None) -> list[Payer]:
    """Other payers with an address of these: the same person who typed something else, or a household."""
    wanted = emails or [payer.email for payer in payers if payer.email]
    same = Q()
    for email in wanted:
        same |= Q(email__iexact=email)
    return list(Payer.objects.filter(same).exclude(pk__in=[payer.pk for payer in payers])) if wanted else []


def _is_users(email: str) -> bool:
    return bool(EmailAddress.objects.filter(email__iexact=email, verified=True).exists())


# -- Export -------------------------------------------------------------------------------------------------


def export(person: Person) -> Iterable[Table]:
    payers = person.payers
    yield Table(
        name="names-and-addresses",
        rows=[
            {
                "kind": payer.get_kind_display(),
                "name": payer.name,
                **{field: str(getattr(payer, field)) for field in ADDRESS},
                "language": payer.language,
                "since": payer.created_at,
            }
            for payer in payers
        ],
    )
    yield Table(name="paid-and-given-back", rows=[_movement(entry) for entry in _entries(payers)])
    notes = PayerNote.objects.shown().filter(payer__in=payers)
    yield Table(name="notes", rows=[{"written": note.created_at, "text": note.text} for note in notes])
    receipts = Receipt.objects.filter(payer__in=payers).order_by("issued_on", "pk")
    yield Table(name="receipts", rows=[_receipt(receipt) for receipt in receipts])
    invoices = Invoice.objects.filter(payer__in=payers).order_by("issued_on", "pk")
    yield Table(name="invoices", rows=[_invoice(invoice) for invoice in invoices])


def _entries(payers: list[Payer]) -> Iterable[Entry]:
    """What these payers paid and got back: the entries on an income account, in the order of time."""
    streams = in_order(INCOME)
    mine = Entry.objects.filter(transaction__payer__in=payers).filter(Q(credit__in=streams) | Q(debit__in=streams))
    moved_in_time = Q(subject__startswith="deferral:")
    return mine.exclude(moved_in_time).select_related("transaction").order_by("transaction__occurred_at", "pk")


def _movement(entry: Entry) -> Facts:
    paid = entry.credit in INCOME
    return {
        "date": entry.transaction.occurred_at,
        "what": "paid" if paid else "given back",
        "for": entry.description or (entry.get_credit_display() if paid else entry.get_debit_display()),
        "amount": plain(entry.amount, entry.currency),
        "currency": entry.currency,
        "reference": entry.transaction.reference,
    }


def _receipt(receipt: Receipt) -> Facts:
    printed = receipt.snapshot.get("payer", {})
    return {
        "number": receipt.label,
        "kind": receipt.get_kind_display(),
        "issued": receipt.issued_on,
        "amount": plain(receipt.amount, receipt.currency),
        "tax_deductible": plain(receipt.eligible_amount, receipt.currency),
        "currency": receipt.currency,
        "state": receipt.get_state_display(),
        "name_on_it": printed.get("name", ""),
        "address_on_it": ", ".join(printed.get("address", [])),
    }


def _invoice(invoice: Invoice) -> Facts:
    buyer = invoice.snapshot["buyer"]
    return {
        "number": invoice.label,
        "kind": invoice.get_kind_display(),
        "issued": invoice.issued_on,
        "for": ", ".join(line["description"] for line in invoice.snapshot["lines"]),
        "amount": plain(invoice.amount, invoice.currency),
        "of_which_tax": plain(invoice.tax, invoice.currency),
        "currency": invoice.currency,
        "name_on_it": buyer["name"],
        "address_on_it": ", ".join(buyer["address"]),
    }


# -- Erasure ------------------------------------------------------------------------------------------------


def erase(person: Person) -> None:
    """Take the names off the payers. What was booked or issued stays: it holds no name, or one that the law asks for.

    A payer that came into being meanwhile goes too.
    """
    mine = Q(pk__in=[payer.pk for payer in person.payers])
    if person.user:
        mine |= Q(user=person.user.pk)
    erased = [_erase(payer) for payer in Payer.objects.filter(mine)]
    if erased and not any(erased):
        raise AlreadyErased
    _forget_work_on(mine)


def _forget_work_on(mine: Q) -> None:
    """What staff wrote about them, and what a merge remembers of how they were called."""
    payers = Payer.objects.filter(mine).values("pk")
    PayerNote.objects.filter(payer__in=payers).delete()
    DuplicatePair.objects.filter(Q(first__in=payers) | Q(second__in=payers)).delete()
    PayerMerge.objects.filter(Q(kept__in=payers) | Q(merged__in=payers)).update(before={}, after={})


def _erase(payer: Payer) -> bool:
    """A conditional UPDATE: of two at once, one finds nothing to do."""
    name = f"Erased supporter {payer.public_id.hex[:6]}"
    blank_log([payer], name)
    named = Payer.objects.filter(pk=payer.pk, erased_at=None)
    return bool(
        named.update(
            **dict.fromkeys(ADDRESS, ""),
            name=name,
            language="en",
            user=None,
            # Nobody is found again by what they once typed.
            fingerprint=hashlib.sha256(f"erased\x1f{payer.public_id}".encode()).hexdigest(),
            erased_at=timezone.now(),
        )
    )
