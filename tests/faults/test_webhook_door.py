"""Faults at the door: forged, stale, re-encoded, of the other mode, of another version."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import time_machine
from django.core.checks import run_checks
from django.utils import timezone

from payments.models import Event, Issue
from tests.faults.road import event, post, post_event, signature

pytestmark = pytest.mark.django_db


def test_f46_a_clock_ten_minutes_fast_refuses_genuine_events_and_says_why() -> None:
    body = json.dumps(event())
    header = signature(body)
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=10)):
        assert post(body, header).status_code == 400
        assert post(body, header).status_code == 400
    issue = Issue.objects.get(kind="webhook_clock")
    assert issue.count == 2 and "clock" in issue.detail


def test_f46_a_slow_clock_still_accepts() -> None:
    body = json.dumps(event())
    assert post(body, signature(body, age=-600)).status_code == 200


def test_f47_a_replayed_old_event_is_refused_and_not_stored() -> None:
    body = json.dumps(event())
    assert post(body, signature(body, age=301)).status_code == 400
    assert not Event.objects.exists()


class TestF48SecretRotation:
    def test_old_and_new_are_taken_while_both_are_good(self, settings: Any) -> None:
        settings.STRIPE_WEBHOOK_SECRETS = "whsec_the_new_one, whsec_the_old_one until 2999-01-01T00:00:00+00:00"
        for number, secret in enumerate(["whsec_the_new_one", "whsec_the_old_one"]):
            body = json.dumps(event(id=f"evt_{number}"))
            assert post(body, signature(body, secret=secret)).status_code == 200

    def test_a_header_with_both_signatures_is_taken(self, settings: Any) -> None:
        settings.STRIPE_WEBHOOK_SECRETS = "whsec_the_new_one"
        body = json.dumps(event())
        old = signature(body, secret="whsec_the_old_one")
        new = signature(body, secret="whsec_the_new_one")
        assert post(body, f"{old},{new.split(',')[1]}").status_code == 200

    def test_the_old_one_is_refused_after_its_end(self, settings: Any) -> None:
        settings.STRIPE_WEBHOOK_SECRETS = "whsec_the_new_one, whsec_the_old_one until 2020-01-01T00:00:00+00:00"
        body = json.dumps(event())
        assert post(body, signature(body, secret="whsec_the_old_one")).status_code == 400
        assert not Event.objects.exists()


class TestF49NoSecret:
    @pytest.mark.parametrize("secrets", ["   ", ",", "whsec_", "secret", "whsec_good_enough, "])
    def test_a_blank_secret_stops_the_start(self, settings: Any, secrets: str) -> None:
        settings.STRIPE_WEBHOOK_SECRETS = secrets
        assert "payments.E004" in {problem.id for problem in run_checks()}

    @pytest.mark.parametrize("header", ["", "t=1,v1=", "t=abc,v1=x", "v1=x", "t=1" + ",v1=0" * 3000])
    def test_an_unsigned_body_is_never_accepted(self, header: str) -> None:
        assert post(json.dumps(event()), header).status_code == 400
        assert not Event.objects.exists()

    def test_the_check_is_quiet_when_all_is_well(self) -> None:
        assert not [problem for problem in run_checks() if (problem.id or "").startswith("payments.")]


def test_f50_a_body_changed_on_its_way_is_refused_with_the_likely_cause() -> None:
    body = json.dumps(event())
    header = signature(body)
    response = post(json.dumps(json.loads(body), indent=1), header)
    assert response.status_code == 400
    assert "byte for byte" in response.content.decode()
    assert not Event.objects.exists()


class TestF51OtherMode:
    def test_a_live_event_is_refused_by_a_test_site(self) -> None:
        assert post_event(event(livemode=True)).status_code == 400
        assert not Event.objects.exists()
        assert Issue.objects.filter(kind="webhook_mode").exists()

    def test_a_test_event_is_refused_by_a_live_site(self, settings: Any) -> None:
        settings.STRIPE_MODE = "live"
        assert post_event(event(livemode=False)).status_code == 400
        assert not Event.objects.exists()

    @pytest.mark.parametrize(
        ("mode", "key", "problem"),
        [
            ("live", "sk_test_x", "payments.E002"),
            ("test", "sk_live_x", "payments.E003"),
            ("sandbox", "sk_live_x", "payments.E003"),
            ("trial", "sk_test_x", "payments.E001"),
        ],
    )
    def test_a_key_of_the_other_mode_stops_the_start(self, settings: Any, mode: str, key: str, problem: str) -> None:
        settings.STRIPE_MODE, settings.STRIPE_SECRET_KEY = mode, key
        assert problem in {found.id for found in run_checks()}


def test_f55_an_unknown_type_is_stored_and_answered() -> None:
    assert post_event(event(type="moon.landed", data={"object": {"id": "moon_1", "object": "moon"}})).status_code == 200
    assert Event.objects.get().type == "moon.landed"


def test_f56_another_api_version_raises_a_banner_and_the_event_is_kept() -> None:
    assert post_event(event(api_version="2020-08-27")).status_code == 200
    assert Event.objects.count() == 1
    assert Issue.objects.get(kind="webhook_version").subject == "2020-08-27"


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{}",
        "null",
        "1",
        '"x"',
        "{" * 50_000,
        '{"id": 5}',
        json.dumps(event(created="soon")),
        json.dumps(event(id="x" * 300)),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(body: str) -> None:
    assert post(body, signature(body)).status_code == 400
    assert not Event.objects.exists()


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    body = json.dumps(event(padding="x" * 1_100_000))
    assert post(body, signature(body)).status_code in {400, 413}


@pytest.mark.django_db(transaction=True)
def test_f01_the_same_event_five_times_at_once_is_one_row() -> None:
    body = json.dumps(event())
    header = signature(body)
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(post(body, header).status_code)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 5
    assert Event.objects.count() == 1
