"""Reminders to staff: each app says by the hook ``staff_reminders`` what waits for a person; each is mailed once.

A reminder is ``(key, permission, sentence, path)``: mailed to everybody who has the permission, or to superusers where
nobody has. The key names the reminder, such as ``consent:12:20270301:14``, and is what makes it go out once. The
sentence holds no name and no alias: a mail is read on locked screens.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from wagtail import hooks

from accounts.mail_kinds import MailKind, Placeholder
from accounts.mailing import send_mail_later
from accounts.models import StaffReminder, User

Reminder = tuple[str, str, str, str]
TEMPLATE = "accounts/mail/staff_reminder"
SENTENCE = Placeholder(
    "What waits", lambda context: context["sentence"], "Consent 12 ends in 14 days.", is_required=True
)
OPEN = Placeholder("Open it", lambda context: context["url"], "https://example.org/admin/consents/")


def waiting() -> Iterator[Reminder]:
    for reminders in hooks.get_hooks("staff_reminders"):
        yield from reminders()


def remind_staff() -> int:
    """The scheduled job: mail what was not mailed yet; returns how many reminders went out."""
    return sum(_remind(*reminder) for reminder in waiting())


@transaction.atomic
def _remind(key: str, permission: str, sentence: str, path: str) -> bool:
    """The reminder and its mails commit together; a second clock at the same moment finds the key taken."""
    staff = list(who_may(permission))
    if not staff or not StaffReminder.objects.get_or_create(key=key)[1]:
        return False
    context = {"sentence": sentence, "url": settings.BASE_URL + path}
    for user in staff:
        send_mail_later(template=TEMPLATE, to=user.email, context=context)
    return True


def who_may(permission: str) -> QuerySet[User]:
    """Active users who were given this permission; superusers where nobody was."""
    app_label, codename = permission.split(".")
    wanted = {"content_type__app_label": app_label, "codename": codename}
    given = Q(**{f"user_permissions__{name}": value for name, value in wanted.items()})
    grouped = Q(**{f"groups__permissions__{name}": value for name, value in wanted.items()})
    # What may be done with pages is given for a part of their tree.
    on_pages = Q(**{f"groups__page_permissions__permission__{name}": value for name, value in wanted.items()})
    active = User.objects.filter(is_active=True)
    found = active.filter(given | grouped | on_pages).distinct()
    return found if found.exists() else active.filter(is_superuser=True)


def mail_kind() -> MailKind:
    return MailKind(
        key=TEMPLATE,
        label="Staff: something waits",
        when="Sent once to the staff who can do something about it: a consent that ends, for instance.",
        placeholders={"sentence": SENTENCE, "open_url": OPEN},
        sample_context=lambda: {"email": "grace@example.org", "sentence": SENTENCE.sample, "url": OPEN.sample},
    )
