"""The parts of the guard: counting, knowing visitors, proofs of work, forms that are kept for a link."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone

from payments.guard import held, proof, tallies
from payments.guard.limits import Limit
from payments.guard.retention import forget_guard_rows
from payments.guard.visitor import client_address, key_of, network_of
from payments.models import HeldForm, SpentProof, Tally

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LIMIT = Limit("test", 5, 600)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class TestCounting:
    @pytest.mark.parametrize("offset", range(0, 600, 90))
    def test_no_stretch_of_the_limits_length_holds_more_than_it_says(self, offset: int) -> None:
        """Tries every 20 seconds for an hour, from anywhere within a window."""
        moments = [NOW + timedelta(seconds=offset + 20 * number) for number in range(180)]
        taken = [moment for moment in moments if tallies.take(LIMIT, "k", moment)]
        assert len(taken) >= 3 * LIMIT.most, "and it does not shut for good"
        for first in taken:
            assert len([one for one in taken if first <= one < first + timedelta(seconds=600)]) <= LIMIT.most

    def test_refused_tries_are_counted_apart_until_the_next_window(self) -> None:
        for _ in range(17):
            tallies.take(LIMIT, "k", NOW)
        assert tallies.so_far(LIMIT, "k", NOW) == 5 and tallies.times_over(LIMIT, "k") == 2
        assert tallies.take(LIMIT, "k", NOW + timedelta(seconds=1200))
        assert tallies.times_over(LIMIT, "k") == 0

    def test_a_clock_that_is_behind_gives_no_places_away(self) -> None:
        for _ in range(5):
            assert tallies.take(LIMIT, "k", NOW)
        assert not tallies.take(LIMIT, "k", NOW - timedelta(seconds=700))

    @pytest.mark.django_db(transaction=True)
    def test_requests_at_once_never_get_more_than_there_is(self) -> None:
        taken: list[bool] = []
        start = threading.Barrier(8)

        def ask() -> None:
            start.wait()
            try:
                taken.extend(tallies.take(LIMIT, "k", NOW) for _ in range(3))
            finally:
                connection.close()

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(taken) == 24 and taken.count(True) == LIMIT.most

    def test_the_last_hour_is_added_up_from_minutes(self) -> None:
        for minutes in (0, 1, 59, 61):
            tallies.count_minute("tries", NOW - timedelta(minutes=minutes))
        assert tallies.last_hour("tries", NOW) == 3


class TestVisitors:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.9", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:3::4", "20010db800010002"),
            ("[2001:db8:1:2::9]", "20010db800010002"),
            ("fe80::1%eth0", "fe80000000000000"),
            ("", "unknown"),
            ("'; drop table", "unknown"),
        ],
    )
    def test_one_line_is_one_network(self, address: str, network: str) -> None:
        assert network_of(address) == network

    @pytest.mark.parametrize(
        ("proxies", "header", "seen"),
        [
            (0, "1.1.1.1", "9.9.9.9"),
            (1, "1.1.1.1", "1.1.1.1"),
            (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
            (2, "6.6.6.6, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
            (2, "1.1.1.1", "9.9.9.9"),
            (1, "", "9.9.9.9"),
        ],
    )
    def test_only_our_own_proxies_are_believed(self, settings: Any, proxies: int, header: str, seen: str) -> None:
        settings.TRUSTED_PROXIES = proxies
        request = RequestFactory().post("/", REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR=header)
        assert client_address(request) == seen

    def test_keys_change_every_day_and_with_the_secret(self, settings: Any) -> None:
        keys = {key_of("address", "1.1.1.1", NOW), key_of("address", "1.1.1.1", NOW + timedelta(days=1))}
        settings.SECRET_KEY = "another"
        keys |= {key_of("address", "1.1.1.1", NOW), key_of("email", "1.1.1.1", NOW)}
        assert len(keys) == 4 and not [key for key in keys if "1.1.1.1" in key]


class TestProofs:
    def solved(self, purpose: str = "/join/|a@example.org") -> tuple[str, str]:
        made = proof.new_challenge(purpose)
        hashes = (hashlib.sha256(f"{made.salt}{number}".encode()).hexdigest() for number in range(made.numbers))
        return made.token, str(list(hashes).index(made.target))

    def spend(self, token: str, answer: str, purpose: str = "/join/|a@example.org") -> bool:
        return proof.spend(token, answer, purpose=purpose, now=timezone.now())

    def test_counts_once_and_for_its_purpose_only(self) -> None:
        token, answer = self.solved()
        assert not self.spend(token, answer, "/join/|b@example.org")
        assert not self.spend(token, answer, "/give/|a@example.org")
        assert self.spend(token, answer)
        assert not self.spend(token, answer)

    @pytest.mark.parametrize("answer", ["", "-1", "1.0", "٣", "9" * 11, "abc", "1e3"])
    def test_a_wrong_answer_is_refused(self, answer: str) -> None:
        assert not self.spend(self.solved()[0], answer) and not SpentProof.objects.exists()

    def test_is_good_for_a_quarter_of_an_hour(self) -> None:
        token, answer = self.solved()
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            assert not self.spend(token, answer)

    def test_a_challenge_that_was_not_made_here_is_refused(self) -> None:
        token, answer = self.solved()
        assert not self.spend(token[:-2] + "xx", answer) and not self.spend("", answer)

    def test_the_work_has_an_end(self) -> None:
        assert proof.new_challenge("x", doublings=99).numbers == 16 * proof.NUMBERS


class TestHeldForms:
    def hold(self) -> str:
        typed = QueryDict("name=Zo%C3%AB&fund=1&fund=2")
        return held.hold(typed, path="/join/friend/?interval=year", email="a@example.org", now=timezone.now())

    def test_come_back_once_as_they_were(self) -> None:
        token = self.hold()
        typed = held.take_out(token, timezone.now())
        assert typed and typed.form.getlist("fund") == ["1", "2"] and typed.form["name"] == "Zoë"
        assert held.take_out(token, timezone.now()) is None and not HeldForm.objects.exists()

    def test_are_over_after_an_hour(self) -> None:
        token, later = self.hold(), timezone.now() + timedelta(minutes=61)
        assert held.take_out(token, later) is None and not held.is_there(token, later)

    def test_cannot_be_read_without_the_link(self, settings: Any) -> None:
        token = self.hold()
        row = HeldForm.objects.get()
        kept = " ".join(map(str, HeldForm.objects.values_list().get())) + bytes(row.sealed).decode()
        assert token not in kept and "example.org" not in kept and "Zo" not in str(row)


def test_after_a_day_nothing_is_left() -> None:
    now = timezone.now()
    old, young = now - timedelta(hours=25), now - timedelta(hours=23)
    for used_at in (old, young):
        Tally.objects.create(scope="address", key=str(used_at), used_at=used_at)
        SpentProof.objects.create(salt=str(used_at), spent_at=used_at)
        HeldForm.objects.create(token_hash=str(used_at), path="/", sealed=b"", expires_at=used_at)
    HeldForm.objects.create(token_hash="t", path="/", sealed=b"", expires_at=now + timedelta(minutes=5))
    forget_guard_rows()
    assert [model.objects.count() for model in (Tally, SpentProof, HeldForm)] == [1, 1, 1]
