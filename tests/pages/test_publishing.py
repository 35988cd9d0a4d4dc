"""A page goes live and comes down at the time that an editor has set, by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.models import Page, Revision, Site

from accounts.models import OutgoingMail, User
from accounts.reminders import remind_staff
from pages.models import StandardPage
from pages.publishing import LATE, publish_due
from payments.schedule import jobs

pytestmark = pytest.mark.django_db


def a_page(title: str, **fields: Any) -> StandardPage:
    root = Site.objects.get(is_default_site=True).root_page
    page: StandardPage = root.add_child(instance=StandardPage(title=title, **{"live": False, **fields}))
    return page


def is_due(page: Page, ago: timedelta = timedelta(minutes=1)) -> Revision:
    """As if an editor had set this time before it came."""
    page.go_live_at = timezone.now() - ago
    revision: Revision = page.save_revision()
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=page.go_live_at)
    return revision


def is_live(page: Page) -> bool:
    return Page.objects.get(pk=page.pk).live


def test_the_clock_runs_it() -> None:
    assert publish_due in [job.run for job in jobs()]


def test_it_goes_live_when_it_is_due_and_not_before() -> None:
    due, later = a_page("Spring fair"), a_page("Summer fair")
    is_due(due)
    is_due(later, -timedelta(days=1))
    assert (publish_due(), publish_due()) == (1, 0)
    assert is_live(due) and not is_live(later)


def test_it_comes_down_when_it_is_over() -> None:
    over = a_page("Winter fair", live=True, expire_at=timezone.now() - timedelta(minutes=1))
    stays = a_page("All year", live=True, expire_at=timezone.now() + timedelta(days=1))
    assert (publish_due(), publish_due()) == (1, 0)
    assert not is_live(over) and Page.objects.get(pk=over.pk).expired and is_live(stays)


def test_one_that_does_not_fit_holds_up_no_other_and_staff_hear_once(monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create_superuser("sue@example.org", name="Sue")
    wrong, right = a_page("Wrong"), a_page("Right")
    draft = is_due(wrong)
    is_due(right)
    publish = StandardPage.publish

    def refuse(page: StandardPage, *args: Any, **kwargs: Any) -> Any:
        if page.pk == wrong.pk:
            raise ValidationError("It does not fit.")
        return publish(page, *args, **kwargs)

    monkeypatch.setattr(StandardPage, "publish", refuse)
    assert publish_due() == 1 and is_live(right) and not is_live(wrong)
    assert remind_staff() == 0, "the clock may be late"
    Revision.objects.filter(pk=draft.pk).update(approved_go_live_at=timezone.now() - 2 * LATE)
    assert (remind_staff(), remind_staff()) == (1, 0)
    mail = OutgoingMail.objects.get()
    assert mail.to == "sue@example.org" and "could not go live" in mail.text and "Wrong" not in mail.text
    monkeypatch.undo()
    assert publish_due() == 1 and is_live(wrong), "it is tried again"


def test_whoever_may_publish_hears_of_it() -> None:
    User.objects.create_superuser("sue@example.org", name="Sue")
    mona = User.objects.create_user("mona@example.org")
    mona.groups.add(Group.objects.get(name="Moderators"))
    is_due(a_page("Wrong"), 2 * LATE)
    remind_staff()
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["mona@example.org"]
