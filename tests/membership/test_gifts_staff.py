"""Gifts for staff: listed, filtered, exported and read; the message to a family sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.log_actions import registry

from accounts.models import OutgoingMail, User
from membership.campaign_progress import progress
from membership.models import Campaign, Gift, GivingSettings, MatchPool
from payments.models import Issue
from receipts.checks import books_problems
from receipts.ledger import unrefunded
from receipts.models import Fund, Receipt
from tests.membership.campaigner import a_campaign, a_pool
from tests.membership.giver import Giver, make_gifts
from tests.membership.test_tributes import FAMILY, IN_MEMORY
from tests.membership.way import text_of
from tests.payments import desk as payment_desk
from tests.receipts import cast
from tests.receipts.books import an_issuer

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("terry@example.org"))
    return client


@pytest.fixture
def gift(connected_sandbox: Sandbox, client: Client) -> Gift:
    giver = Giver(sandbox=connected_sandbox, client=client)
    giver.give(**IN_MEMORY, covers_fee="on")
    giver.pay()
    return Gift.objects.get()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fund={roof}", 1),
        ("campaign={boat}", 1),
        ("interval=once", 3),
        ("interval=month", 1),
        ("method=cash", 1),
        ("state=given", 3),
        ("tribute=memory", 2),
        ("q=Giver 0", 1),
        ("q=%00", 4),
    ],
)
def test_the_listing_is_filtered(desk: Client, query: str, found: int) -> None:
    make_gifts(4)
    roof, boat = Fund.objects.create(name="Roof"), Campaign.objects.create(name="Boat", slug="boat", goal_amount=1)
    first, second, third, _ = Gift.objects.order_by("pk")
    Gift.objects.filter(pk=first.pk).update(fund=roof)
    Gift.objects.filter(pk=second.pk).update(campaign=boat, interval="month", state="active")
    Gift.objects.filter(pk=third.pk).update(method="cash")
    answer = desk.get(f"{reverse('gifts:index')}?{query.format(roof=roof.pk, boat=boat.pk)}")
    assert len(answer.context["object_list"]) == found


def test_a_longer_listing_asks_no_more_questions(desk: Client) -> None:
    make_gifts(2)
    desk.get(reverse("gifts:index"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(reverse("gifts:index"))
    make_gifts(30)
    with CaptureQueriesContext(connection) as many:
        desk.get(reverse("gifts:index"))
    assert len(many) <= len(few)


def test_the_export_guards_its_cells(desk: Client, gift: Gift) -> None:
    Gift.objects.update(came_from="=1+1")
    text = b"".join(desk.get(reverse("gifts:index"), {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert "51.81" in text and "1.81" in text and "In memory of somebody" in text
    assert ",=1+1" not in text
    assert desk.get(reverse("gifts:index"), {"export": "xlsx"}).status_code == 200


@pytest.mark.parametrize("name", ["gifts", "movements"])
def test_who_may_only_look_takes_no_file_along(gift: Gift, name: str) -> None:
    user = User.objects.create_user("look@example.org")
    looking = ["access_admin", f"view_{name.removesuffix('s')}"]
    user.user_permissions.set(Permission.objects.filter(codename__in=looking))
    looker = Client()
    looker.force_login(user)
    address = reverse(f"{name}:index")
    assert "export=csv" not in looker.get(address).content.decode()
    for kind in ("csv", "xlsx"):
        assert looker.get(address, {"export": kind}).status_code == 302
    user.user_permissions.add(Permission.objects.get(codename=f"export_{name.removesuffix('s')}"))
    assert "export=csv" in looker.get(address).content.decode()
    for kind in ("csv", "xlsx"):
        assert looker.get(address, {"export": kind})["Content-Disposition"].startswith("attachment")


def test_fundraisers_see_who_gave_and_how_it_went(gift: Gift) -> None:
    fatima = cast.signed_in(cast.in_group("Fundraisers", "fatima@example.org"))
    addresses = [reverse(f"{name}:index") for name in ("gifts", "memberships", "movements", "recurring_revenue")]
    for address in (*addresses, reverse("gifts:inspect", args=[gift.pk])):
        assert fatima.get(address).status_code == 200, address


def test_part_of_a_gift_given_back_is_booked_leaves_its_campaign_and_frees_the_match(
    connected_sandbox: Sandbox, client: Client
) -> None:
    boat = a_campaign()
    pool = a_pool(boat)
    an_issuer()
    giver = Giver(sandbox=connected_sandbox, client=client)
    giver.give(purpose="campaign-boat", covers_fee="on")
    payment = giver.pay()
    assert (progress(boat).settled, matched(pool)) == (5000, 5000)
    receipt = Receipt.objects.get()

    tamara = payment_desk.signed_in(payment_desk.treasurer())
    given, covered = payment.lines.order_by("pk")
    refund = {"reason": "Gave more than they meant to", "given_back": 0}
    refund |= {f"quantity_{line.pk}": "" for line in (given, covered)}
    refund |= {f"amount_{given.pk}": "20.00", f"amount_{covered.pk}": ""}
    address = reverse("payments:refund", args=[payment.pk])
    page = tamara.post(address, refund).content.decode()
    assert "Give $20.00 back to" in page and not payment.refunds.exists()
    assert tamara.post(address, {**refund, "step": "confirmed"}).status_code == 302

    assert payment.refunds.get().amount == 2000
    assert unrefunded(payment.transaction) == payment.amount - 2000
    # What covers the card costs stays, as staff chose.
    assert (progress(boat).settled, matched(pool)) == (3000, 3000)
    receipt.refresh_from_db()
    assert receipt.voided_at
    assert "$20.00 went back" in Issue.objects.get(kind="refund_partial", payment=payment).detail
    assert not books_problems()


def matched(pool: MatchPool) -> int:
    return MatchPool.objects.get(pk=pool.pk).matched


def test_staff_read_a_gift_and_send_its_message_again(desk: Client, gift: Gift) -> None:
    page = text_of(desk.get(reverse("gifts:inspect", args=[gift.pk])))
    assert "$51.81 once , of it $1.81" in page.replace("once,", "once ,") and FAMILY in page
    desk.post(reverse("gifts:resend", args=[gift.pk]))
    assert OutgoingMail.objects.filter(to=FAMILY).count() == 2
    assert registry.get_logs_for_instance(gift).filter(action="membership.resend_tribute").exists()


def test_who_may_only_look_cannot_send(gift: Gift) -> None:
    user = User.objects.create_user("look@example.org")
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_gift"]))
    looker = Client()
    looker.force_login(user)
    assert looker.get(reverse("gifts:inspect", args=[gift.pk])).status_code == 200
    looker.post(reverse("gifts:resend", args=[gift.pk]))
    assert OutgoingMail.objects.filter(to=FAMILY).count() == 1


def test_a_stranger_sees_no_gifts_of_others(gift: Gift, charlie: User) -> None:
    stranger = Client()
    stranger.force_login(charlie)
    for address in (reverse("gifts:index"), reverse("gifts:inspect", args=[gift.pk])):
        assert stranger.get(address).status_code in {302, 403, 404}


def test_the_settings_refuse_what_makes_no_sense(desk: Client) -> None:
    address = reverse("wagtailsettings:edit", args=["membership", "givingsettings"])
    address = desk.get(address, follow=True).request["PATH_INFO"]
    typed = {"minimum": "2.50", "suggested_once": "5 10.50 x", "fee_basis_points": "290", "offers_fee_cover": "on"}
    assert "suggested_once" in desk.post(address, typed).context["form"].errors
    assert desk.post(address, {**typed, "suggested_once": "10.50 5"}).status_code == 302
    saved = GivingSettings.load()
    assert (saved.smallest, saved.suggested("")) == (250, [500, 1050])


def test_suggestions_of_another_currency_break_nothing(settings: Any, client: Client) -> None:
    GivingSettings.objects.create(suggested_once="10.50 20")
    settings.REPORTING_CURRENCY = "JPY"
    assert client.get("/give/").status_code == 200
