"""F64: somebody leaves for good while a subscription runs. It ends first; the books stay, without the name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import privacy
from accounts.models import MailChoice, OutgoingMail, User
from accounts.wagtail_hooks import forget_old_mail
from payments import customers
from payments.models import Customer, Event, Payment, Plan
from receipts.checks import account_totals, books_problems
from receipts.models import Payer, Receipt, Transaction
from receipts.payers import find_or_create_payer
from receipts.privacy import person_behind
from tests.accounts.recent import sign_in_now
from tests.faults.road import Road
from tests.receipts.books import an_issuer

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db
CANARIES = ("alice@example.org", "Alice Adams", "1 Canary Street")


@pytest.fixture
def payer(alice: User) -> Payer:
    an_issuer()
    return find_or_create_payer(
        kind="person", name=alice.name, email=alice.email, line1="1 Canary Street", city="Portland", region="ME",
        postcode="04101", country="US", user=alice,
    )  # fmt: skip


@pytest.fixture
def plan(road: Road) -> Plan:
    """A monthly payment that runs, with its first one booked and receipted."""
    payment = road.start_and_pay(interval="month")
    road.deliver_and_work_off()
    return road.plan(payment)


@pytest.fixture
def leaving(alice: User, plan: Plan) -> Client:
    return sign_in_now(Client(), alice)


def close(client: Client, word: str = "close") -> Any:
    return client.post(reverse("account_close"), {"confirmation": word}, follow=True)


def everything_stored() -> str:
    """All text of all tables, as a dump of the database would show it."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            texts.append(f"{table}: {cursor.fetchall()}")
    return "\n".join(texts)


def test_the_subscription_ends_first_and_the_books_stay(
    leaving: Client, plan: Plan, road: Road, django_capture_on_commit_callbacks: Any
) -> None:
    totals, count = account_totals(), Transaction.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        answer = close(leaving)
    assert answer.request["PATH_INFO"] == reverse("account_closed")
    assert road.sandbox.client.v1.subscriptions.retrieve(plan.subscription_id).status == "canceled"
    plan.refresh_from_db()
    assert plan.is_over
    assert (plan.card_last4, plan.card_brand, plan.card_expires, plan.payment_method_id) == ("", "", None, "")
    assert not User.objects.filter(email="alice@example.org").exists()
    assert (account_totals(), Transaction.objects.count()) == (totals, count)
    assert not books_problems()
    assert road.books_agree()


def test_stripe_is_asked_before_anything_is_forgotten(
    alice: User, leaving: Client, plan: Plan, payer: Payer, connected_sandbox: Sandbox
) -> None:
    connected_sandbox.fault("DELETE /v1/subscriptions/{subscription_exposed_id}", "500", times=10)
    answer = close(leaving)
    assert answer.status_code == 503
    assert "nothing was erased" in answer.text
    assert "can&#x27;t be reached" in answer.text
    payer.refresh_from_db()
    assert (payer.name, payer.user) == ("Alice Adams", alice)
    assert not MailChoice.objects.exists()
    assert mail.outbox == []
    connected_sandbox.clear_faults()
    assert close(leaving).request["PATH_INFO"] == reverse("account_closed"), "and it can be tried again"


def test_of_all_tables_only_the_receipt_and_the_last_mail_name_the_person(leaving: Client, payer: Payer) -> None:
    assert "alice@example.org" in everything_stored()
    close(leaving)
    stored = everything_stored()
    Receipt.objects.get()
    lines = [line for line in stored.splitlines() if any(canary.lower() in line.lower() for canary in CANARIES)]
    assert {line.partition(":")[0] for line in lines} == {"accounts_outgoingmail", "receipts_receipt"}
    last = OutgoingMail.objects.get()
    assert last.to == "alice@example.org" and "Alice" not in last.text + last.html + last.subject
    forget_old_mail()
    assert "alice@example.org" not in everything_stored(), "once it was sent, the last mail goes too"


def test_the_last_mail_is_in_their_language(leaving: Client, payer: Payer) -> None:
    Payer.objects.update(language="es")
    close(leaving)
    assert OutgoingMail.objects.get().subject == "Su cuenta está cerrada"


def test_the_payer_is_a_pseudonym_and_the_receipt_is_as_it_was_issued(leaving: Client, payer: Payer) -> None:
    printed = Receipt.objects.get().snapshot
    close(leaving)
    payer.refresh_from_db()
    assert payer.name == f"Erased supporter {payer.public_id.hex[:6]}"
    assert (payer.email, payer.line1, payer.postcode, str(payer.country), payer.user) == ("", "", "", "", None)
    receipt = Receipt.objects.get()
    assert receipt.snapshot == printed and printed["payer"]["name"] == "Alice Adams"
    assert receipt.is_live


def test_stripes_customer_is_deleted_and_again_until_stripe_has_heard(
    leaving: Client, connected_sandbox: Sandbox, django_capture_on_commit_callbacks: Any
) -> None:
    connected_sandbox.fault("DELETE /v1/customers/{customer}", "500", times=10)
    with django_capture_on_commit_callbacks(execute=True):
        close(leaving)
    customer = Customer.objects.get()
    assert customer.to_tell == "delete"
    connected_sandbox.clear_faults()
    Customer.objects.update(to_tell_since=timezone.now() - timezone.timedelta(hours=1))
    customers.tell_overdue()
    assert connected_sandbox.client.v1.customers.retrieve(customer.stripe_id).deleted
    customer.refresh_from_db()
    assert customer.to_tell == ""


