"""Mails that may be refused: the link in them, the two headers, and what still reaches those who refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import delivery, tasks
from accounts.choices import switch_off, switch_on, wants
from accounts.mailing import send_mail_later
from accounts.models import MailChoice, OutgoingMail
from accounts.stopping import stop_url
from tests.accounts.mails import KEY, NEWS, SAMPLE

State = OutgoingMail.State
GRACE = "grace@example.org"
pytestmark = pytest.mark.usefixtures("db", "harbour")


def news(**more: Any) -> OutgoingMail | None:
    return send_mail_later(template=NEWS.key, to=GRACE, context={}, **more)


def link_in(mail: Any) -> str:
    header = mail.extra_headers["List-Unsubscribe"]
    assert header.startswith("<http://testserver/mail/stop/") and header.endswith(">")
    return str(header[1:-1])


def test_who_refused_gets_no_news_but_every_service_mail(mailoutbox: list[Any]) -> None:
    switch_on(GRACE, "news")
    assert news()
    switch_off(GRACE, "news")
    assert news() is None
    assert send_mail_later(template=KEY, to=GRACE, context=SAMPLE)
    assert [mail.subject for mail in mailoutbox] == ["News", "Heron is in"]
    assert OutgoingMail.objects.count() == 2, "nothing is kept of a mail that may not be written"


def test_who_refuses_before_it_leaves_does_not_get_it(mailoutbox: list[Any]) -> None:
    switch_on(GRACE, "news")
    mail = news(send_at=timezone.now() + timedelta(days=2))
    assert mail
    switch_off(GRACE, "news")
    OutgoingMail.objects.update(due_at=timezone.now())
    tasks.deliver_due_mail.enqueue()
    mail.refresh_from_db()
    assert (mail.state, mailoutbox) == (State.CANCELLED, [])


def test_news_can_be_stopped_by_one_click(mailoutbox: list[Any], client: Client) -> None:
    """RFC 8058: the mail reader posts by itself, without cookie and without page."""
    switch_on(GRACE, "news")
    news()
    assert mailoutbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(link_in(mailoutbox[0]), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not wants(GRACE, "news")
    assert MailChoice.objects.get().how == MailChoice.How.LINK


def test_the_link_stands_in_both_parts_and_names_nobody(mailoutbox: list[Any]) -> None:
    switch_on(GRACE, "news")
    news()
    mail = mailoutbox[0]
    assert "/mail/stop/" in mail.body and "/mail/stop/" in mail.alternatives[0][0]
    for link in (link_in(mail), stop_url("someone@example.org", NEWS)):
        assert "example.org/" not in link.removeprefix("http://testserver/") and "someone" not in link


def test_service_mails_have_no_such_link(mailoutbox: list[Any]) -> None:
    send_mail_later(template=KEY, to=GRACE, context=SAMPLE)
    assert "List-Unsubscribe" not in mailoutbox[0].extra_headers
    assert "/mail/stop/" not in mailoutbox[0].body


def test_opening_the_link_changes_nothing(client: Client) -> None:
    """Virus scanners and mail readers open links."""
    switch_on(GRACE, "news")
    page = client.get(stop_url(GRACE, NEWS))
    assert page.status_code == 200 and "<form" in page.text
    assert wants(GRACE, "news")


def test_the_answer_tells_nothing(client: Client) -> None:
    switch_on(GRACE, "news")
    real, unknown = stop_url(GRACE, NEWS), stop_url("nobody@example.org", NEWS)
    damaged = real[:-8] + "AAAA" + real[-4:]
    garbage = "http://testserver/mail/stop/é x/"
    for method in (client.get, client.post):
        answers = [method(url) for url in (real, unknown, damaged, garbage)]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert GRACE not in answers[0].text
        assert "no-store" in answers[0]["Cache-Control"]


def test_a_mail_for_later_waits_and_then_leaves_once(mailoutbox: list[Any]) -> None:
    later = timezone.now() + timedelta(days=3)
    mail = send_mail_later(template=KEY, to=GRACE, context=SAMPLE, send_at=later)
    assert mail
    tasks.deliver_due_mail.enqueue()
    delivery.deliver_now(mail.pk)
    assert mailoutbox == []
    assert delivery.due_mail(later - timedelta(minutes=1)) == []
    assert delivery.due_mail(later) == [mail.pk]
    OutgoingMail.objects.update(due_at=timezone.now())
    tasks.deliver_due_mail.enqueue()
    tasks.deliver_due_mail.enqueue()
    assert len(mailoutbox) == 1


def test_a_mail_for_later_plans_no_task_of_its_own(settings: Any) -> None:
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    send_mail_later(template=KEY, to=GRACE, context=SAMPLE, send_at=timezone.now() + timedelta(days=3))
    assert not DBTaskResult.objects.exists(), "the clock's sweep finds it"


def test_a_mail_that_waits_can_be_cancelled_and_one_that_left_cannot(mailoutbox: list[Any]) -> None:
    waits = send_mail_later(template=KEY, to=GRACE, context=SAMPLE, send_at=timezone.now() + timedelta(days=3))
    left = send_mail_later(template=KEY, to=GRACE, context=SAMPLE)
    assert waits and left
    assert delivery.cancel_mail(waits)
    assert not delivery.cancel_mail(waits) and not delivery.cancel_mail(left)
    OutgoingMail.objects.filter(pk=waits.pk).update(due_at=timezone.now())
    tasks.deliver_due_mail.enqueue()
    assert len(mailoutbox) == 1
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {State.CANCELLED, State.SENT}


def test_a_mail_that_was_given_up_can_be_sent_again_once(mailoutbox: list[Any]) -> None:
    mail = OutgoingMail.objects.create(to=GRACE, subject="x", text="x", state=State.FAILED, attempts=8)
    assert delivery.send_again(mail)
    assert not delivery.send_again(mail)
    tasks.deliver.enqueue(mail.pk)
    mail.refresh_from_db()
    assert (mail.state, len(mailoutbox)) == (State.SENT, 1)
