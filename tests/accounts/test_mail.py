from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import delivery, tasks
from accounts.delivery import forget_mail
from accounts.mailing import queue_mail, send_mail_later
from accounts.models import OutgoingMail

State = OutgoingMail.State
WORKER = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


class ServerIsDown(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError(f"no relay for {email_messages[0].to[0]}")


@pytest.fixture
def server_is_down(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.ServerIsDown"


def a_mail(to: str = "alice@example.org") -> OutgoingMail:
    return queue_mail(to=to, subject="Your receipt", text="Attached.", html="<p>Attached.</p>")


def make_due(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(due_at=timezone.now())


def test_a_mail_is_rendered_once_and_delivered(db: None, mailoutbox: list[Any]) -> None:
    mail = a_mail()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.SENT, 1)
    assert mailoutbox[0].to == ["alice@example.org"]
    assert mailoutbox[0].alternatives[0][0] == mail.html


def test_a_sign_in_mail_has_text_and_an_inlined_html_part(db: None, client: Client, mailoutbox: list[Any]) -> None:
    client.post(reverse("account_login"), {"login": "nobody@example.org"})
    html = mailoutbox[0].alternatives[0][0]
    assert "<style>@media" in html, "only the rules for dark and small screens stay"
    assert 'style="' in html
    assert "There is no account" in mailoutbox[0].body
    assert mailoutbox[0].subject == "Signing in"


def test_f67_a_mail_server_that_is_down_costs_nothing(db: None, server_is_down: None) -> None:
    """F67: fulfilment commits; the mail waits."""
    with transaction.atomic():
        mail = a_mail()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == (State.WAITING, 1, "ConnectionRefusedError")
    assert mail.due_at > timezone.now()


def test_f67_it_is_delivered_once_when_the_server_is_back(
    db: None, settings: Any, server_is_down: None, mailoutbox: list[Any]
) -> None:
    mail = a_mail()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.deliver_due_mail.enqueue()
    assert mailoutbox == [], "tried again before its time"
    make_due(mail)
    tasks.deliver_due_mail.enqueue()
    tasks.deliver_due_mail.enqueue()
    tasks.deliver.enqueue(mail.pk)
    assert len(mailoutbox) == 1


def test_the_waits_grow_and_end(db: None, server_is_down: None) -> None:
    mail = a_mail()
    waits = []
    for _ in range(len(delivery.WAITS)):
        mail.refresh_from_db()
        assert mail.state == State.WAITING
        waits.append(mail.due_at - timezone.now())
        make_due(mail)
        delivery.deliver_now(mail.pk)
    mail.refresh_from_db()
    assert waits == sorted(waits)
    assert mail.state == State.FAILED


def test_a_mail_in_another_workers_hands_is_left_alone(db: None, mailoutbox: list[Any]) -> None:
    mail = OutgoingMail.objects.create(
        to="a@example.org", state=State.SENDING, due_at=timezone.now() + delivery.LOST_AFTER
    )
    delivery.deliver_now(mail.pk)
    assert mailoutbox == []


def test_a_mail_lost_with_its_worker_is_found_again(db: None, mailoutbox: list[Any]) -> None:
    OutgoingMail.objects.create(to="a@example.org", state=State.SENDING, due_at=timezone.now() - timedelta(seconds=1))
    tasks.deliver_due_mail.enqueue()
    assert len(mailoutbox) == 1


def test_with_the_worker_a_mail_vanishes_with_its_transaction(db: None, settings: Any, mailoutbox: list[Any]) -> None:
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = WORKER
    with pytest.raises(RuntimeError), transaction.atomic():
        a_mail()
        raise RuntimeError
    assert OutgoingMail.objects.count() == DBTaskResult.objects.count() == 0
    mail = a_mail()
    assert mailoutbox == []
    task = DBTaskResult.objects.get()
    assert task.args_kwargs == {"args": [mail.pk], "kwargs": {}}, "a task carries numbers, never a person"


def test_with_the_worker_a_failed_mail_is_planned_again(db: None, settings: Any, server_is_down: None) -> None:
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = WORKER
    mail = a_mail()
    tasks.deliver.call(mail.pk)
    mail.refresh_from_db()
    assert DBTaskResult.objects.filter(run_after=mail.due_at).count() == 1


def test_logs_name_nobody(db: None, server_is_down: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        a_mail("canary@example.org")
    assert "not delivered" in caplog.text
    assert "canary" not in caplog.text


def test_old_mail_is_forgotten(db: None) -> None:
    mail = a_mail()
    assert delivery.forget_mail(before=timezone.now() - timedelta(days=1)) == 0
    assert delivery.forget_mail(before=timezone.now() + timedelta(days=1)) == 1
    assert not OutgoingMail.objects.filter(pk=mail.pk).exists()


def test_a_subject_is_one_line(db: None, mailoutbox: list[Any]) -> None:
    queue_mail(to="a@example.org", subject="Hello\r\nBcc: all@example.org", text="x")
    assert mailoutbox[0].subject == "Hello Bcc: all@example.org"


def test_the_demos_mailbox_is_closed_elsewhere(client: Client, db: None) -> None:
    mail = a_mail()
    for path in (
        reverse("demo_mail_list"),
        reverse("demo_mail", args=[mail.pk]),
        reverse("demo_mail_html", args=[mail.pk]),
    ):
        assert client.get(path).status_code == 404


def test_the_demos_mailbox_shows_mails_newest_first(client: Client, db: None, settings: Any) -> None:
    settings.DEMO = True
    queue_mail(to="a@example.org", subject="First", text="See http://testserver/account/ <script>")
    queue_mail(to="a@example.org", subject="Second", text="x")
    page = client.get(reverse("demo_mail_list")).text
    assert page.index("Second") < page.index("First")
    assert "Every mail this demo would send" in page
    first = OutgoingMail.objects.get(subject="First")
    shown = client.get(reverse("demo_mail", args=[first.pk])).text
    assert '<a href="http://testserver/account/"' in shown
    assert "&lt;script&gt;" in shown


def test_a_drawn_mail_can_load_and_run_nothing(client: Client, db: None, settings: Any) -> None:
    settings.DEMO = True
    answer = client.get(reverse("demo_mail_html", args=[a_mail().pk]))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_a_subject_is_plain_text(db: None, settings: Any, tmp_path: Path) -> None:
    for name, text in (("odd_subject.txt", "About {{ tier }}"), ("odd.txt", "x"), ("odd.html", "<p>x</p>")):
        (tmp_path / name).write_text(text)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    mail = send_mail_later(template="odd", to="grace@example.org", context={"tier": "Friends & Family's"})
    assert mail.subject == "About Friends & Family's"


def test_mails_that_were_given_up_are_forgotten_too(db: None) -> None:
    long_ago = timezone.now() - timedelta(days=100)
    OutgoingMail.objects.create(to="grace@example.org", subject="x", text="x", state="failed", created_at=long_ago)
    OutgoingMail.objects.create(to="grace@example.org", subject="x", text="x", state="waiting", created_at=long_ago)
    assert forget_mail(before=timezone.now() - timedelta(days=90)) == 1