def test_what_stripe_tells_afterwards_changes_nothing_and_crashes_nothing(
    leaving: Client, payer: Payer, road: Road, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        close(leaving)
    payer.refresh_from_db()
    erased, before = (payer.name, payer.erased_at), account_totals()
    mails, users = OutgoingMail.objects.count(), User.objects.count()
    assert {"customer.deleted", "customer.subscription.deleted"} <= {one["type"] for one in road.sandbox.held()}
    road.deliver_and_work_off(times=2, backwards=True)
    road.sandbox.advance(days=70)
    road.deliver_and_work_off()
    payer.refresh_from_db()
    assert (payer.name, payer.erased_at, payer.email) == (*erased, "")
    assert account_totals() == before
    assert (OutgoingMail.objects.count(), User.objects.count()) == (mails, users)
    assert not Event.objects.filter(status=Event.Status.PARKED).exists()


def test_a_refund_after_the_erasure_still_works(leaving: Client, road: Road, payer: Payer) -> None:
    from payments.refunding import request_refund

    close(leaving)
    mails = OutgoingMail.objects.count()
    request_refund(Payment.objects.get(), amount=5000, reason="Asked for", by=None)
    road.deliver_and_work_off()
    assert Payment.objects.get().refunded_amount == 5000
    assert OutgoingMail.objects.count() == mails, "there is nobody to write to"
    assert not books_problems()


def test_a_second_erasure_is_a_no_op(alice: User, leaving: Client, payer: Payer, connected_sandbox: Sandbox) -> None:
    person = privacy.person_of(alice)
    close(leaving)
    Customer.objects.update(to_tell="")
    before = everything_stored()
    connected_sandbox.clear_log()
    privacy.erase(person)
    assert everything_stored() == before
    assert connected_sandbox.log() == []


def test_two_colleagues_erase_a_guest_at_once_and_it_is_done_once(bob: Payer) -> None:
    both = [person_behind(bob), person_behind(bob)]
    for person in both:
        privacy.erase(person)
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]


def test_sessions_everywhere_end(alice: User, leaving: Client) -> None:
    elsewhere = sign_in_now(Client(), alice)
    close(leaving)
    assert elsewhere.get(reverse("account_home")).status_code == 302
    from django.contrib.sessions.models import Session

    assert not any("_auth_user_id" in session.get_decoded() for session in Session.objects.all())


def test_the_address_is_not_written_to_again_but_may_come_back(leaving: Client, payer: Payer) -> None:
    from accounts import choices

    choices.switch_on("alice@example.org", "news")
    close(leaving)
    assert not any(choices.choices_of("alice@example.org").values())
    assert not MailChoice.objects.filter(email__contains="@").exists()
    again = find_or_create_payer(kind="person", name="Alice Adams", email="alice@example.org")
    assert again != payer and again.name == "Alice Adams"


def test_an_open_checkout_is_closed_too(leaving: Client, road: Road) -> None:
    waiting = road.start()
    close(leaving)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.checkout_url) == (Payment.Status.EXPIRED, "")
    assert road.sandbox.client.v1.checkout.sessions.retrieve(waiting.session_id).status == "expired"


def test_money_that_came_a_moment_ago_is_booked_first(leaving: Client, road: Road, payer: Payer) -> None:
    waiting = road.start()
    road.pay(waiting)
    answer = close(leaving)
    assert answer.status_code == 503
    payer.refresh_from_db()
    waiting.refresh_from_db()
    assert payer.erased_at is None
    assert waiting.status == Payment.Status.PAID
    assert close(leaving).request["PATH_INFO"] == reverse("account_closed")


def test_a_subscription_that_stripe_does_not_know_holds_nobody_back(leaving: Client, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(subscription_id="sub_of_another_time")
    assert close(leaving).request["PATH_INFO"] == reverse("account_closed")
    plan.refresh_from_db()
    assert plan.is_over and plan.ended_at
    assert plan.payable().plan_status == "canceled", "what it kept paid hears of it"


def test_one_that_ended_at_stripe_unseen_holds_nobody_back(leaving: Client, plan: Plan, road: Road) -> None:
    road.sandbox.client.v1.subscriptions.cancel(plan.subscription_id)
    assert close(leaving).request["PATH_INFO"] == reverse("account_closed")


def test_a_checkout_that_begins_meanwhile_stops_the_erasure(alice: User, leaving: Client, road: Road) -> None:
    from payments.privacy import erase

    person = privacy.person_of(alice)
    road.start()
    with pytest.raises(privacy.CannotErase):
        erase(person)


def test_the_word_must_be_typed_and_the_sign_in_be_fresh(alice: User, leaving: Client) -> None:
    answer = close(leaving, "yes")
    assert answer.status_code == 422
    assert 'value="yes"' in answer.text
    assert User.objects.filter(pk=alice.pk).exists()
    late = sign_in_now(Client(), alice, seconds_ago=3600)
    assert late.post(reverse("account_close"), {"confirmation": "close"})["Location"].startswith(
        reverse("account_sign_in_again")
    )
    assert User.objects.filter(pk=alice.pk).exists()


def test_nobody_else_is_touched(leaving: Client, bob: Payer, charlie: User) -> None:
    OutgoingMail.objects.create(to=bob.email, subject="Yours", text="Dear Bob")
    close(leaving)
    bob.refresh_from_db()
    assert (bob.name, bob.email) == ("Bob Brown", "bob@example.org")
    assert User.objects.filter(pk=charlie.pk).exists()
    assert OutgoingMail.objects.filter(to=bob.email).exists()
    assert [message.to for message in mail.outbox if "closed" in message.subject] == [["alice@example.org"]]


def test_staff_do_not_close_their_own_account(tess: User) -> None:
    client = sign_in_now(Client(), tess)
    assert client.post(reverse("account_close"), {"confirmation": "close"}).status_code == 403
    assert User.objects.filter(pk=tess.pk).exists()
