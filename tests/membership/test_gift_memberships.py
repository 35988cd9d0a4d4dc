"""A membership for somebody else: bought once, redeemed once, by whoever has the code."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import privacy
from accounts.models import OutgoingMail, User
from membership import access
from membership.gift_memberships import redeeming
from membership.gift_memberships.codes import ALPHABET, code_of, digest_of
from membership.models import GiftMembership, Membership, Movement, Tier
from membership.models.gift_memberships import new_gift_membership
from membership.states import State
from payments.models import Issue, Payment
from payments.refunding import request_refund
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Entry, Payer
from receipts.payers import find_or_create_payer
from tests.accounts.conftest import code_in
from tests.membership.way import TYPED, Way, text_of

pytestmark = pytest.mark.django_db

State_ = GiftMembership.State


def typed(tier: Tier, **changes: Any) -> dict[str, Any]:
    fields = {name: TYPED[name] for name in TYPED if name not in ("interval", "amount")}
    gift = {"offer": f"{tier.slug}:year", "recipient_name": "Bob", "recipient_email": "", "message": "", "send_on": ""}
    return {**fields, **gift, **changes}


def buy(way: Way, tier: Tier, **changes: Any) -> GiftMembership:
    response = way.client.post(reverse("gift_membership"), {**typed(tier, **changes), "step": "pay"})
    assert response.status_code == 303, text_of(response)
    way.pay()
    return GiftMembership.objects.latest("pk")


@pytest.fixture
def gift(way: Way, friend: Tier) -> GiftMembership:
    return buy(way, friend)


@pytest.fixture
def robin(db: None) -> User:
    return User.objects.create_user("robin@example.org", name="Robin")


def a_gift(tier: Tier, **fields: Any) -> GiftMembership:
    payer, _ = Payer.objects.get_or_create(name="Alice", fingerprint="alice", email="alice@example.org")
    values = {
        "payer": payer, "tier": tier, "interval": "year", "amount": 15000, "currency": "USD", "state": State_.PAID,
        "paid_at": timezone.now(), "redeem_by": timezone.now() + timedelta(days=700), **fields,
    }  # fmt: skip
    gift = new_gift_membership(**values)
    gift.save()
    return gift


class TestBuying:
    def test_it_is_paid_once_and_the_giver_gets_a_code(self, way: Way, friend: Tier, gift: GiftMembership) -> None:
        assert (gift.state, gift.amount, gift.months) == (State_.PAID, 15000, 12)
        mail = OutgoingMail.objects.get(kind="membership/mail/gift_membership_thanks")
        assert gift.code in mail.text and gift.code in mail.html and gift.code not in mail.subject
        assert way.sandbox.count("subscription") == 0 and not Membership.objects.exists()
        assert not Movement.objects.exists() and not books_problems()

    def test_the_giver_signs_in_and_finds_the_code_in_the_account(
        self, way: Way, gift: GiftMembership, mailoutbox: list[Any]
    ) -> None:
        way.client.post(reverse("account_request_login_code"), {"email": gift.payer.email})
        way.client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[-1])})
        assert gift.code in text_of(way.client.get(reverse("gift_membership_card", args=[gift.public_id])))

    def test_its_benefits_are_taken_off_what_is_deductible(self, gift: GiftMembership, friend: Tier) -> None:
        entry = Entry.objects.get(credit=Account.DUES)
        assert entry.advantage == sum(one["fair_value"] for one in friend.advantages_of("year"))

    def test_the_page_shows_what_is_deductible_before_paying(self, client: Client, friend: Tier) -> None:
        page = text_of(client.post(reverse("gift_membership"), {**typed(friend), "step": "review"}))
        assert "$150.00" in page and "tax-deductible" in page and "Nothing recurs" in page
        assert not Payer.objects.exists()

    def test_whom_it_is_for_hears_of_it_on_the_day(self, way: Way, friend: Tier) -> None:
        day = timezone.localdate() + timedelta(days=9)
        gift = buy(way, friend, recipient_email="bob@example.org", send_on=str(day), message="<b>Happy</b> birthday")
        mail = OutgoingMail.objects.get(kind="membership/mail/gift_membership")
        assert timezone.localtime(mail.due_at).date() == day and mail.to == "bob@example.org"
        assert gift.mail == mail and gift.code in mail.text and "&lt;b&gt;Happy" in mail.html

    def test_two_clicks_are_one_gift(self, way: Way, friend: Tier) -> None:
        for _ in range(2):
            way.client.post(reverse("gift_membership"), {**typed(friend), "step": "pay"})
        assert GiftMembership.objects.count() == 1 and way.sessions() == 1

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"offer": ""}, "offer"),
            ({"offer": "friend:month"}, "offer"),
            ({"offer": "nobody:year"}, "offer"),
            ({"recipient_email": "bob"}, "recipient_email"),
            ({"send_on": "2020-01-01", "recipient_email": "bob@example.org"}, "send_on"),
            ({"send_on": "soon", "recipient_email": "bob@example.org"}, "send_on"),
            ({"send_on": "2026-12-24"}, "recipient_email"),
            ({"name": ""}, "name"),
            ({"price": "1"}, "offer"),
            ({"recipient_name": "Bob, see www.swindle.example"}, "recipient_name"),
            ({"message": "Claim it at https://swindle.example"}, "message"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
        self, way: Way, friend: Tier, changes: dict[str, str], field: str
    ) -> None:
        response = way.client.post(reverse("gift_membership"), {**typed(friend, **changes), "step": "pay"})
        assert response.status_code == 422 and field in response.context["form"].errors
        assert "1 Harbour Street" in response.content.decode()
        assert not Payer.objects.exists() and way.sessions() == 0

    def test_what_a_debit_under_way_pays_for_is_not_exchanged_for_something_dearer(
        self, way: Way, friend: Tier, guardian: Tier
    ) -> None:
        way.client.post(reverse("gift_membership"), {**typed(friend), "step": "pay"})
        debit = way.pay(outcome="sepa_paid_later")
        assert debit.status == Payment.Status.PROCESSING
        way.client.post(reverse("gift_membership"), {**typed(guardian, recipient_name="Eve"), "step": "pay"})
        way.advance(days=15)
        gift = GiftMembership.objects.get()
        assert (gift.state, gift.tier, gift.amount, gift.recipient_name) == (State_.PAID, friend, 15000, "Bob")

    def test_whom_it_is_for_may_change_while_the_checkout_is_open(self, way: Way, friend: Tier) -> None:
        for name in ("Bob", "Eve"):
            way.client.post(reverse("gift_membership"), {**typed(friend, recipient_name=name), "step": "pay"})
        assert GiftMembership.objects.get().recipient_name == "Eve" and way.sessions() == 1

    def test_stripe_away_keeps_all_and_offers_another_try(self, way: Way, friend: Tier) -> None:
        way.sandbox.fault("POST /v1/checkout/sessions", "drop_before", times=9)
        response = way.client.post(reverse("gift_membership"), {**typed(friend), "step": "pay"})
        assert response.status_code == 503 and "Try again" in text_of(response)


class TestRedeeming:
    def send(self, client: Client, code: str, **changes: str) -> Any:
        return client.post(reverse("redeem"), {"code": code, "name": "Bob", "email": "bob@example.org", **changes})

    def test_a_stranger_with_the_code_becomes_a_member(self, gift: GiftMembership, friend: Tier) -> None:
        response = self.send(Client(), f" {gift.code.lower().replace('-', ' ')} ")
        assert response.status_code == 200 and "has begun" in text_of(response)
        membership = Membership.objects.get()
        assert membership.payer.email == "bob@example.org" and membership.is_live()
        assert timedelta(days=364) < membership.paid_until - timezone.now() < timedelta(days=367)
        assert User.objects.filter(email="bob@example.org").exists()
        assert OutgoingMail.objects.filter(kind="membership/mail/gift_membership_begun", to="bob@example.org").exists()
        assert not Movement.objects.exists() and membership.yearly_amount == 0

    def test_somebody_signed_in_sees_it_in_the_account(self, gift: GiftMembership, robin: User) -> None:
        client = Client()
        client.force_login(robin)
        assert self.send(client, gift.code).url == reverse("account_home")
        page = text_of(client.get(reverse("account_home")))
        assert "Friend" in page and "Cancel membership" not in page
        assert "Nothing: somebody gave this to you" in page and "$" not in page.partition("Your membership card")[0]
        assert robin.groups.filter(membership_tier__slug="friend").exists()

    def test_whoever_has_paid_before_keeps_the_address_of_their_receipts(
        self, friend: Tier, robin: User, client: Client
    ) -> None:
        own = find_or_create_payer(
            kind="person",
            name="Robin Reed",
            email=robin.email,
            line1="3 Quay",
            city="Portland",
            country="US",
            user=robin,
        )
        client.force_login(robin)
        assert self.send(client, a_gift(friend).code, name="R.").status_code == 302
        own.refresh_from_db()
        assert (own.name, own.line1, own.city, str(own.country)) == ("Robin Reed", "3 Quay", "Portland", "US")
        assert Membership.objects.get().payer == own

    def test_a_guest_is_not_told_of_a_membership_that_was_there_before(self, friend: Tier) -> None:
        first, second = (text_of(self.send(Client(), a_gift(friend).code)) for _ in range(2))
        assert Membership.objects.get().gift_memberships.count() == 2
        assert first == second

    def test_it_is_used_once(self, gift: GiftMembership) -> None:
        self.send(Client(), gift.code)
        again = self.send(Client(), gift.code, email="eve@example.org")
        assert again.status_code == 422 and Membership.objects.count() == 1
        assert not Payer.objects.filter(email="eve@example.org").exists()

    def test_wrong_used_old_and_paid_back_codes_get_one_answer(self, friend: Tier) -> None:
        used = a_gift(friend)
        self.send(Client(), used.code)
        old = a_gift(friend, redeem_by=timezone.now() - timedelta(seconds=1))
        back = a_gift(friend, state=State_.CANCELLED)
        unpaid = a_gift(friend, state=State_.ABANDONED)
        answers = {
            re.sub(r'value="[^"]*"', "", self.send(Client(), code).content.decode())
            for code in ("AAAA-AAAA-AAAA", used.code, old.code, back.code, unpaid.code)
        }
        assert len(answers) == 1 and Membership.objects.count() == 1

    def test_guessing_ends_after_ten_tries(self, client: Client) -> None:
        answers = [self.send(client, f"AAAA-AAAA-AAA{letter}").status_code for letter in ALPHABET[:12]]
        assert answers == [422] * 10 + [429] * 2

    def test_a_second_gift_lengthens_the_first(self, friend: Tier) -> None:
        for _ in range(2):
            self.send(Client(), a_gift(friend).code)
        membership = Membership.objects.get()
        assert membership.paid_until - timezone.now() > timedelta(days=728)

    def test_after_a_membership_of_ones_own_the_given_time_begins(self, way: Way, member: Membership) -> None:
        gift = a_gift(member.tier, amount=100_000)
        redeeming.redeem(gift.code, name="Alice", email="", user=member.payer.user)
        given = Membership.objects.get(gift_memberships=gift)
        assert given != member and given.paid_until > member.paid_until + timedelta(days=363)
        member.refresh_from_db()
        assert member.state == State.ACTIVE

    def test_it_ends_by_itself(self, gift: GiftMembership, robin: User) -> None:
        client = Client()
        client.force_login(robin)
        self.send(client, gift.code)
        Membership.objects.update(paid_until=timezone.now() - timedelta(minutes=1))
        assert not Membership.objects.get().is_live()
        assert redeeming.end_given() == 1 and redeeming.end_given() == 0
        access.expire()
        assert Membership.objects.get().state == State.CANCELLED and not robin.groups.exists()

    def test_months_end_where_the_month_does(self) -> None:
        moment = timezone.datetime(2027, 11, 30, 12, tzinfo=timezone.get_current_timezone())
        assert redeeming.months_after(moment, 3).date().isoformat() == "2028-02-29"
        assert redeeming.months_after(moment, 12).date().isoformat() == "2028-11-30"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_redeem_it_once(friend: Tier) -> None:
    code, start, won = a_gift(friend).code, Barrier(20), []

    def run(number: int) -> None:
        start.wait()
        try:
            won.append(redeeming.redeem(code, name="Bob", email=f"bob{number}@example.org", user=None))
        except redeeming.NotRedeemable:
            pass
        finally:
            connections["default"].close()

    threads = [Thread(target=run, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1 and Membership.objects.count() == 1, connection.vendor


@pytest.mark.django_db(transaction=True)
def test_two_codes_of_one_person_at_once_add_up(friend: Tier) -> None:
    redeeming.redeem(a_gift(friend).code, name="Bob", email="bob@example.org", user=None)
    codes, start = [a_gift(friend).code for _ in range(6)], Barrier(6)

    def run(code: str) -> None:
        start.wait()
        try:
            redeeming.redeem(code, name="Bob", email="bob@example.org", user=None)
        finally:
            connections["default"].close()

    threads = [Thread(target=run, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Membership.objects.get().paid_until - timezone.now() > timedelta(days=7 * 365 - 1), connection.vendor


class TestMoneyBack:
    def test_before_it_is_redeemed_the_code_opens_nothing_more(self, way: Way, friend: Tier) -> None:
        day = timezone.localdate() + timedelta(days=9)
        gift = buy(way, friend, recipient_email="bob@example.org", send_on=str(day))
        request_refund(Payment.objects.get(), amount=gift.amount, reason="", by=None)
        way.deliver()
        gift.refresh_from_db()
        assert gift.state == State_.CANCELLED and redeeming.find(gift.code) is None
        assert OutgoingMail.objects.get(kind="membership/mail/gift_membership").state == "cancelled"

    def test_where_the_money_stays_after_all_the_invitation_is_sent(self, way: Way, friend: Tier) -> None:
        day = timezone.localdate() + timedelta(days=9)
        gift = buy(way, friend, recipient_email="bob@example.org", send_on=str(day))
        request_refund(Payment.objects.get(), amount=gift.amount, reason="", by=None)
        gift.refresh_from_db()
        assert gift.state == State_.CANCELLED
        gift.refund_failed(Payment.objects.get().transaction)
        gift.refresh_from_db()
        assert gift.state == State_.PAID and gift.mail.state == "waiting" and gift.code in gift.mail.text

    def test_a_part_that_goes_back_changes_nothing(self, way: Way, gift: GiftMembership) -> None:
        request_refund(Payment.objects.get(), amount=100, reason="", by=None)
        way.deliver()
        assert redeeming.find(gift.code) == gift

    def test_afterwards_a_person_decides(self, way: Way, gift: GiftMembership) -> None:
        redeeming.redeem(gift.code, name="Bob", email="bob@example.org", user=None)
        request_refund(Payment.objects.get(), amount=gift.amount, reason="", by=None)
        way.deliver()
        assert Issue.objects.get(kind="redeemed_and_refunded") and Membership.objects.get().is_live()


class TestWhoSees:
    def test_who_was_given_it_is_named_no_more_once_they_leave(self, friend: Tier, robin: User) -> None:
        gift = a_gift(friend, recipient_name="Robin", recipient_email="Robin@example.org", message="For Robin")
        redeeming.redeem(gift.code, name="Robin", email=robin.email, user=robin)
        privacy.erase(privacy.person_of(robin))
        gift.refresh_from_db()
        assert (gift.recipient_name, gift.recipient_email, gift.message) == ("", "", "")
        assert gift.payer.name == "Alice" and gift.state == State_.REDEEMED

    def test_the_giver_sees_the_code_and_nobody_else(self, way: Way, friend: Tier, alice: User, charlie: User) -> None:
        way.client.force_login(alice)
        gift = buy(way, friend, email=alice.email, name=alice.name)
        url = reverse("gift_membership_card", args=[gift.public_id])
        assert gift.code in text_of(way.client.get(url))
        assert gift.code in text_of(way.client.get(reverse("account_home")))
        stranger = Client()
        assert stranger.get(url).status_code == 302
        stranger.force_login(charlie)
        assert stranger.get(url).status_code == 404

    def test_what_is_printed_names_our_own_address(self, way: Way, friend: Tier, alice: User, settings: Any) -> None:
        way.client.force_login(alice)
        gift = buy(way, friend, email=alice.email, name=alice.name)
        settings.BASE_URL, settings.ALLOWED_HOSTS = "https://give.example.org", ["*"]
        page = way.client.get(reverse("gift_membership_card", args=[gift.public_id]), headers={"host": "evil.example"})
        assert "https://give.example.org/redeem/" in text_of(page) and "evil.example" not in text_of(page)

    def test_whom_it_was_for_can_be_forgotten_and_see_it(self, friend: Tier, robin: User) -> None:
        gift = a_gift(friend, recipient_name="Robin", recipient_email="Robin@example.org", message="For Robin")
        EmailAddress.objects.create(user=robin, email=robin.email, verified=True, primary=True)
        person = privacy.person_of(robin)
        (table,) = [table for table in privacy.tables_of(person) if table.name == "memberships_meant_for_you"]
        assert table.rows[0]["message"] == "For Robin"
        privacy.erase(person)
        gift.refresh_from_db()
        assert (gift.recipient_name, gift.recipient_email, gift.message) == ("", "", "") and gift.is_redeemable

    def test_staff_see_that_it_was_given_but_no_code(self, gift: GiftMembership, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = False
        desk = Client()
        desk.force_login(User.objects.create_superuser("terry@example.org"))
        page = desk.get(reverse("gift_memberships:index")).content.decode()
        assert "Alice Adams" in page and gift.code not in page

    def test_staff_do_not_read_that_who_was_given_it_pays(self, gift: GiftMembership, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = False
        membership = redeeming.redeem(gift.code, name="Bob", email="bob@example.org", user=None)
        desk = Client()
        desk.force_login(User.objects.create_superuser("terry@example.org"))
        page = text_of(desk.get(reverse("payers:inspect", args=[membership.payer_id])))
        assert "A gift, paid until" in page and "$150.00" not in page

    def test_a_code_is_in_no_table_and_has_sixty_bits(self, gift: GiftMembership) -> None:
        assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{2}}[{ALPHABET}]{{4}}", gift.code) and len(set(ALPHABET)) == 32
        assert gift.code == code_of(gift.public_id) and digest_of(gift.code) == gift.code_digest
        assert gift.code not in str(GiftMembership.objects.values().get())
