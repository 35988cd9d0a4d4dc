"""Staff find a certificate, issue it anew, revoke it, issue one by hand; and who may not, cannot."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.training.office import signed_in
from tests.training.rows import make_session
from tests.training.seats import a_seat
from training.completing.files import spaced
from training.completing.issuing import issue
from training.models import Certificate, CoursePage
from training.roles import MANAGERS, TRAINERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def mona(db: None, settings: Any) -> Client:
    """The training manager."""
    settings.STAFF_SECOND_FACTOR = False
    return signed_in(MANAGERS, "mona@example.org")


@pytest.fixture
def certificate(course: CoursePage) -> Certificate:
    return issue(a_seat(make_session(course)))


def listed(client: Client, text: str) -> str:
    return client.get(reverse("certificates:index"), {"q": text}).content.decode()


def test_it_is_found_by_name_and_by_code_as_it_is_printed(mona: Client, certificate: Certificate) -> None:
    for text in ("tanaka", "sewing", spaced(certificate.code).lower()):
        assert "Tess Tanaka" in listed(mona, text)
    assert "Tess Tanaka" not in listed(mona, "nobody")


def test_it_is_issued_anew_and_the_old_one_is_linked(mona: Client, certificate: Certificate) -> None:
    address = reverse("certificates:reissue", args=[certificate.pk])
    assert mona.post(address, {"name": ""}).status_code == 422
    page = mona.post(address, {"name": "Lark"}, follow=True).content.decode()
    assert "Lark" in page and "an earlier one" in page
    again = mona.post(address, {"name": "Lark"})
    assert again.status_code == 422 and "This certificate was revoked already." in again.content.decode()


def test_it_is_revoked_with_a_reason(mona: Client, certificate: Certificate) -> None:
    address = reverse("certificates:revoke", args=[certificate.pk])
    assert "Say why." in mona.post(address, {}).content.decode()
    assert "Wrong person" in mona.post(address, {"why": "Wrong person"}, follow=True).content.decode()
    certificate.refresh_from_db()
    assert not certificate.is_live and certificate.revoked_by is not None


def test_one_is_issued_by_hand(mona: Client, course: CoursePage) -> None:
    seat = a_seat(make_session(course), "Bea Ruiz")
    roster = mona.get(reverse("training_sessions:roster", args=[seat.session_id])).content.decode()
    assert reverse("certificates:issue", args=[seat.pk]) in roster
    assert "Bea Ruiz" in mona.post(reverse("certificates:issue", args=[seat.pk]), follow=True).content.decode()
    nobody = a_seat(seat.session, "x", shown_as="")
    answer = mona.post(reverse("certificates:issue", args=[nobody.pk]), follow=True)
    assert "Nobody has said yet who sits on this seat." in answer.content.decode()


def test_a_list_asks_as_often_for_many_as_for_one(mona: Client, course: CoursePage) -> None:
    session = make_session(course, seats=20)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert mona.get(reverse("certificates:index")).status_code == 200
        return len(asked)

    issue(a_seat(session))
    few = queries()
    for number in range(8):
        issue(a_seat(session, f"Trainee {number}"))
    assert queries() <= few


@pytest.mark.parametrize("page", ["reissue", "revoke"])
def test_who_only_teaches_can_do_none_of_it(certificate: Certificate, settings: Any, page: str) -> None:
    settings.STAFF_SECOND_FACTOR = False
    teacher = signed_in(TRAINERS, "tom@example.org")
    for address in (reverse(f"certificates:{page}", args=[certificate.pk]), reverse("certificates:index")):
        assert teacher.get(address).status_code == 302
    assert (
        teacher.post(reverse(f"certificates:{page}", args=[certificate.pk]), {"name": "x", "why": "x"}).status_code
        == 302
    )
    certificate.refresh_from_db()
    assert certificate.is_live


def test_who_only_teaches_neither_reads_one_nor_issues_one(certificate: Certificate, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    teacher = signed_in(TRAINERS, "tom@example.org")
    seat = a_seat(certificate.enrolment.session, "Bea Ruiz")
    assert teacher.get(reverse("certificates:inspect", args=[certificate.pk])).status_code == 302
    by_hand = reverse("certificates:issue", args=[seat.pk])
    assert teacher.get(by_hand).status_code == teacher.post(by_hand).status_code == 302
    assert Certificate.objects.count() == 1
