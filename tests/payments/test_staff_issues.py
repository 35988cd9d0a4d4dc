from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.issues import KINDS, open_issue
from payments.models import Issue
from tests.payments import desk

pytestmark = pytest.mark.django_db
LISTING = "/admin/payment_issues/"


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def tamara() -> Client:
    return desk.signed_in(desk.treasurer())


def an_issue(kind: str = "payout_differs", subject: str = "po_1", **more: Any) -> Issue:
    open_issue(kind, subject, "po_1 is 100, its lines are 90 USD (minor units).", **more)
    return Issue.objects.latest("pk")


def details(issue: Issue) -> str:
    return reverse("payment_issues:inspect", args=[issue.pk])


def close(client: Client, issue: Issue, note: str) -> Any:
    return client.post(reverse("payment_issues:close", args=[issue.pk]), {"note": note})


def test_open_issues_come_first_however_old(tamara: Client) -> None:
    old, closed, new = an_issue(subject="old"), an_issue(subject="closed"), an_issue(subject="new")
    Issue.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    assert list(tamara.get(LISTING).context["object_list"]) == [new, old, closed]
    assert list(tamara.get(LISTING, {"is_open": "closed"}).context["object_list"]) == [closed]
    assert list(tamara.get(LISTING, {"is_open": "open"}).context["object_list"]) == [new, old]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_explained_in_words(tamara: Client, kind: str) -> None:
    issue = an_issue(kind)
    assert KINDS[kind] in tamara.get(LISTING).rendered_content.replace("&#x27;", "'")
    assert KINDS[kind] in tamara.get(details(issue)).content.decode().replace("&#x27;", "'")


def test_details_lead_to_the_payment(tamara: Client) -> None:
    payment = desk.an_open_payment()
    issue = an_issue("amount_differs", payment=payment)
    assert reverse("payments:inspect", args=[payment.pk]) in tamara.get(details(issue)).content.decode()


def test_closing_keeps_the_note_who_and_when(tamara: Client) -> None:
    issue = an_issue()
    assert close(tamara, issue, "A rounding of the bank, written off.").status_code == 302
    issue.refresh_from_db()
    assert issue.closed_at is not None
    page = tamara.get(details(issue)).content.decode()
    assert "A rounding of the bank, written off." in page
    assert "tamara@example.org" in page
    assert 'name="note"' not in page


def test_closing_without_a_note_says_what_is_missing(tamara: Client) -> None:
    issue = an_issue()
    response = close(tamara, issue, "  ")
    assert "Write what was found and done." in response.content.decode()
    issue.refresh_from_db()
    assert issue.closed_at is None


def test_a_closed_issue_keeps_its_first_note_and_time(tamara: Client) -> None:
    issue = an_issue()
    close(tamara, issue, "First")
    first = Issue.objects.get(pk=issue.pk).closed_at
    close(tamara, issue, "Second")
    assert Issue.objects.get(pk=issue.pk).closed_at == first
    assert "Second" not in tamara.get(details(issue)).content.decode()


def test_charlie_who_may_look_may_not_close() -> None:
    issue = an_issue()
    charlie = desk.signed_in(desk.colleague("view_issue"))
    page = charlie.get(details(issue))
    assert page.status_code == 200
    assert 'name="note"' not in page.content.decode()
    assert close(charlie, issue, "Nothing to see").status_code == 302
    issue.refresh_from_db()
    assert issue.closed_at is None


def test_a_link_alone_closes_nothing(tamara: Client) -> None:
    issue = an_issue()
    assert tamara.get(reverse("payment_issues:close", args=[issue.pk])).status_code == 405


def test_listing_asks_as_often_for_200_rows_as_for_10(
    tamara: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from payments.staff.issues import IssueIndexView

    monkeypatch.setattr(IssueIndexView, "get_paginate_by", lambda view, rows: 500)
    counts = []
    for start, end in ((0, 0), (0, 10), (10, 200)):
        for number in range(start, end):
            an_issue(subject=f"po_{number}")
        with django_assert_max_num_queries(60) as counted:
            tamara.get(LISTING)
        counts.append(len(counted.captured_queries))
    assert counts[1] == counts[2]
