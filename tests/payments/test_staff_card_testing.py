from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from payments.guard import limits, safe_mode, tallies
from payments.models import SafeMode
from payments.staff.card_testing import CardTestingPanel
from tests.payments import desk

pytestmark = pytest.mark.django_db
HOME = "/admin/"
SWITCH = "/admin/card-testing/safe-mode/"


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def tamara() -> Client:
    return desk.signed_in(desk.treasurer())


def test_the_panel_shows_the_last_hour(tamara: Client) -> None:
    now = timezone.now()
    for scope, times in (("tries", 7), ("refused", 6), ("failed_cards", 5)):
        for _ in range(times):
            tallies.count_minute(scope, now)
    page = "".join(tamara.get(HOME).content.decode().split())
    for row in ("Triesinthelasthour</th><td>7<", "heldup</th><td>6<", "Declinedcards</th><td>5<"):
        assert row in page


def test_safe_mode_is_a_warning_with_its_times_and_its_cause(tamara: Client) -> None:
    assert "Safe mode is on" not in tamara.get(HOME).content.decode()
    safe_mode.trip(timezone.now())
    page = tamara.get(HOME).content.decode()
    assert "Safe mode is on" in page and f"More than {limits.site().most} checkouts" in page and "On since" in page


def test_staff_switch_it_on_for_an_hour_and_off_and_it_is_logged(tamara: Client) -> None:
    now = timezone.now()
    assert tamara.post(SWITCH, {"turn": "on"}, follow=True).status_code == 200
    assert safe_mode.is_on(now + timedelta(minutes=59)) and not safe_mode.is_on(now + timedelta(minutes=62))
    assert "Somebody of the staff switched it on" in tamara.get(HOME).content.decode()
    tamara.post(SWITCH, {"turn": "off"})
    assert not safe_mode.is_on(timezone.now())
    logged = ModelLogEntry.objects.order_by("pk").values_list("action", "user__email")
    assert list(logged) == [
        ("payments.safe_mode_on", "tamara@example.org"),
        ("payments.safe_mode_off", "tamara@example.org"),
    ]


def test_the_panels_own_button_works() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.treasurer())
    form = client.get(HOME).content.decode().split(f'action="{SWITCH}"')[1]
    token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert client.post(SWITCH, {"turn": "on", "csrfmiddlewaretoken": token}).status_code == 302
    assert safe_mode.is_on(timezone.now())


def test_switched_off_the_site_counts_afresh(tamara: Client) -> None:
    now = timezone.now()
    for _ in range(limits.site().most + 1):
        tallies.take(limits.site(), tallies.ALL, now)
    safe_mode.trip(now)
    tamara.post(SWITCH, {"turn": "off"})
    assert tallies.take(limits.site(), tallies.ALL, timezone.now())


def test_a_trip_does_not_shorten_what_staff_switched_on() -> None:
    now = timezone.now()
    safe_mode.switch_on(now)
    safe_mode.trip(now)
    assert SafeMode.objects.get().on_until == now + safe_mode.BY_STAFF


def test_who_may_only_look_has_no_button_and_cannot_switch() -> None:
    charlie = desk.signed_in(desk.colleague("view_event"))
    page = charlie.get(HOME).content.decode()
    assert "Card testing" in page and "Switch safe mode" not in page
    assert charlie.post(SWITCH, {"turn": "on"}).status_code in {302, 403}
    assert not SafeMode.objects.exists()


def test_who_has_nothing_to_do_with_payments_sees_no_panel() -> None:
    assert "Card testing" not in desk.signed_in(desk.colleague()).get(HOME).content.decode()


@pytest.mark.parametrize("client", [Client(), Client(enforce_csrf_checks=True)])
def test_a_stranger_or_a_forged_form_switches_nothing(client: Client) -> None:
    if client.handler.enforce_csrf_checks:
        client.force_login(desk.treasurer())
    assert client.post(SWITCH, {"turn": "on"}).status_code in {302, 403}
    assert Client().get(SWITCH).status_code in {302, 405} and not SafeMode.objects.exists()


def test_looking_asks_as_often_however_busy_the_hour_was(django_assert_num_queries: Any) -> None:
    now = timezone.now()
    for minutes in range(30):
        tallies.count_minute("tries", now - timedelta(minutes=minutes))
    with django_assert_num_queries(4):
        assert CardTestingPanel().get_context_data({})["tries"] == 30
