"""The basket and its checkout, with things of tests/offering: they must work with every real offering deleted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from payments import gateway, worker
from payments.basket import keeping
from payments.models import Basket, BasketItem, DiscountCode, DiscountUse, Payment, TaxRate, TaxSettings
from receipts.chart import Account
from receipts.models import Entry, Receipt
from receipts.payers import find_or_create_payer
from tests.offering.models import Offering
from tests.receipts.books import an_issuer, books_balance

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db
KIND = "offering.thing"
DETAILS = {
    "name": "Bob Brown",
    "email": "bob@example.org",
    "line1": "2 Mill Lane",
    "city": "Portland",
    "region": "ME",
    "postcode": "04101",
    "country": "US",
}


def a_thing(name: str = "Scarf", amount: int = 2500, **fields: Any) -> Offering:
    return Offering.objects.create(name=name, amount=amount, **{"account": Account.SHOP_SALES, **fields})


def put(client: Client, thing: Offering, quantity: int | str = 1) -> Any:
    typed = {"kind": KIND, "reference": thing.pk, "quantity": quantity}
    return client.post(reverse("basket_add"), typed)


def tell(client: Client, **changed: str) -> Any:
    return client.post(reverse("checkout_details"), {**DETAILS, **changed})


def look(client: Client) -> Any:
    return client.get(reverse("checkout_review"))


def pay(client: Client, **posted: Any) -> Any:
    quoted = look(client).context["quote"]
    typed = {"step": "pay", "total": quoted.total, **posted}
    return client.post(reverse("checkout_review"), typed)


def settle(sandbox: Sandbox) -> Payment:
    payment = Payment.objects.order_by("-pk")[0]
    sandbox.complete(payment.session_id or "")
    worker.sync("checkout.session", payment.session_id or "")
    payment.refresh_from_db()
    return payment


@pytest.fixture
def client() -> Client:
    return Client()


class TestFillingIt:
    def test_a_link_asks_first_and_puts_nothing_in(self, client: Client) -> None:
        thing = a_thing()
        answer = client.get(reverse("basket_add"), {"kind": KIND, "reference": thing.pk})
        assert answer.status_code == 200 and b"Scarf" in answer.content
        assert not Basket.objects.exists()

    def test_twice_the_same_is_more_of_it(self, client: Client) -> None:
        thing = a_thing()
        put(client, thing)
        put(client, thing, 2)
        assert BasketItem.objects.get().quantity == 3

    @pytest.mark.parametrize("quantity", ["0", "-1", "10000", "two", "1.5", "", "１"])
    def test_a_quantity_that_makes_no_sense_is_told_beside_the_field(self, client: Client, quantity: str) -> None:
        thing = a_thing()
        put(client, thing)
        item = BasketItem.objects.get()
        answer = client.post(reverse("basket_change", args=[item.pk]), {"quantity": quantity})
        if quantity == "１":
            assert answer.status_code == 302
            return
        assert answer.status_code == 422
        assert "Enter a whole number from 1 to 999." in answer.content.decode()
        assert f'value="{quantity}"' in answer.content.decode()
        assert BasketItem.objects.get().quantity == 1

    @pytest.mark.parametrize(("kind", "reference"), [("no.such", "1"), (KIND, "999999"), (KIND, "x"), (KIND, "\x00")])
    def test_what_is_not_sold_is_not_found(self, client: Client, kind: str, reference: str) -> None:
        answer = client.get(reverse("basket_add"), {"kind": kind, "reference": reference})
        assert answer.status_code == 404

    def test_what_was_taken_out_is_put_back(self, client: Client) -> None:
        put(client, a_thing(), 2)
        client.post(reverse("basket_change", args=[BasketItem.objects.get().pk]), {"take_out": "1"})
        assert not BasketItem.objects.exists()
        assert b"Put it back" in client.get(reverse("basket")).content
        client.post(reverse("basket_put_back"))
        assert BasketItem.objects.get().quantity == 2

    def test_a_basket_that_filled_up_meanwhile_says_so_and_can_still_take_it_back(self, client: Client) -> None:
        put(client, a_thing(), 2)
        item = BasketItem.objects.get()
        client.post(reverse("basket_change", args=[item.pk]), {"take_out": "1"})
        rows = [BasketItem(basket=item.basket, kind=KIND, reference=f"x{n}") for n in range(keeping.MOST_ITEMS)]
        BasketItem.objects.bulk_create(rows)
        assert "Your basket is full" in client.post(reverse("basket_put_back"), follow=True).content.decode()
        BasketItem.objects.filter(reference="x0").delete()
        client.post(reverse("basket_put_back"))
        assert BasketItem.objects.get(reference=item.reference).quantity == 2

    def test_a_gift_that_was_given_anew_meanwhile_is_not_doubled_by_putting_it_back(self, client: Client) -> None:
        put(client, a_thing())
        item = BasketItem.objects.get()
        BasketItem.objects.update(amount=500)
        client.post(reverse("basket_change", args=[item.pk]), {"take_out": "1"})
        keeping.put(Basket.objects.get(), kind=KIND, reference=item.reference, amount=700)
        client.post(reverse("basket_put_back"))
        assert BasketItem.objects.values_list("quantity", "amount").get() == (1, 500)

    def test_nobody_is_sent_to_another_site(self, client: Client) -> None:
        typed = {"kind": KIND, "reference": a_thing().pk, "quantity": 1, "next": "https://evil.example/"}
        assert client.post(reverse("basket_add"), typed)["Location"] == reverse("basket")

    def test_an_empty_basket_says_so(self, client: Client) -> None:
        assert "nothing in your basket" in client.get(reverse("basket")).content.decode()


def debit(client: Client, sandbox: Sandbox, outcome: str) -> str:
    """A scarf, paid by a debit that a bank works on for days. Returns the session."""
    put(client, a_thing())
    tell(client)
    pay(client)
    session = Payment.objects.latest("pk").session_id or ""
    sandbox.complete(session, outcome)
    worker.sync("checkout.session", session)
    return session


class TestWhoseItIs:
    def test_a_stranger_finds_nothing_of_it(self, client: Client) -> None:
        put(client, a_thing())
        item, stranger = BasketItem.objects.get(), Client()
        assert "Scarf" not in stranger.get(reverse("basket")).content.decode()
        assert stranger.post(reverse("basket_change", args=[item.pk]), {"take_out": "1"}).status_code == 404
        put(stranger, a_thing("Bowl"))
        assert stranger.post(reverse("basket_change", args=[item.pk]), {"quantity": "9"}).status_code == 404
        item.refresh_from_db()
        assert item.quantity == 1

    def test_it_survives_signing_in_and_joins_what_lay_there(self, client: Client, alice: User) -> None:
        elsewhere, scarf, bowl = Client(), a_thing(), a_thing("Bowl")
        elsewhere.force_login(alice)
        put(elsewhere, bowl)
        put(client, scarf)
        client.force_login(alice)
        # Django gives the session another key at a log-in and keeps what is in it, as long as it was nobody's.
        page = client.get(reverse("basket")).content.decode()
        assert "Scarf" in page and "Bowl" in page
        assert Basket.objects.get().user == alice

    def test_of_two_at_the_checkout_the_page_elsewhere_is_ended_and_all_of_it_can_be_paid_once(
        self, client: Client, alice: User, connected_sandbox: Sandbox
    ) -> None:
        elsewhere, scarf, bowl = Client(), a_thing(left=1), a_thing("Bowl", 900)
        elsewhere.force_login(alice)
        for one, thing in ((elsewhere, scarf), (client, bowl)):
            put(one, thing)
            tell(one)
            assert pay(one).status_code == 303
        first = Payment.objects.order_by("pk")[0]
        client.force_login(alice)
        page = client.get(reverse("basket")).content.decode()
        assert "Scarf" in page and "Bowl" in page and "sold out" not in page
        assert gateway.read_session(first.session_id or "").status == "expired"
        assert pay(client).status_code == 303
        assert settle(connected_sandbox).amount == 2500 + 900
        assert Basket.objects.get().user == alice and not BasketItem.objects.exists()

    def test_while_that_page_can_not_be_ended_they_stay_two(
        self, client: Client, alice: User, connected_sandbox: Sandbox
    ) -> None:
        elsewhere = Client()
        elsewhere.force_login(alice)
        for one, thing in ((elsewhere, a_thing()), (client, a_thing("Bowl", 900))):
            put(one, thing)
            tell(one)
            pay(one)
        first = Payment.objects.order_by("pk")[0]
        connected_sandbox.complete(first.session_id or "")
        client.force_login(alice)
        page = client.get(reverse("basket")).content.decode()
        assert "Bowl" in page and "Scarf" not in page
        worker.sync("checkout.session", first.session_id or "")
        page = client.get(reverse("basket")).content.decode()
        assert "Bowl" in page and "Scarf" not in page, "that was paid for"
        assert Basket.objects.get().user == alice

    @pytest.mark.parametrize("signed_in", [False, True])
    def test_what_a_bank_works_on_is_put_by_and_comes_back_if_it_says_no(
        self, client: Client, alice: User, connected_sandbox: Sandbox, signed_in: bool
    ) -> None:
        if signed_in:
            client.force_login(alice)
        session = debit(client, connected_sandbox, "sepa_fails_later")
        assert "nothing in your basket" in client.get(reverse("basket")).content.decode()
        put(client, a_thing("Bowl", 900))
        connected_sandbox.advance(days=20)
        worker.sync("checkout.session", session)
        page = client.get(reverse("basket")).content.decode()
        assert "Scarf" in page and "Bowl" in page
        assert Basket.objects.get().user == (alice if signed_in else None)
        assert set(Client().get(reverse("basket")).context["quote"].items) == set()

    def test_what_a_bank_paid_does_not_come_back(self, client: Client, connected_sandbox: Sandbox) -> None:
        session = debit(client, connected_sandbox, "sepa_paid_later")
        client.get(reverse("basket"))
        connected_sandbox.advance(days=20)
        worker.sync("checkout.session", session)
        assert "nothing in your basket" in client.get(reverse("basket")).content.decode()
        assert not BasketItem.objects.exists()

    def test_what_was_put_in_as_a_guest_is_not_lost_where_ones_own_is_at_the_bank(
        self, client: Client, alice: User, connected_sandbox: Sandbox
    ) -> None:
        elsewhere = Client()
        elsewhere.force_login(alice)
        debit(elsewhere, connected_sandbox, "sepa_fails_later")
        put(client, a_thing("Bowl", 900))
        client.force_login(alice)
        page = client.get(reverse("basket")).content.decode()
        assert "Bowl" in page and "Scarf" not in page

    def test_signed_out_it_is_no_longer_shown_here(self, client: Client, alice: User) -> None:
        client.force_login(alice)
        put(client, a_thing())
        client.logout()
        assert "Scarf" not in client.get(reverse("basket")).content.decode()

    def test_a_session_that_knows_another_users_basket_does_not_open_it(
        self, client: Client, alice: User, charlie: User
    ) -> None:
        client.force_login(alice)
        put(client, a_thing())
        other = Client()
        other.force_login(charlie)
        session = other.session
        session[keeping.SESSION_KEY] = str(Basket.objects.get().public_id)
        session.save()
        assert "Scarf" not in other.get(reverse("basket")).content.decode()

    def test_old_ones_are_forgotten_with_what_was_typed(self, client: Client) -> None:
        put(client, a_thing())
        Basket.objects.update(changed_at=timezone.now() - keeping.FORGOTTEN_AFTER - timedelta(hours=1))
        assert keeping.forget_old_baskets() == 1
        assert not Basket.objects.exists()


class TestTheTotal:
    def test_delivery_and_tax_are_in_it_before_stripe(self, client: Client) -> None:
        TaxRate.objects.create(name="Sales tax", country="US", rate="5.5", valid_from=date(2020, 1, 1))
        put(client, a_thing("Parcel of soap", 1000), 3)
        tell(client)
        quoted = look(client).context["quote"]
        assert (quoted.subtotal, quoted.shipping) == (3000, 500)
        assert quoted.tax == 165 + 28
        assert quoted.total == 3000 + 500 + 193
        assert "$36.93" in look(client).content.decode()

    def test_where_prices_include_tax_the_total_is_what_the_shelf_says(self, client: Client) -> None:
        TaxRate.objects.create(name="VAT", country="US", rate="19", valid_from=date(2020, 1, 1))
        TaxSettings.objects.create(includes_tax=True)
        put(client, a_thing("Parcel of soap", 1190))
        tell(client)
        quoted = look(client).context["quote"]
        assert (quoted.total, quoted.tax) == (1690, 190 + 80)

    def test_another_way_of_delivery_is_another_total(self, client: Client) -> None:
        put(client, a_thing("Parcel of soap", 1000))
        tell(client)
        client.post(reverse("checkout_review"), {"step": "delivery", "delivery": "courier"})
        assert look(client).context["quote"].total == 2500

    def test_where_nothing_is_sent_to_nobody_can_pay(self, client: Client, connected_sandbox: Sandbox) -> None:
        put(client, a_thing("Parcel of soap", 1000))
        tell(client, country="FR", region="", postcode="75001")
        assert "We can’t send this to France" in look(client).content.decode()
        assert client.post(reverse("checkout_review"), {"step": "pay", "total": "1000"}).status_code == 422
        assert not Payment.objects.exists()

    def test_a_code_lowers_sales_and_never_gifts(self, client: Client) -> None:
        DiscountCode.objects.create(code="SPRING", percent="10", currency="USD")
        put(client, a_thing(amount=2000))
        put(client, a_thing("A gift", 5000, account=Account.GIFTS))
        tell(client)
        client.post(reverse("checkout_review"), {"step": "code", "code": "spring"})
        quoted = look(client).context["quote"]
        assert (quoted.discount, quoted.total) == (200, 6800)
        client.post(reverse("checkout_review"), {"step": "no_code"})
        assert look(client).context["quote"].total == 7000

    def test_a_wrong_code_is_told_beside_the_field_and_kept(self, client: Client) -> None:
        put(client, a_thing())
        tell(client)
        answer = client.post(reverse("checkout_review"), {"step": "code", "code": "NOSUCH"})
        assert answer.status_code == 422
        assert "We don’t know this code" in answer.content.decode() and 'value="NOSUCH"' in answer.content.decode()

    def test_a_price_that_changed_is_pointed_out_and_must_be_seen_before_paying(
        self, client: Client, connected_sandbox: Sandbox
    ) -> None:
        thing = a_thing(amount=2500)
        put(client, thing)
        tell(client)
        Offering.objects.update(amount=2700)
        assert "It cost $25.00 when you put it here" in client.get(reverse("basket")).content.decode()
        answer = client.post(reverse("checkout_review"), {"step": "pay", "total": "2500"})
        assert answer.status_code == 422 and "Please look at the total again" in answer.content.decode()
        assert not Payment.objects.exists()

    def test_a_row_more_costs_no_query_more(self, client: Client, django_assert_max_num_queries: Any) -> None:
        put(client, a_thing("First"))
        tell(client)
        with django_assert_max_num_queries(60) as asked:
            look(client)
        few = len(asked)
        for number in range(8):
            put(client, a_thing(f"Thing {number}"))
        with django_assert_max_num_queries(few):
            look(client)


class TestPaying:
    def test_a_sale_and_a_gift_in_one_payment_are_booked_apart(
        self, client: Client, connected_sandbox: Sandbox
    ) -> None:
        an_issuer()
        TaxRate.objects.create(name="Sales tax", country="US", rate="5.5", valid_from=date(2020, 1, 1))
        put(client, a_thing(amount=2000), 2)
        put(client, a_thing("A gift", 5000, account=Account.GIFTS))
        tell(client)
        answer = pay(client)
        assert answer.status_code == 303
        payment = settle(connected_sandbox)
        assert payment.status == Payment.Status.PAID and payment.amount == 4000 + 220 + 5000
        booked = dict(Entry.objects.filter(transaction=payment.transaction).values_list("credit", "amount"))
        assert booked == {Account.SHOP_SALES: 4000, Account.SALES_TAX: 220, Account.GIFTS: 5000}
        assert Receipt.objects.get().amount == 5000
        assert not BasketItem.objects.exists()
        assert Basket.objects.get().email == ""
        assert books_balance()

    def test_two_clicks_end_in_one_checkout(self, client: Client, connected_sandbox: Sandbox) -> None:
        put(client, a_thing())
        tell(client)
        assert pay(client)["Location"] == pay(client)["Location"]
        assert Payment.objects.count() == 1

    def test_the_last_one_can_be_tried_again_by_whoever_holds_it(
        self, client: Client, connected_sandbox: Sandbox
    ) -> None:
        thing = a_thing(left=1)
        put(client, thing)
        tell(client)
        pay(client)
        thing.refresh_from_db()
        assert thing.left == 0
        assert "sold out" not in client.get(reverse("basket") + "?back=1").content.decode()
        put(client, a_thing("Bowl", 900))
        answer = pay(client)
        assert answer.status_code == 303
        thing.refresh_from_db()
        assert thing.left == 0
        assert sorted(Payment.objects.values_list("status", flat=True)) == ["expired", "open"]

    def test_the_last_one_that_was_taken_out_can_be_put_back(self, client: Client, connected_sandbox: Sandbox) -> None:
        thing = a_thing(left=1)
        put(client, thing)
        tell(client)
        pay(client)
        client.post(reverse("basket_change", args=[BasketItem.objects.get().pk]), {"take_out": "1"})
        thing.refresh_from_db()
        assert thing.left == 1 and Payment.objects.get().status == Payment.Status.EXPIRED
        client.post(reverse("basket_put_back"))
        assert "sold out" not in client.get(reverse("basket")).content.decode()
        assert pay(client).status_code == 303

    def test_what_was_paid_for_a_moment_ago_is_not_taken_out(self, client: Client, connected_sandbox: Sandbox) -> None:
        put(client, a_thing(left=1))
        tell(client)
        pay(client)
        connected_sandbox.complete(Payment.objects.get().session_id or "")
        item = BasketItem.objects.get()
        answer = client.post(reverse("basket_change", args=[item.pk]), {"take_out": "1"})
        assert answer["Location"] != reverse("basket") and BasketItem.objects.filter(pk=item.pk).exists()

    def test_who_comes_second_is_told_and_not_charged(self, client: Client, connected_sandbox: Sandbox) -> None:
        thing, other = a_thing(left=1), Client()
        for one in (client, other):
            put(one, thing)
            tell(one)
        total = {"step": "pay", "total": "2500"}
        assert client.post(reverse("checkout_review"), total).status_code == 303
        answer = other.post(reverse("checkout_review"), total, follow=True)
        assert "This is sold out" in answer.content.decode()
        assert Payment.objects.count() == 1

    def test_what_is_gone_between_look_and_order_takes_all_of_it_back(
        self, client: Client, connected_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        thing = a_thing(left=1)
        put(client, thing)
        tell(client)
        monkeypatch.setattr("tests.offering.goods._priced", _as_if_any_number(thing))
        Offering.objects.update(left=0)
        answer = client.post(reverse("checkout_review"), {"step": "pay", "total": "2500"})
        assert answer.status_code == 422 and "Scarf is sold out." in answer.content.decode()
        assert not Payment.objects.exists() and Offering.objects.count() == 1

    def test_what_is_put_in_while_paying_stays(self, client: Client, connected_sandbox: Sandbox) -> None:
        scarf = a_thing()
        put(client, scarf)
        tell(client)
        pay(client)
        put(client, scarf, 2)
        put(client, a_thing("Bowl"))
        settle(connected_sandbox)
        assert sorted(BasketItem.objects.values_list("quantity", flat=True)) == [1, 2]

    def test_nothing_to_pay_asks_stripe_for_nothing(self, client: Client, connected_sandbox: Sandbox) -> None:
        DiscountCode.objects.create(code="ALL", percent="100", currency="USD")
        put(client, a_thing())
        tell(client)
        client.post(reverse("checkout_review"), {"step": "code", "code": "ALL"})
        answer = client.get(pay(client)["Location"])
        assert b"Nothing to pay this time" in answer.content
        assert Payment.objects.get().status == Payment.Status.PAID
        assert DiscountUse.objects.get().state == DiscountUse.State.USED
        assert Offering.objects.get(of__isnull=False).paid_count == 1

    def test_a_code_for_one_use_is_no_hindrance_to_its_own_second_try(
        self, client: Client, connected_sandbox: Sandbox
    ) -> None:
        DiscountCode.objects.create(code="ONCE", percent="10", currency="USD", most_uses=1)
        put(client, a_thing())
        tell(client)
        client.post(reverse("checkout_review"), {"step": "code", "code": "ONCE"})
        pay(client)
        put(client, a_thing("Bowl"))
        assert pay(client).status_code == 303
        assert DiscountCode.objects.get().uses == 1

    def test_an_expired_checkout_gives_back_and_keeps_the_basket(
        self, client: Client, connected_sandbox: Sandbox
    ) -> None:
        thing = a_thing(left=1)
        put(client, thing)
        tell(client)
        pay(client)
        session = Payment.objects.get().session_id or ""
        gateway.expire_session(session)
        worker.sync("checkout.session", session)
        thing.refresh_from_db()
        assert thing.left == 1 and BasketItem.objects.get().at_checkout == 0


def _as_if_any_number(thing: Offering) -> Any:
    from payments.goods import Priced

    def priced(_: Offering, held: int) -> Priced:
        return Priced(reference=str(thing.pk), title=thing.name, unit_amount=thing.amount)

    return priced


class TestTheAddress:
    def test_a_postcode_that_does_not_fit_is_told_beside_the_field(self, client: Client) -> None:
        put(client, a_thing("Parcel of soap", 1000))
        answer = tell(client, country="CA", region="QC", postcode="12345")
        assert answer.status_code == 422
        assert "postcode" in answer.context["form"].errors
        assert "2 Mill Lane" in answer.content.decode()
        assert Basket.objects.get().email == ""

    @pytest.mark.parametrize(
        ("country", "region", "city", "postcode", "line"),
        [("US", "ME", "Portland", "04101", "Portland, ME 04101"), ("DE", "", "Leipzig", "04103", "04103 Leipzig")],
    )
    def test_before_paying_it_reads_as_its_country_writes_it(
        self, client: Client, country: str, region: str, city: str, postcode: str, line: str
    ) -> None:
        put(client, a_thing("Parcel of soap", 1000))
        tell(client, country=country, region=region, city=city, postcode=postcode)
        assert f"Bob Brown<br>2 Mill Lane<br>{line}<br>" in look(client).content.decode()

    def test_what_is_not_sent_asks_for_no_address(self, client: Client) -> None:
        put(client, a_thing())
        page = client.get(reverse("checkout_details")).content.decode()
        assert 'name="country"' in page and 'name="line1"' not in page

    def test_what_is_put_in_later_and_sent_asks_for_the_address_before_paying(
        self, client: Client, connected_sandbox: Sandbox
    ) -> None:
        put(client, a_thing())
        tell(client)
        put(client, a_thing("Parcel of soap", 1000))
        typed = {"step": "pay", "total": str(2500 + 1000 + 500)}
        for answer in (look(client), client.post(reverse("checkout_review"), typed)):
            assert answer["Location"] == reverse("checkout_details")
        assert not Payment.objects.exists()
        tell(client)
        assert look(client).status_code == 200

    def test_a_known_address_is_kept_where_none_is_asked_for(
        self, client: Client, alice: User, connected_sandbox: Sandbox
    ) -> None:
        own = find_or_create_payer(kind="person", name="Alice Adams", email=alice.email, line1="1 Elm", user=alice)
        client.force_login(alice)
        put(client, a_thing())
        tell(client)
        pay(client)
        own.refresh_from_db()
        assert own.line1 == "1 Elm"

    def test_a_guest_is_never_given_the_address_of_another_guest(
        self, client: Client, connected_sandbox: Sandbox
    ) -> None:
        find_or_create_payer(kind="person", name="Carol Clark", email="carol@example.org", line1="9 Hidden Way")
        put(client, a_thing())
        tell(client)
        pay(client)
        assert Payment.objects.get().payer.line1 == ""
