"""The shop: browsed, bought in and sent from; and money that goes back to a customer and on to makers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from accounts.models import OutgoingMail
from payments.models import Payment, Refund
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.ledger import account_balance
from receipts.models import Entry, Invoice, Receipt
from tests.cast import a_user
from tests.journeys.walking import Walker

if not apps.is_installed("shop"):
    pytest.skip("shop/ was deleted, and with it the way that this journey takes", allow_module_level=True)

from shop.models import Order  # noqa: E402 (only where the shop is)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PASSWORD = "a long enough password"


def put_in(walker: Walker, product: str, variant: str = "") -> None:
    page = walker.page
    walker.go(f"/shop/{product}/")
    if variant:
        page.get_by_role("radio", name=re.compile(variant)).check()
    page.get_by_role("button", name="Put into the basket").click()
    page.wait_for_url(re.compile("/basket/"))
    if "/basket/add/" in page.url:
        walker.look()
        page.get_by_role("button", name="Put into the basket").click()
        page.wait_for_url("**/basket/")
    walker.look()


def buy_as_a_guest(walker: Walker) -> None:
    """Browse, filter, two things and a gift, to the thanks."""
    page = walker.page
    walker.go("/shop/")
    page.get_by_label("Bags").check()
    page.get_by_role("button", name="Show products").click()
    page.wait_for_url("**/shop/?category=bags*")
    walker.look()
    put_in(walker, "harbour-tote", "Natural")
    put_in(walker, "zip-pouch", "Rust")
    page.get_by_role("button", name="$5.00").click()
    page.wait_for_load_state()
    walker.click("link", "Go to the checkout")
    page.get_by_label("Full name").fill("Grace Okafor")
    page.get_by_label(re.compile("^E-mail")).fill("grace@example.org")
    page.get_by_label("Address", exact=True).fill("12 Lantern Court")
    page.get_by_label("Town or city").fill("Portland")
    page.get_by_label("State").select_option("ME")
    page.get_by_label("ZIP code").fill("04101")
    walker.click("button", "Go on to the total")
    walker.reads("Post", "Maine sales tax")
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_role("radio", name="Payment succeeds").check()
    page.get_by_role("button", name="Pay").first.click()
    page.wait_for_url("**/checkout/return/**")
    walker.look()
    walker.reads("Thank you")


def link_in_mail() -> str:
    """To the order, from the newest mail that has one."""
    texts = OutgoingMail.objects.order_by("-pk").values_list("text", flat=True)
    return next(found[0].rstrip(".") for text in texts if (found := re.search(r"https?://\S+/order/[^\s/]+/", text)))


def sign_in_as_staff(walker: Walker) -> None:
    tess = a_user("tess@example.org", "Tess Tanaka")
    tess.is_superuser = True
    tess.set_password(PASSWORD)
    tess.save()
    walker.go("/accounts/login/password/")
    walker.page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill(tess.email)
    walker.page.get_by_label("Password").first.fill(PASSWORD)
    walker.page.get_by_role("main").get_by_role("button").first.click()
    walker.page.wait_for_load_state()


def press(walker: Walker, role: str, name: str) -> None:
    walker.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
    walker.page.wait_for_load_state()


def pick(walker: Walker, order: Order) -> None:
    """Ticked in the list of what waits, and taken from the shelf by its paper."""
    walker.go("/admin/shop_orders/pack/")
    ticked = walker.page.get_by_role("checkbox", name=f"Order {order.number}")
    ticked.check()
    # Asked for beside the page: a tab with a PDF looks for an icon that no site has for it.
    way = walker.page.get_by_role("button", name="Pick list").get_attribute("formaction")
    paper = walker.page.request.get(f"{walker.address}{way}?order={ticked.get_attribute('value')}")
    assert paper.ok and paper.body().startswith(b"%PDF-")


def send_all(walker: Walker, order: Order) -> None:
    walker.go(f"/admin/shop_orders/inspect/{order.pk}/")
    assert walker.fetch("a[href*='slips']").startswith(b"%PDF-")
    assert walker.fetch("a[href*='labels']").startswith(b"%PDF-")
    press(walker, "link", "Send")
    walker.page.get_by_label("Tracking number").fill("LT-4711")
    press(walker, "button", "It is on its way")


def ask_for_a_return(walker: Walker, address: str) -> None:
    walker.page.goto(address)
    walker.look()
    walker.reads("LT-4711")
    walker.click("link", "Send something back")
    walker.page.get_by_label(re.compile("Zip pouch")).fill("1")
    walker.click("button", "Ask for the return")


def test_a_guest_buys_follows_and_sends_one_back_and_staff_do_their_part(
    walker: Walker, stripe_tells: Callable[[], None], settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    buy_as_a_guest(walker)
    stripe_tells()
    order, payment = Order.objects.get(), Payment.objects.get()
    assert order.state == Order.State.PAID
    booked = {entry.credit for entry in Entry.objects.filter(transaction=payment.transaction)}
    assert {Account.SHOP_SALES, Account.SHIPPING_INCOME, Account.SALES_TAX, Account.GIFTS} <= booked
    # The gift is receipted and the sale invoiced; neither stands on the other's paper.
    assert Receipt.objects.get().amount == 500
    assert Invoice.objects.count() == 1
    address = link_in_mail()
    walker.page.goto(address)
    walker.look()
    walker.reads("Harbour tote", "Zip pouch")

    browser = walker.page.context.browser
    assert browser is not None
    staff = Walker(browser.new_context().new_page(), walker.address)
    sign_in_as_staff(staff)
    pick(staff, order)
    send_all(staff, order)
    ask_for_a_return(walker, address)
    take_back(staff, order)
    stripe_tells()
    refund = Refund.objects.get()
    pouch = order.order_lines.get(title="Zip pouch")
    assert refund.amount == pouch.amount + pouch.tax
    assert Receipt.objects.get().is_live
    pay_makers(staff)
    assert not books_problems()


def take_back(staff: Walker, order: Order) -> None:
    """Accept the return, receive it, give its money back."""
    here = f"/admin/shop_orders/inspect/{order.pk}/"
    staff.go(here)
    press(staff, "link", "Answer")
    staff.page.get_by_label("Take it back").check()
    press(staff, "button", "Send the answer")
    staff.go(here)
    press(staff, "link", "It came back")
    press(staff, "button", "Note that it came back")
    press_again(staff)
    staff.go(here)
    press(staff, "link", "Give the money back")
    press(staff, "button", "Give the money back")
    press_again(staff)


def press_again(staff: Walker) -> None:
    """The second look, where there is one."""
    sure = staff.page.get_by_role("button", name=re.compile("^Yes"))
    if sure.count():
        sure.first.click()
        staff.page.wait_for_load_state()


def pay_makers(staff: Walker) -> None:
    # What is owed stands on the credit side: the tote that was kept, 16.00.
    assert account_balance(Account.MAKER_PAY_OWED, currency="USD") == -1600
    staff.go("/admin/maker_payouts/draw-up/")
    press(staff, "button", "Draw it up")
    press(staff, "link", "The makers are paid")
    staff.page.get_by_role("radio").first.check()
    staff.page.get_by_label("Every maker on this sheet").check()
    press(staff, "button", "Book it as paid")
    assert account_balance(Account.MAKER_PAY_OWED, currency="USD") == 0
