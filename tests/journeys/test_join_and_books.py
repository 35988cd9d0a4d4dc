"""The spine: somebody joins on the website, and it is in the books."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from payments.models import Event, Payment
from receipts.checks import books_problems
from receipts.models import Receipt
from tests.cast import a_user
from tests.journeys.walking import Walker

if TYPE_CHECKING:
    from playwright.sync_api import Page

if not apps.is_installed("membership"):
    pytest.skip("membership/ was deleted, and with it the way that this journey takes", allow_module_level=True)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

GRACE = "grace@example.org"
PASSWORD = "a long enough password"
EMAIL = re.compile("e-?mail", re.IGNORECASE)


def join(walker: Walker) -> None:
    """From the home page to Stripe's checkout page."""
    page = walker.page
    walker.go("/")
    page.get_by_role("main").get_by_role("link", name="Become a member").first.click()
    walker.page.wait_for_load_state()
    walker.look()
    page.get_by_role("link", name="See yearly prices").click()
    page.wait_for_url("**/join/**")
    walker.look()
    page.get_by_role("link", name="Choose Ally").click()
    walker.look()
    page.get_by_label("Full name").fill("Grace Okafor")
    page.get_by_label("E-mail address").fill(GRACE)
    page.get_by_label("Address", exact=True).fill("12 Lantern Court")
    page.get_by_label("Town or city").fill("Portland")
    page.get_by_label("State").select_option("ME")
    page.get_by_label("ZIP code").fill("04101")
    walker.click("button", "Check before paying")
    walker.reads("tax-deductible", "$400.00")
    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url("**/c/pay/**")
    walker.look()


def pay(walker: Walker, outcome: str) -> None:
    page = walker.page
    page.get_by_role("radio", name=outcome).check()
    page.get_by_role("button", name="Pay").or_(page.get_by_role("button", name="Subscribe")).first.click()
    page.wait_for_load_state()


def test_a_supporter_joins_and_finds_everything_in_the_account(walker: Walker) -> None:
    join(walker)
    pay(walker, "Payment succeeds")
    walker.page.wait_for_url("**/checkout/return/**")
    walker.look()
    walker.reads("Thank you", "$400.00")

    walker.go("/accounts/login/")
    walker.page.get_by_label(EMAIL).fill(GRACE)
    walker.page.get_by_role("main").get_by_role("button").first.click()
    walker.page.wait_for_load_state()
    walker.look()
    walker.page.get_by_label("code", exact=False).first.fill(walker.code_from_mail(GRACE))
    walker.page.get_by_role("main").get_by_role("button").first.click()
    walker.page.wait_for_url("**/account/")
    walker.look()
    walker.reads("Ally", "$400.00", "Receipt")

    receipt = Receipt.objects.get()
    assert receipt.label in walker.page.inner_text("main")
    assert walker.fetch(f"a[href*='{receipt.public_id}']").startswith(b"%PDF-")
    assert not books_problems()


def test_a_declined_card_loses_nothing(walker: Walker) -> None:
    join(walker)
    pay(walker, "Card is declined")
    walker.look()
    assert "declined" in walker.page.inner_text("main").lower()
    assert not Payment.objects.paid().exists()
    pay(walker, "Payment succeeds")
    walker.page.wait_for_url("**/checkout/return/**")
    walker.reads("Thank you")
    assert Payment.objects.paid().count() == 1


def test_finance_finds_the_payment_its_event_its_receipt_and_the_report(
    walker: Walker, stripe_tells: Callable[[], None], settings: object, tmp_path: Path
) -> None:
    join(walker)
    pay(walker, "Payment succeeds")
    walker.page.wait_for_url("**/checkout/return/**")
    stripe_tells()
    settings.STAFF_SECOND_FACTOR = False  # type: ignore[attr-defined]
    sign_in_as_finance(walker)
    page = walker.page
    payment, receipt = Payment.objects.get(), Receipt.objects.get()

    walker.go("/admin/payments/")
    page.get_by_role("link", name=str(payment)).or_(page.get_by_role("link", name="Grace Okafor")).first.click()
    page.wait_for_load_state()
    walker.look()
    walker.reads("$400.00", "Ally membership, yearly", payment.charge_id or "", receipt.label)
    walker.reads(Event.objects.get(type="invoice.paid").event_id)

    assert walker.fetch(f"a[href*='{receipt.public_id}'][href$='.pdf']").startswith(b"%PDF-")

    walker.go(reverse("income_report:index"))
    walker.reads("Membership dues", "$400.00")
    assert page.locator("main svg, #main svg").count() >= 1
    assert export(page, "CSV", tmp_path) == export(page, "XLSX", tmp_path)


def sign_in_as_finance(walker: Walker) -> None:
    tess: User = a_user("tess@example.org", "Tess Tanaka")
    tess.set_password(PASSWORD)
    tess.save()
    tess.groups.add(Group.objects.get(name="Finance"))
    walker.go("/accounts/login/password/")
    walker.page.get_by_label(EMAIL).fill(tess.email)
    walker.page.get_by_label("Password").first.fill(PASSWORD)
    walker.page.get_by_role("main").get_by_role("button").first.click()
    walker.page.wait_for_load_state()


def export(page: Page, kind: str, folder: Path) -> list[list[str]]:
    """Download the report and return its cells as texts."""
    with page.expect_download() as download:
        page.get_by_role("link", name=kind, exact=False).first.click()
    saved = folder / f"income.{kind.lower()}"
    download.value.save_as(saved)
    if kind == "CSV":
        return [list(row) for row in csv.reader(io.StringIO(saved.read_text("utf-8-sig")))]
    sheet = openpyxl.load_workbook(saved).active
    assert sheet is not None
    return [[as_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def as_text(cell: object) -> str:
    """A cell as the CSV has it: a sheet holds amounts as numbers, so that people can add them up."""
    return f"{cell:.2f}" if isinstance(cell, int | float) else str(cell or "")
