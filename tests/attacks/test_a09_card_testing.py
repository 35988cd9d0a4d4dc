"""Bots that try out stolen cards: 400 tries in five minutes make no more checkouts than the limit says."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.utils import timezone

if not apps.is_installed("membership"):
    pytest.skip("membership/ was deleted, and with it the form that is attacked here", allow_module_level=True)

from accounts.models import OutgoingMail, User
from membership.demo import build_tiers
from membership.models import Membership, Tier
from payments.models import CheckoutStart, HeldForm, Issue, Payment, SafeMode, Tally
from receipts.models import Issuer, Payer
from receipts.supporters import supporters
from tests.attacks.bots import ORIGIN, Bot, hidden, solve, written
from tests.faults.road import post
from tests.membership.way import TYPED, Way

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("guarded")]
TRIES = 400
# One bot tries all of them. For the others, sixty are well past every limit; the long run lets them try on.
FEWER = TRIES if os.environ.get("STEADFAST_LONG") else 60
NOTHING = {"Payer": 0, "User": 0, "Membership": 0, "Payment": 0}
# A customer and a session.
CALLS_A_CHECKOUT = 2


@pytest.fixture
def tier(connected_sandbox: Sandbox) -> Tier:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    return build_tiers()[0]


def address(number: int) -> dict[str, str]:
    return {"REMOTE_ADDR": f"10.{number // 250}.{number % 250}.7"}


def at_most(sandbox: Sandbox, bot: Bot, limit: int) -> None:
    assert bot.let_through == limit
    assert set(bot.answers) <= {303, 429}
    counts = written()
    assert counts["User"] == 0
    assert not supporters().exists(), "who only tried is no supporter"
    assert all(counts[name] <= limit for name in ("Payer", "Membership", "Payment"))
    assert sandbox.count("checkout.session") <= limit
    assert len(sandbox.log()) <= CALLS_A_CHECKOUT * limit
    assert not OutgoingMail.objects.exists(), "nobody gets a mail because a bot typed their address"


@pytest.mark.slow
class TestFourHundredTries:
    def test_that_never_opened_the_form_start_nothing(self, connected_sandbox: Sandbox, tier: Tier) -> None:
        bot = Bot(tier)
        for number in range(FEWER):
            bot.send(where=address(number), email=f"bot{number}@example.org")
        assert (
            set(bot.answers) == {429}
            and written() == NOTHING
            and not supporters().exists()
            and connected_sandbox.log() == []
        )

    @pytest.mark.parametrize("email", ["bot@example.org", "bot{}@example.org"])
    def test_from_one_address(self, connected_sandbox: Sandbox, tier: Tier, guarded: Any, email: str) -> None:
        bot = Bot.that_waited(tier)
        for number in range(FEWER):
            bot.send(email=email.format(number), name=f"Bot {number}")
        at_most(connected_sandbox, bot, guarded.GUARD_CHECKOUTS_PER_ADDRESS)

    def test_from_as_many_addresses(self, connected_sandbox: Sandbox, tier: Tier, guarded: Any) -> None:
        bot = Bot.that_waited(tier)
        for number in range(TRIES):
            bot.send(where=address(number), email=f"bot{number}@example.org", name=f"Bot {number}")
        at_most(connected_sandbox, bot, guarded.GUARD_CHECKOUTS_ON_SITE)
        assert SafeMode.objects.get().is_on(timezone.now())

    @pytest.mark.parametrize("proxies", [0, 1, 2])
    def test_with_a_made_up_x_forwarded_for(
        self, connected_sandbox: Sandbox, tier: Tier, guarded: Any, proxies: int
    ) -> None:
        guarded.TRUSTED_PROXIES = proxies
        seen_by_our_proxies = ["203.0.113.9", "10.0.0.1"][:proxies]
        bot = Bot.that_waited(tier)
        for number in range(min(100, FEWER)):
            hops = ", ".join([f"198.51.100.{number}", *seen_by_our_proxies])
            bot.send(where={"HTTP_X_FORWARDED_FOR": hops}, email=f"bot{number}@example.org")
        at_most(connected_sandbox, bot, guarded.GUARD_CHECKOUTS_PER_ADDRESS)

    def test_from_one_line_of_ipv6(self, connected_sandbox: Sandbox, tier: Tier, guarded: Any) -> None:
        bot = Bot.that_waited(tier)
        for number in range(min(100, FEWER)):
            bot.send(where={"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}, email=f"bot{number}@example.org")
        at_most(connected_sandbox, bot, guarded.GUARD_CHECKOUTS_PER_ADDRESS)

    def test_that_do_the_work_each_time_are_stopped_by_the_limit_of_the_site(
        self, connected_sandbox: Sandbox, tier: Tier, guarded: Any
    ) -> None:
        guarded.GUARD_CHECKOUTS_ON_SITE = 8
        bot = Bot.that_waited(tier)
        numbers = []
        for number in range(20):
            email = f"bot{number}@example.org"
            answer = bot.send(email=email)
            if answer.status_code == 429:
                numbers.append(answer.context["challenge"].numbers)
                bot.send(email=email, **solve(answer.content.decode()))
        assert bot.let_through == 8 and connected_sandbox.count("checkout.session") == 8

    def test_that_ask_for_the_link_fill_nobodys_mailbox(self, tier: Tier) -> None:
        SafeMode.objects.create(pk=1, on_since=timezone.now(), on_until=timezone.now() + timedelta(hours=1))
        bot = Bot.that_waited(tier)
        for number in range(min(100, FEWER)):
            bot.send(where=address(number), email="victim@example.org", guard="mail")
        assert OutgoingMail.objects.filter(to="victim@example.org").count() == 3
        for number in range(min(100, FEWER)):
            bot.send(email=f"victim{number}@example.org", guard="mail")
        assert OutgoingMail.objects.exclude(to="victim@example.org").count() == 6
        assert written() == NOTHING


def test_the_work_grows_with_the_tries(tier: Tier) -> None:
    bot = Bot.that_waited(tier)
    asked = [bot.send(email=f"bot{number}@example.org") for number in range(40)]
    numbers = [answer.context["challenge"].numbers for answer in asked if answer.status_code == 429]
    assert numbers == sorted(numbers) and numbers[-1] == 16 * numbers[0]


class TestAPerson:
    def test_is_asked_nothing_within_the_limits(self, tier: Tier) -> None:
        assert Bot.that_waited(tier).send().status_code == 303

    def test_who_was_quick_goes_on_after_the_work(self, tier: Tier, client: Client) -> None:
        bot = Bot(tier, opened=hidden(client.get(tier.get_absolute_url()).content.decode(), "opened"))
        answer = bot.send(client)
        assert answer.status_code == 429 and written() == NOTHING
        page = answer.content.decode()
        assert 'name="name" value="Alice Adams"' in page
        assert bot.send(client, **solve(page)).status_code == 303

    def test_cannot_use_a_proof_twice_or_for_another_address(self, tier: Tier) -> None:
        bot = Bot(tier)
        proof = solve(bot.send().content.decode())
        assert bot.send(email="other@example.org", **proof).status_code == 429
        assert bot.send(**proof).status_code == 303
        assert bot.send(**proof).status_code == 429

    def test_goes_on_by_the_mailed_link_without_javascript(self, tier: Tier, connected_sandbox: Sandbox) -> None:
        bot, client = Bot(tier), Client()
        sent = bot.send(client, guard="mail", name="Zoë O’Neill")
        assert sent.status_code == 200 and "we have sent you a link" in sent.content.decode()
        assert written() == NOTHING and connected_sandbox.log() == []
        mail = OutgoingMail.objects.get()
        assert "Zoë" not in mail.text + mail.html + mail.subject
        link = next(word for word in mail.text.split() if "/go-on/" in word)
        # On the telephone, where the mail is.
        phone = Client()
        assert "Continue to payment" in phone.get(link).content.decode()
        assert phone.get(link).status_code == 200, "looking does not use it up"
        answer = phone.post(link)
        assert answer.status_code == 303 and answer["Location"] == Payment.objects.get().checkout_url
        assert Membership.objects.get().payer.name == "Zoë O’Neill"
        assert phone.get(link).status_code == phone.post(link).status_code == 410
        assert Bot(tier).send(phone, name="Zoë O’Neill").status_code == 303, "who turns back may go on again"
        assert phone.session["checkouts"][:1] == [str(Payment.objects.get().public_id)]

    def test_by_the_link_replaces_nothing_of_whoever_is_signed_in(
        self, tier: Tier, connected_sandbox: Sandbox, alice: User
    ) -> None:
        mine = Payer.objects.create(name="Alice", email=alice.email, line1="Mine", user=alice, fingerprint="alice")
        Bot(tier).send(Client(), guard="mail", email=alice.email, name="Eve", line1="Not hers")
        link = next(word for word in OutgoingMail.objects.get().text.split() if "/go-on/" in word)
        hers = Client()
        hers.force_login(alice)
        assert hers.post(link).status_code == 303
        mine.refresh_from_db()
        assert (mine.name, mine.line1) == ("Alice", "Mine")

    def test_by_the_link_may_try_again_when_stripe_is_away(self, tier: Tier, connected_sandbox: Sandbox) -> None:
        client = Client()
        Bot(tier).send(client, guard="mail")
        link = next(word for word in OutgoingMail.objects.get().text.split() if "/go-on/" in word)
        connected_sandbox.fault("*", "503", times=50)
        answer = client.post(link)
        assert answer.status_code == 503
        connected_sandbox.clear_faults()
        passed = {"guard_pass": hidden(answer.content.decode(), "guard_pass")}
        assert Bot(tier).send(client, email="other@example.org", **passed).status_code == 429, "it is for one address"
        assert Bot(tier).send(client, **passed).status_code == 303
        later = [Bot(tier).send(client, name=f"Other {n}", **passed).status_code for n in range(3)]
        assert later == [303, 429, 429], "and for three checkouts"

    def test_gets_the_same_answer_whether_the_address_is_known_or_not(self, tier: Tier, alice: Any) -> None:
        pages = [
            Bot(tier).send(guard="mail", email=email).content.decode().replace(email, "")
            for email in ("alice@example.org", "nobody@example.org")
        ]
        assert pages[0] == pages[1] and "we have sent you a link" in pages[0]

    def test_signed_in_needs_no_mail_in_safe_mode(self, tier: Tier, alice: Any) -> None:
        SafeMode.objects.create(pk=1, on_since=timezone.now(), on_until=timezone.now() + timedelta(hours=1))
        client = Client()
        client.force_login(alice)
        bot = Bot.that_waited(tier)
        bot.send(client)
        assert bot.answers == [303]
        bot.send(email="alice@example.org")
        assert bot.answers == [303, 429], "who only types her address does"


class TestSafeMode:
    def trip(self, tier: Tier, guarded: Any) -> Bot:
        guarded.GUARD_CHECKOUTS_ON_SITE = 2
        bot = Bot.that_waited(tier)
        for number in range(4):
            bot.send(where=address(number), email=f"bot{number}@example.org")
        return bot

    def test_tells_staff_once(self, tier: Tier, guarded: Any) -> None:
        self.trip(tier, guarded)
        issue = Issue.objects.get(kind="card_testing")
        assert issue.count == 1 and "bot" not in issue.detail

    def test_ends_by_itself(self, tier: Tier, guarded: Any) -> None:
        bot = self.trip(tier, guarded)
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            bot.send(where=address(99), email="person@example.org")
        assert bot.answers[-1] == 303

    def test_stays_on_while_the_attack_goes_on(self, tier: Tier, guarded: Any) -> None:
        bot = self.trip(tier, guarded)
        for minutes in range(1, 40, 1):
            with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
                bot.send(where=address(99), email="bot@example.org")
        assert bot.let_through == 2

    def test_leaves_renewals_alone(self, tier: Tier, connected_sandbox: Sandbox) -> None:
        way = Way(sandbox=connected_sandbox, client=Client())
        Bot.that_waited(tier).send()
        way.pay()
        SafeMode.objects.create(pk=1, on_since=timezone.now(), on_until=timezone.now() + timedelta(days=99))
        way.advance(days=32)
        assert Payment.objects.paid().count() == 2


class TestDeclinedCards:
    def decline(self, tier: Tier, sandbox: Sandbox, times: int) -> None:
        """One checkout, one card after the other."""
        way = Way(sandbox=sandbox, client=Client())
        Bot.that_waited(tier).send(way.client)
        for _ in range(times):
            way.pay(outcome="declined")

    def test_count_against_the_address_that_started_the_checkout(self, tier: Tier, connected_sandbox: Sandbox) -> None:
        self.decline(tier, connected_sandbox, 3)
        bot = Bot.that_waited(tier)
        answer = bot.send(email="next@example.org")
        assert answer.status_code == 429 and not answer.context["by_mail"]
        assert bot.send(email="next@example.org", **solve(answer.content.decode())).status_code == 303
        assert bot.send(where=address(1), email="neighbour@example.org").status_code == 303

    def test_are_followed_by_a_cool_down(self, tier: Tier, connected_sandbox: Sandbox) -> None:
        self.decline(tier, connected_sandbox, 6)
        bot = Bot.that_waited(tier)
        assert bot.send(email="next@example.org").context["by_mail"]
        with time_machine.travel(timezone.now() + timedelta(minutes=21)):
            assert bot.send(email="next@example.org").status_code == 303

    def test_below_the_limit_ask_for_nothing(self, tier: Tier, connected_sandbox: Sandbox) -> None:
        self.decline(tier, connected_sandbox, 2)
        assert Bot.that_waited(tier).send(email="next@example.org").status_code == 303

    def test_of_one_charge_count_once(self, tier: Tier, connected_sandbox: Sandbox) -> None:
        way = Way(sandbox=connected_sandbox, client=Client())
        Bot.that_waited(tier).send(way.client)
        connected_sandbox.complete(Payment.objects.get().session_id or "", outcome="declined")
        held = connected_sandbox.held()
        for _ in range(4):
            for one in held:
                post(one["body"], one["header"])
            way.deliver()
        assert Tally.objects.get(scope="failed").count == 1


def test_nothing_kept_tells_who_it_was(tier: Tier) -> None:
    where = {"REMOTE_ADDR": "198.51.100.77"}
    Bot(tier).send(where=where, guard="mail")
    Bot.that_waited(tier).send(where=where)
    kept = [str(row) for model in (Tally, HeldForm, CheckoutStart) for row in model.objects.values()]
    kept += [bytes(held.sealed).decode() for held in HeldForm.objects.all()]
    assert len(kept) > 5
    assert not [row for row in kept if "198.51.100.77" in row or "alice" in row.lower() or "Harbour" in row]


def test_a_form_without_origin_is_no_browsers(tier: Tier) -> None:
    bot = Bot.that_waited(tier)
    sent = {**TYPED, "step": "pay", "opened": bot.opened}
    assert Client().post(tier.get_absolute_url(), sent).status_code == 429
    assert Client().post(tier.get_absolute_url(), sent, headers=ORIGIN).status_code == 303
