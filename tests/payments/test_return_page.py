from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from payments import checkout
from payments.models import Payment
from payments.views import SESSION_KEY
from receipts.chart import Account
from tests.offering.models import Offering
from tests.payments import desk
from tests.receipts.books import a_payer, an_issuer, books_balance

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


def return_address(payment: Payment) -> str:
    return f"{reverse('checkout_return')}?session={payment.session_id}"


def come_back(payment: Payment, client: Client | None = None) -> Any:
    return (client or Client()).get(return_address(payment))


def the_payers_browser(payment: Payment) -> Client:
    """The browser that started the checkout."""
    client = Client()
    session = client.session
    session[SESSION_KEY] = [str(payment.public_id)]
    session.save()
    return client


def started(sandbox: Sandbox, **fields: Any) -> Payment:
    offering = Offering.objects.create(**fields)
    return checkout.start(payer=a_payer(), payables=[offering], interval=fields.get("interval", ""), cancel_path="/")


def test_paid_page_thanks_and_tells_what_how_often_and_how_much_is_receiptable(connected_sandbox: Sandbox) -> None:
    an_issuer()
    tote = {"label": "Tote bag", "kind": "goods", "fair_value": 2000, "cost": 2000, "bears_logo": False}
    payment = started(
        connected_sandbox, name="Lantern membership", account=Account.DUES, amount=15000, interval="month",
        advantages=[tote],
    )  # fmt: skip
    connected_sandbox.complete(str(payment.session_id))
    page = come_back(payment, the_payers_browser(payment)).content.decode()
    receipt = Payment.objects.get(pk=payment.pk).transaction.receipts.get()  # type: ignore[union-attr]
    for text in ("Thank you, Grace Okafor", "Lantern membership", "$150.00", "every month", "$130.00", receipt.label):
        assert text in page, text
    assert "grace@example.org" in page
    assert books_balance()


def test_paid_page_of_a_payment_made_once_says_once(connected_sandbox: Sandbox) -> None:
    payment = started(connected_sandbox)
    connected_sandbox.complete(str(payment.session_id))
    page = come_back(payment, the_payers_browser(payment)).content.decode()
    assert "once" in page
    assert "every month" not in page


def test_what_a_bank_still_works_on_is_shown_with_its_tax(connected_sandbox: Sandbox) -> None:
    payment = started(
        connected_sandbox, parts=[{"amount": 3000, "tax": 570, "quantity": 3}], account=Account.SHOP_SALES
    )
    connected_sandbox.complete(str(payment.session_id), "sepa_paid_later")
    page = come_back(payment, the_payers_browser(payment)).content.decode()
    for text in ("3 × A gift", "$30.00", "$5.70", "$35.70"):
        assert text in page, text


def test_a_sale_says_that_it_has_no_tax_receipt() -> None:
    an_issuer()
    payment = desk.a_paid_payment(account=Account.SHOP_SALES)
    assert "There is no tax receipt" in come_back(payment, the_payers_browser(payment)).content.decode()


def test_only_the_signed_in_payer_is_offered_the_receipts_file() -> None:
    an_issuer()
    payment = desk.a_paid_payment()
    receipt = payment.transaction.receipts.get()  # type: ignore[union-attr]
    browser = the_payers_browser(payment)
    assert receipt.get_absolute_url() not in come_back(payment, browser).content.decode()
    user = User.objects.create_user("alice@example.org")
    type(payment.payer).objects.filter(pk=payment.payer_id).update(user=user)
    browser.force_login(user)
    assert receipt.get_absolute_url() in come_back(payment, browser).content.decode()


@pytest.mark.parametrize("status", [Payment.Status.PAID, Payment.Status.PARKED, Payment.Status.EXPIRED])
def test_a_strangers_browser_is_told_no_detail(status: str) -> None:
    an_issuer()
    payment = desk.a_paid_payment(name="Noor Haddad", amount=123456)
    Payment.objects.filter(pk=payment.pk).update(status=status)
    charlie = desk.signed_in(User.objects.create_user("charlie@example.org"))
    for client in (Client(), charlie):
        response = come_back(payment, client)
        assert response.status_code == 200
        page = response.content.decode()
        for secret in ("Noor", "1,234.56", str(payment.payer.email), "A gift"):
            assert secret not in page, secret


def test_an_unknown_session_is_not_found() -> None:
    address = reverse("checkout_return")
    for query in ("", "?session=", "?session=cs_unknown", "?session=%00"):
        assert Client().get(address + query).status_code == 404, query


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (Payment.Status.OPEN, "We are confirming your payment"),
        (Payment.Status.PROCESSING, "Your payment is on its way"),
        (Payment.Status.PARKED, "We are checking your payment"),
    ],
)
def test_waiting_page_says_what_happens_and_looks_again(connected_sandbox: Sandbox, status: str, heading: str) -> None:
    payment = started(connected_sandbox)
    Payment.objects.filter(pk=payment.pk).update(status=status)
    page = come_back(payment, the_payers_browser(payment)).content.decode()
    assert heading in page
    assert f'data-waiting="{status}"' in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert "<script>" not in page


def test_stripe_down_shows_the_waiting_page_and_no_error(connected_sandbox: Sandbox) -> None:
    payment = started(connected_sandbox)
    connected_sandbox.complete(str(payment.session_id))
    connected_sandbox.fault("GET /v1/checkout/sessions/{session}", "503", times=20)
    connected_sandbox.fault("*", "503", times=20)
    response = come_back(payment)
    assert response.status_code == 200
    assert "We are confirming your payment" in response.content.decode()
    connected_sandbox.clear_faults()
    assert "Thank you" in come_back(payment).content.decode()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Payment.Status.EXPIRED, "its time ran out before anything was paid"),
        (Payment.Status.FAILED, "The bank did not carry the payment out"),
    ],
)
def test_unpaid_page_says_that_no_money_was_taken_and_leads_back(
    connected_sandbox: Sandbox, status: str, sentence: str
) -> None:
    payment = started(connected_sandbox)
    Payment.objects.filter(pk=payment.pk).update(status=status)
    payment.items.update(is_open=False)
    page = come_back(payment, the_payers_browser(payment)).content.decode()
    assert sentence in page
    assert "No money was taken." in page
    assert 'href="/"' in page


def test_nothing_of_the_page_is_kept_by_a_cache() -> None:
    response = come_back(desk.a_paid_payment())
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_pages_are_accessible_and_the_waiting_one_moves_on_by_itself(
    live_server: Any, browser: BrowserContext, connected_sandbox: Sandbox
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    an_issuer()
    payment = started(connected_sandbox, name="A gift to the night shelter")
    cookie = the_payers_browser(payment).cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = browser.new_page()
    page.goto(live_server.url + return_address(payment))
    assert page.get_by_role("heading", level=1).inner_text() == "We are confirming your payment"
    assert Axe().run(page).response["violations"] == []

    connected_sandbox.complete(str(payment.session_id))
    page.get_by_role("heading", name="Thank you, Grace Okafor").wait_for(timeout=20_000)
    assert Axe().run(page).response["violations"] == []

    unpaid = started(connected_sandbox)
    Payment.objects.filter(pk=unpaid.pk).update(status=Payment.Status.FAILED)
    page.goto(live_server.url + return_address(unpaid))
    assert page.get_by_role("heading", level=1).inner_text() == "The payment did not go through"
    assert Axe().run(page).response["violations"] == []
