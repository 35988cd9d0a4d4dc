"""A renewal fails: who is told what and when, and how a mailed link mends it without a log-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, User
from membership.models import Gift, Membership, MendLink, Notice
from membership.recovery import links
from membership.states import State
from payments.models import CardChange, Customer, Payment, Plan, RenewalFailure
from receipts.checks import books_problems
from receipts.models import Receipt
from receipts.payers import change_payer
from tests.faults.road import post
from tests.membership.giver import Giver
from tests.membership.way import Way, only_membership, text_of

pytestmark = pytest.mark.django_db

FAILED, BANK, LAPSED, RECOVERED = (
    f"membership/mail/{name}" for name in ("renewal_failed", "bank_check", "lapsed", "recovered")
)


def mails(*kinds: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind__in=kinds or (FAILED, BANK, LAPSED, RECOVERED)).order_by("pk"))


def kinds_sent() -> list[str]:
    return [mail.kind.rsplit("/", 1)[1] for mail in mails()]


def link_in(mail: OutgoingMail) -> str:
    found = re.search(r"http://testserver(/mend/\S+/)", mail.text)
    assert found
    return found[1]


def no_login() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def plan(way: Way, member: Membership) -> Plan:
    return Plan.objects.get()


@pytest.fixture
def fail(way: Way, plan: Plan) -> Callable[..., str]:
    """Let the next renewal fail, and give back the path of the link that was mailed."""

    def failing(outcome: str = "declined", times: int = 20) -> str:
        way.sandbox.next_outcome(plan.subscription_id, outcome, times=times)
        way.advance(days=31)
        return link_in(mails()[-1])

    return failing


def give_card(way: Way, card: str) -> None:
    way.sandbox.new_card(Customer.objects.get().stripe_id or "", card)


class TestWhatIsTold:
    def test_the_first_and_the_third_attempt_and_the_end_are_told_and_no_other(
        self, way: Way, fail: Callable[..., str]
    ) -> None:
        way.sandbox.settings(after_last_attempt="cancel", dunning_days=[3, 5, 7, 10])
        fail()
        for _ in range(14):
            way.advance(days=1)
        assert RenewalFailure.objects.count() == 5
        assert kinds_sent() == ["renewal_failed", "renewal_failed", "lapsed"]
        assert only_membership().state == State.CANCELLED

    def test_a_mail_names_the_reason_the_sum_the_card_and_the_next_day(self, fail: Callable[..., str]) -> None:
        fail("insufficient_funds")
        (mail,) = mails()
        day = RenewalFailure.objects.get().next_attempt_at
        assert day and "$100.00" in mail.text and "Visa ending in 4242" in mail.text
        assert "There was not enough money" in mail.text and f"{timezone.localtime(day):%B %Y}" in mail.text
        assert mail.subject == "About your Guardian membership" and "Alice" not in mail.subject

    def test_a_spanish_supporter_reads_spanish(self, way: Way, plan: Plan) -> None:
        member = only_membership()
        member.payer.language = "es"
        member.payer.save()
        way.sandbox.next_outcome(plan.subscription_id, "expired_card")
        way.advance(days=31)
        (mail,) = mails(FAILED)
        assert mail.subject == "Sobre su membresía Guardian" and "La tarjeta ha caducado." in mail.text

    def test_of_attempts_in_quick_succession_the_one_that_is_seen_first_is_told(self, way: Way, plan: Plan) -> None:
        way.sandbox.next_outcome(plan.subscription_id, "declined", times=20)
        way.sandbox.advance(days=31)
        way.sandbox.advance(days=4)
        way.deliver()
        assert kinds_sent() == ["renewal_failed"]

    @pytest.mark.parametrize("outcome", ["lost_card", "stolen_card", "fraudulent"])
    def test_who_holds_a_card_is_not_told_that_it_is_stolen(self, outcome: str, fail: Callable[..., str]) -> None:
        page = Client().get(fail(outcome))
        said = mails()[0].text + text_of(page)
        assert not re.search(r"stolen|lost|fraud", said, re.IGNORECASE)
        assert "We do not try this card again." in said and "We will not try again" not in said
        assert "Try the same card" not in said

    def test_the_bank_is_asked_at_once_with_its_page_and_paying_there_recovers(
        self, way: Way, fail: Callable[..., str]
    ) -> None:
        fail("authentication_required", times=1)
        (mail,) = mails()
        failure = RenewalFailure.objects.get()
        assert mail.kind == BANK and failure.pay_url and failure.pay_url in mail.text
        way.sandbox.pay_invoice(failure.invoice_id)
        way.deliver()
        assert kinds_sent() == ["bank_check", "recovered"]
        assert only_membership().state == State.ACTIVE and Payment.objects.paid().count() == 2
        assert not books_problems()

    def test_told_twice_by_stripe_it_is_told_once_by_us(self, way: Way, plan: Plan) -> None:
        way.sandbox.next_outcome(plan.subscription_id, "declined", times=1)
        way.sandbox.advance(days=31)
        for _ in range(2):
            for one in way.sandbox.held():
                post(one["body"], one["header"])
        way.deliver()
        way.advance(days=4)
        way.deliver()
        assert kinds_sent() == ["renewal_failed", "recovered"]

    def test_what_never_failed_is_not_said_to_have_recovered(self, way: Way, plan: Plan) -> None:
        way.advance(days=31)
        assert kinds_sent() == []

    @pytest.mark.parametrize(
        ("ending", "state"), [("cancel", State.CANCELLED), ("unpaid", State.UNPAID), ("pause", State.PAUSED)]
    )
    def test_f27_each_end_lapses_and_is_told_once_with_the_way_back(
        self, way: Way, fail: Callable[..., str], ending: str, state: State
    ) -> None:
        way.sandbox.settings(after_last_attempt=ending)
        fail()
        for _ in range(15):
            way.advance(days=2)
        membership = only_membership()
        assert membership.state == state and membership.paid_until
        assert not membership.is_live(membership.paid_until + timedelta(seconds=1))
        (mail,) = mails(LAPSED)
        assert "We will not try again" in mail.text and "/join/guardian/" in mail.text
        assert Receipt.objects.count() == Payment.objects.paid().count() == 1

    def test_a_gift_is_told_in_its_own_words(self, connected_sandbox: Any, client: Client, tiers: Any) -> None:
        giver = Giver(sandbox=connected_sandbox, client=client)
        giver.give(frequency="month")
        giver.pay()
        giver.sandbox.next_outcome(Plan.objects.get().subscription_id, "declined", times=1)
        giver.advance(days=31)
        (mail,) = mails()
        assert mail.subject == "About your regular gift" and "/mend/" in mail.text
        assert Gift.objects.get().state == State.PAST_DUE
        assert Client().get(link_in(mail)).status_code == 200


class TestTheLink:
    def test_another_card_pays_what_is_open_and_stays(self, way: Way, fail: Callable[..., str]) -> None:
        path, anybody = fail("expired_card"), no_login()
        page = anybody.get(path)
        assert page.status_code == 200 and "$100.00" in text_of(page) and "The card has expired." in text_of(page)
        begun = anybody.post(path, {"do": "card"})
        assert begun.status_code == 303 and "/p/session/" in begun["Location"]
        give_card(way, "mastercard")
        came_back = anybody.get(f"{path}back/{CardChange.objects.get().public_id}/", follow=True)
        assert "Thank you, it is paid" in text_of(came_back) and "Mastercard ending in 4444" in text_of(came_back)
        way.deliver()
        assert only_membership().state == State.ACTIVE and Payment.objects.paid().count() == 2
        assert kinds_sent() == ["renewal_failed", "recovered"]
        way.advance(days=31)
        assert Payment.objects.paid().count() == 3 and not books_problems()

    def test_turning_back_at_stripe_changes_nothing_and_says_so(self, fail: Callable[..., str]) -> None:
        path, anybody = fail(), no_login()
        anybody.post(path, {"do": "card"})
        came_back = anybody.get(f"{path}back/{CardChange.objects.get().public_id}/", follow=True)
        assert "nothing has changed" in text_of(came_back)
        assert only_membership().state == State.PAST_DUE

    def test_the_same_card_is_tried_and_told_as_stripe_tells_it(self, way: Way, fail: Callable[..., str]) -> None:
        path, anybody = fail("insufficient_funds", times=2), no_login()
        again = anybody.post(path, {"do": "same"}, follow=True)
        assert "Your bank said no again." in text_of(again) and Payment.objects.paid().count() == 1
        worked = anybody.post(path, {"do": "same"}, follow=True)
        assert "Thank you, it is paid" in text_of(worked) and Payment.objects.paid().count() == 2
        anybody.post(path, {"do": "same"})
        way.deliver()
        assert Payment.objects.paid().count() == 2, "pressed once more, it pays nothing more"
        assert kinds_sent() == ["renewal_failed", "recovered"]

    def test_an_approval_is_seen_before_stripes_word_has_come(self, way: Way, fail: Callable[..., str]) -> None:
        path = fail("authentication_required", times=1)
        assert "Approve at my bank" in text_of(Client().get(path))
        way.sandbox.pay_invoice(RenewalFailure.objects.get().invoice_id)
        looked = no_login().post(path, {"do": "look"}, follow=True)
        assert "Thank you, it is paid" in text_of(looked)

    def test_it_shows_nothing_of_the_person(self, fail: Callable[..., str]) -> None:
        path = fail()
        shown = Client().get(path).content.decode()
        payer = only_membership().payer
        for personal in (payer.name, payer.email, "Harbour Street", "04101"):
            assert personal not in shown
        assert "alice" not in path.lower() and str(only_membership().public_id) not in path

    def test_no_cache_robot_or_other_site_learns_it(self, fail: Callable[..., str]) -> None:
        page = Client().get(fail())
        assert "no-store" in page["Cache-Control"] and "private" in page["Cache-Control"]
        assert page["Referrer-Policy"] == "no-referrer" and "noindex" in page["X-Robots-Tag"]

    def test_a_look_changes_nothing(self, way: Way, fail: Callable[..., str]) -> None:
        path = fail()
        way.sandbox.clear_log()
        Client().get(path)
        assert way.sandbox.log() == [] and not CardChange.objects.exists()

    def test_stripe_out_of_reach_is_said_and_nothing_is_lost(self, way: Way, fail: Callable[..., str]) -> None:
        path = fail()
        way.sandbox.fault("*", "503", times=20)
        answer = no_login().post(path, {"do": "card"})
        way.sandbox.clear_faults()
        assert answer.status_code == 503 and "Nothing was charged" in text_of(answer)
        assert no_login().post(path, {"do": "card"}).status_code == 303

    def test_it_cannot_be_tried_without_end(self, fail: Callable[..., str]) -> None:
        path = fail("insufficient_funds")
        answers = [no_login().post(path, {"do": "same"}).status_code for _ in range(8)]
        assert answers.count(429) == 2

    @pytest.mark.parametrize("do", ["", "cancel", "card"])
    def test_what_is_settled_cannot_be_acted_on(self, way: Way, fail: Callable[..., str], do: str) -> None:
        path = fail("declined", times=1)
        way.advance(days=4)
        way.sandbox.clear_log()
        assert "Thank you, it is paid" in text_of(no_login().post(path, {"do": do}, follow=True))
        assert way.sandbox.log() == []

    def test_what_has_ended_shows_the_way_back_and_takes_no_money(self, way: Way, fail: Callable[..., str]) -> None:
        path = fail()
        way.sandbox.cancel_subscription(Plan.objects.get().subscription_id)
        way.deliver()
        page = no_login().post(path, {"do": "same"}, follow=True)
        assert "has ended" in text_of(page) and "/join/guardian/" in page.content.decode()
        assert Payment.objects.paid().count() == 1


class TestALinkThatOpensNothing:
    def unknown(self, path: str) -> None:
        answer = Client().get(path)
        assert answer.status_code == 404 and "This link does not work" in text_of(answer)
        assert "Guardian" not in text_of(answer) and "$100" not in text_of(answer)
        assert no_login().post(path, {"do": "card"}).status_code == 404

    def test_made_up_changed_foreign_old_and_revoked_ones_are_alike(self, fail: Callable[..., str]) -> None:
        path = fail()
        self.unknown("/mend/nothing/")
        self.unknown(path[:-3] + "xx/")
        nonce = MendLink.objects.get().nonce.hex
        self.unknown(reverse("mend", args=[signing.TimestampSigner(salt="another").sign(nonce)]))
        self.unknown(reverse("mend", args=[signing.TimestampSigner(salt=links.SALT).sign("no nonce")]))
        with time_machine.travel(timezone.now() + timedelta(days=31)):
            self.unknown(path)
        links.revoke(Plan.objects.get())
        self.unknown(path)

    def test_what_was_mailed_to_an_old_address_opens_nothing(self, fail: Callable[..., str]) -> None:
        path = fail()
        change_payer(Plan.objects.get().payer, {"email": "new@example.org"})
        self.unknown(path)

    def test_a_card_change_of_somebody_else_is_not_finished(self, way: Way, fail: Callable[..., str]) -> None:
        path = fail()
        other = CardChange.objects.create(customer=Customer.objects.get(), plan=None)
        give_card(way, "mastercard")
        assert Client().get(f"{path}back/{other.public_id}/").status_code == 404
        assert Plan.objects.get().card_last4 == "4242"

    def test_a_new_one_goes_to_the_address_on_file_and_the_answer_tells_nothing(
        self, fail: Callable[..., str], charlie: User
    ) -> None:
        fail()
        answers = {}
        for address in ("alice@example.org", "nobody@example.org"):
            answer = Client().post(reverse("mend_new"), {"email": address})
            answers[address] = text_of(answer).replace(address, "")
            assert answer.status_code == 200
        assert answers["alice@example.org"] == answers["nobody@example.org"]
        sent = mails(FAILED)
        assert [mail.to for mail in sent] == ["alice@example.org"] * 2
        assert Client().get(link_in(sent[1])).status_code == 200

    def test_nobody_can_have_many_sent(self, fail: Callable[..., str]) -> None:
        fail()
        for _ in range(6):
            assert Client().post(reverse("mend_new"), {"email": "ALICE@example.org"}).status_code == 200
        assert len(mails(FAILED)) == 1 + 3

    def test_bad_input_is_said_beside_the_field_and_kept(self, db: None) -> None:
        answer = Client().post(reverse("mend_new"), {"email": "alice at home"})
        assert answer.status_code == 422 and "alice at home" in answer.content.decode()


@pytest.mark.both_databases
def test_a_notice_is_sent_once_by_a_rule_of_the_database(plan: Plan) -> None:
    Notice.objects.create(kind="failed", plan=plan, about="in_1:first")
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(kind="failed", plan=plan, about="in_1:first")
