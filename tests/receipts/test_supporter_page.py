"""A supporter's whole history on one page: what it shows, to whom, and what fundraisers do there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.mailing import queue_mail
from accounts.models import OutgoingMail, User
from accounts.privacy import erase
from payments.models import Payment
from receipts.history import history_of, rows_of
from receipts.issuing import issue_receipt, void_receipts_of
from receipts.ledger import record_dispute_lost, record_refund
from receipts.ledger import reverse as take_back
from receipts.merging import MergeRefused, merge
from receipts.models import Issuer, Payer, PayerMerge, PayerNote
from receipts.notes import forget_deleted_notes
from receipts.privacy import person_behind
from tests.payments.desk import a_paid_payment, an_open_payment
from tests.receipts import cast
from tests.receipts.books import PAID_AT, a_line, a_payer, a_payment

pytestmark = pytest.mark.django_db
LATER = PAID_AT + timedelta(days=3)


@pytest.fixture
def fundraiser(db: None, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    return cast.signed_in(cast.in_group("Fundraisers", "fatima@example.org"))


@pytest.fixture
def editor(db: None, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    user = cast.somebody("ed@example.org")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return cast.signed_in(user)


def url(name: str, *args: Any) -> str:
    return reverse(f"payers:{name}", args=args)


def page_of(client: Client, payer: Payer, **query: Any) -> str:
    answer = client.get(url("inspect", payer.pk), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def titles(payer: Payer) -> list[str]:
    return [item.title for item in history_of(rows_of(payer))]


# -- What it shows ------------------------------------------------------------------------------------------


def test_all_that_happened_is_one_list_the_newest_first(issuer: Issuer) -> None:
    payer = a_payer()
    paid = a_payment(a_line(10_000, description="Gift to the shelter"), payer=payer)
    issue_receipt(paid, on=date(2025, 6, 16), sandbox=False)
    refund, _ = record_refund(reference="re_1", of=paid, amount=4_000, occurred_at=LATER)
    take_back(refund, reference="re_1:failed", occurred_at=LATER + timedelta(days=1))
    record_dispute_lost(reference="dp_1", of=paid, amount=10_000, occurred_at=LATER + timedelta(days=2))
    void_receipts_of(paid, reason="Disputed", at=timezone.now())
    PayerNote.objects.create(payer=payer, text="Met at the gala")
    queue_mail(to="GRACE@example.org", subject="Thank you", text="…")
    listed = titles(payer)
    for title in ("Receipt 2025-00001 issued", "Receipt 2025-00001 voided", "Met at the gala", "Thank you"):
        assert title in listed
    money = [(item.title, item.amount) for item in history_of([payer]) if item.kind in ("payment", "refund", "dispute")]
    assert money == [
        ("Lost to a dispute", -10_000),
        ("Did not go back after all", 4_000),
        ("Given back", -4_000),
        ("Gift to the shelter", 10_000),
    ]
    moments = [item.at for item in history_of([payer])]
    assert moments == sorted(moments, reverse=True)


def test_a_code_to_sign_in_is_not_shown_to_colleagues() -> None:
    payer = a_payer()
    for kind in ("login_code", "email_confirmation", "email_confirmation_signup"):
        queue_mail(to=payer.email, subject="Your code: W3KP-7QHD", text="…", kind=f"account/email/{kind}")
    assert "Signing in: the code" in titles(payer) and not [one for one in titles(payer) if "W3KP" in one]


def test_payments_that_failed_or_were_left_show_too_and_a_paid_one_once() -> None:
    paid = a_paid_payment()
    for status in (Payment.Status.FAILED, Payment.Status.EXPIRED, Payment.Status.OPEN):
        an_open_payment(payer=paid.payer, status=status)
    kinds = [item.kind for item in history_of([paid.payer]) if item.kind in ("payment", "failed")]
    assert sorted(kinds) == ["failed", "failed", "payment"]


def test_a_merged_supporters_history_and_totals_show_under_the_kept_one(fundraiser: Client) -> None:
    kept, merged = a_payer(), a_payer(name="G. Okafor", email="g@example.net")
    a_payment(a_line(10_000), payer=kept)
    a_payment(a_line(2_345, description="From before the move"), payer=merged)
    queue_mail(to="g@example.net", subject="To the old address", text="…")
    merge(kept=kept, merged=merged, by=None)
    page = page_of(fundraiser, kept)
    for text in ("$123.45", "2 payments", "From before the move", "To the old address", "Merged into this supporter"):
        assert text in page
    assert fundraiser.get(url("inspect", merged.pk))["Location"] == url("inspect", kept.pk)


def test_what_was_bought_is_not_counted_as_given(fundraiser: Client) -> None:
    payer = a_payer()
    a_payment(a_line(5_000), a_line(3_000, account="shop_sales"), payer=payer)
    page = page_of(fundraiser, payer)
    assert "$50.00" in page
    assert "$30.00" in page


def test_the_list_can_be_narrowed_by_kind_and_paged(fundraiser: Client) -> None:
    payer = a_payer()
    for number in range(60):
        PayerNote.objects.create(payer=payer, text=f"Note number {number}.")
    a_payment(a_line(description="The only gift"), payer=payer)
    assert fundraiser.get(url("inspect", payer.pk)).context["page"].paginator.count == 61
    narrowed = fundraiser.get(url("inspect", payer.pk), {"kind": ["payment", "nonsense"]}).context
    assert [item.title for item, _, _ in narrowed["items"]] == ["The only gift"]
    assert len(fundraiser.get(url("inspect", payer.pk), {"kind": "note", "p": 2}).context["items"]) == 10
    assert fundraiser.get(url("inspect", payer.pk), {"p": "x'"}).status_code == 200


def test_a_long_history_takes_as_many_queries_as_a_short_one(fundraiser: Client, issuer: Issuer) -> None:
    payer = a_payer()
    somebody = User.objects.get(email="fatima@example.org")

    def happen(times: int) -> None:
        for _ in range(times):
            paid = a_payment(payer=payer)
            receipt = issue_receipt(paid, on=date(2025, 6, 16), sandbox=False)
            assert receipt
            record_refund(reference=f"re_{paid.pk}", of=paid, amount=100, occurred_at=LATER)
            PayerNote.objects.create(payer=payer, text="A note", author=somebody)
            an_open_payment(payer=payer, status=Payment.Status.FAILED)
            merge(kept=payer, merged=a_payer(email=f"{paid.pk}@example.org"), by=somebody)

    def queries() -> int:
        fundraiser.get(url("inspect", payer.pk))
        with CaptureQueriesContext(connection) as asked:
            page_of(fundraiser, payer)
        return len(asked)

    happen(2)
    few = queries()
    happen(8)
    assert queries() == few


def test_the_list_as_a_file_holds_what_is_shown_and_no_formula(fundraiser: Client) -> None:
    payer = a_payer()
    a_payment(a_line(1_250, description="=HYPERLINK(1)"), payer=payer)
    PayerNote.objects.create(payer=payer, text="Secret")
    answer = fundraiser.get(url("inspect", payer.pk), {"export": "csv", "kind": "payment"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "12.50,USD" in text
    assert "Secret" not in text


# -- Who may ------------------------------------------------------------------------------------------------


def addresses(payer: Payer, other: Payer) -> list[str]:
    note = PayerNote.objects.create(payer=payer, text="A note")
    merged = merge(kept=payer, merged=a_payer(email="m@example.org"), by=None)
    return [
        url("inspect", payer.pk), url("contact", payer.pk), url("add_note", payer.pk), url("edit_note", note.pk),
        url("choose_merge", payer.pk), url("merge", payer.pk, other.pk), url("undo_merge", merged.pk),
        url("index"), reverse("duplicates:index"),
    ]  # fmt: skip


def test_an_editor_sees_none_of_it(editor: Client) -> None:
    payer, other = a_payer(), a_payer(email="o@example.org")
    for address in addresses(payer, other):
        assert editor.get(address).status_code in {302, 403}, address
    for name in ("resend_receipt", "add_note"):
        assert editor.post(url(name, payer.pk), {"text": "x"}).status_code in {302, 403}
    assert PayerNote.objects.count() == 1


def test_an_auditor_reads_and_changes_nothing(auditor: Client) -> None:
    payer, other = a_payer(), a_payer(email="o@example.org")
    note = PayerNote.objects.create(payer=payer, text="Not for the auditor")
    page = page_of(auditor, payer)
    assert "Not for the auditor" not in page
    for text in ("Contact details", "Add note", "This list as CSV", "/merge/"):
        assert text not in page
    auditor.post(url("contact", payer.pk), {"name": "Changed"})
    auditor.post(url("add_note", payer.pk), {"text": "x"})
    auditor.post(url("delete_note", note.pk))
    auditor.post(url("merge", payer.pk, other.pk), {"is_sure": "on"})
    assert auditor.get(url("inspect", payer.pk), {"export": "csv"}).status_code in {302, 403}
    assert auditor.get(url("index"), {"export": "csv"}).status_code in {302, 403}
    assert PayerNote.objects.shown().count() == 1
    assert not PayerMerge.objects.exists()
    payer.refresh_from_db()
    assert payer.name == "Grace Okafor"


def test_a_fundraiser_sees_no_books_and_no_link_into_them(fundraiser: Client, issuer: Issuer) -> None:
    payer = a_payer()
    receipt = issue_receipt(a_payment(payer=payer), on=date(2025, 6, 16), sandbox=False)
    assert receipt
    page = page_of(fundraiser, payer)
    assert "/admin/transactions/" not in page
    assert "/admin/receipts/" not in page
    for address in (reverse("receipts:void", args=[receipt.pk]), reverse("closed_months:close")):
        assert fundraiser.get(address).status_code in {302, 403}


def test_finance_gets_the_links(finance: Client) -> None:
    paid = a_payment()
    assert reverse("transactions:inspect", args=[paid.pk]) in page_of(finance, paid.payer)


# -- Contact details ----------------------------------------------------------------------------------------

TYPED = {
    "kind": "person", "name": "Grace Adeyemi", "email": "grace@example.org", "line1": "7 New Street", "line2": "",
    "city": "Portland", "region": "ME", "postcode": "04101", "country": "US", "language": "en",
}  # fmt: skip


def test_contact_details_are_changed_and_the_log_holds_the_fields_and_no_values(fundraiser: Client) -> None:
    payer = a_payer()
    fundraiser.post(url("contact", payer.pk), TYPED)
    payer.refresh_from_db()
    assert (payer.name, payer.line1) == ("Grace Adeyemi", "7 New Street")
    entry = ModelLogEntry.objects.get(action="receipts.contact")
    assert entry.data == {"fields": ["Name", "Address"]}
    assert "Adeyemi" not in str(entry.data)
    assert "Contact details changed" in page_of(fundraiser, payer)


def test_bad_contact_details_are_answered_beside_the_field_with_what_was_typed(fundraiser: Client) -> None:
    payer = a_payer()
    answer = fundraiser.post(url("contact", payer.pk), {**TYPED, "email": "not an address", "name": "Typed name"})
    assert answer.status_code == 422
    assert "not an address" in answer.content.decode()
    assert "Typed name" in answer.content.decode()
    payer.refresh_from_db()
    assert payer.name == "Grace Okafor"


def test_the_last_receipt_is_sent_again_to_the_address_of_today(fundraiser: Client, issuer: Issuer) -> None:
    old, new = a_payer(), a_payer(email="new@example.org")
    receipt = issue_receipt(a_payment(payer=old), on=date(2025, 6, 16), sandbox=False)
    assert receipt
    merge(kept=new, merged=old, by=None)
    OutgoingMail.objects.all().delete()
    fundraiser.post(url("resend_receipt", new.pk))
    mail = OutgoingMail.objects.get()
    assert mail.to == "new@example.org"
    assert receipt.label in mail.subject
    assert str(receipt.public_id) in mail.text


def test_without_a_receipt_or_an_address_nothing_is_sent(fundraiser: Client) -> None:
    fundraiser.post(url("resend_receipt", a_payer().pk))
    assert not OutgoingMail.objects.exists()


# -- Notes --------------------------------------------------------------------------------------------------


def test_a_note_is_added_pinned_changed_by_its_author_deleted_and_put_back(fundraiser: Client) -> None:
    payer = a_payer()
    fundraiser.post(url("add_note", payer.pk), {"text": "Prefers <b>letters</b>", "pinned": "on"})
    note = PayerNote.objects.get()
    assert (note.payer, note.author.email, note.pinned) == (payer, "fatima@example.org", True)
    assert "Prefers &lt;b&gt;letters&lt;/b&gt;" in page_of(fundraiser, payer)
    fundraiser.post(url("edit_note", note.pk), {"text": "Prefers mails"})
    note.refresh_from_db()
    assert (note.text, note.pinned) == ("Prefers mails", False)
    assert note.changed_at
    fundraiser.post(url("delete_note", note.pk))
    assert not PayerNote.objects.shown().exists()
    assert "Put it back" in page_of(fundraiser, payer)
    fundraiser.post(url("restore_note", note.pk))
    assert PayerNote.objects.shown().exists()


def test_nobody_changes_or_deletes_a_colleagues_note(fundraiser: Client, finance: Client) -> None:
    note = PayerNote.objects.create(payer=a_payer(), text="Mine", author=cast.somebody("other@example.org"))
    fundraiser.post(url("edit_note", note.pk), {"text": "Changed"})
    fundraiser.post(url("delete_note", note.pk))
    finance.post(url("edit_note", note.pk), {"text": "Changed"})
    note.refresh_from_db()
    assert (note.text, note.deleted_at) == ("Mine", None)
    finance.post(url("delete_note", note.pk))
    note.refresh_from_db()
    assert note.deleted_at, "finance may delete what must not stand there"


@pytest.mark.parametrize("text", ["", "   ", "x" * 4_001, "a\x00b"])
def test_a_bad_note_is_answered_beside_its_field(text: str, fundraiser: Client) -> None:
    answer = fundraiser.post(url("add_note", a_payer().pk), {"text": text})
    assert answer.status_code == 422
    assert not PayerNote.objects.exists()


def test_a_deleted_note_is_gone_after_a_month() -> None:
    payer = a_payer()
    for days, text in ((29, "kept"), (31, "gone")):
        deleted_at = timezone.now() - timedelta(days=days)
        PayerNote.objects.create(payer=payer, text=text, deleted_at=deleted_at)
    forget_deleted_notes()
    assert [note.text for note in PayerNote.objects.all()] == ["kept"]


# -- Who is erased ------------------------------------------------------------------------------------------


def test_of_who_is_erased_the_page_shows_the_money_and_offers_nothing(fundraiser: Client) -> None:
    payer, other = a_payer(), a_payer(email="o@example.org")
    a_payment(a_line(4_200), payer=payer)
    erase(person_behind(payer))
    page = page_of(fundraiser, payer)
    assert "$42.00" in page
    assert url("contact", payer.pk) not in page
    assert fundraiser.get(url("contact", payer.pk)).status_code == 404
    assert "erased at their own wish" in fundraiser.get(url("merge", other.pk, payer.pk)).content.decode()
    with pytest.raises(MergeRefused, match="erased"):
        merge(kept=other, merged=payer, by=None)
