"""What accounts itself knows of a person: the user, their addresses, mails, choices and open sessions."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts import choices
from accounts.mail_kinds import labels_of_keys
from accounts.mailing import send_mail_later
from accounts.models import MailChoice, OutgoingMail, User
from accounts.privacy import AlreadyErased, Facts, Person, Table, blank_log

LAST_MAIL = "accounts/mail/erased"


def export(person: Person) -> Iterable[Table]:
    user = person.user
    if user:
        yield Table(name="account", rows=[_account(user)])
        addresses = EmailAddress.objects.filter(user=user).order_by("pk")
        yield Table(
            name="e-mail-addresses",
            rows=[{"address": row.email, "main": _yes(row.primary), "proved": _yes(row.verified)} for row in addresses],
        )
        second = Authenticator.objects.filter(user=user).order_by("pk")
        yield Table(
            name="second-factors",
            rows=[{"kind": row.type, "since": row.created_at, "last_used": row.last_used_at} for row in second],
        )
    chosen = MailChoice.objects.filter(email__in=person.emails).order_by("email", "purpose")
    yield Table(
        name="mail-choices",
        rows=[
            {
                "address": row.email,
                "about": choices.PURPOSES[row.purpose].label,
                "wanted": _yes(row.wanted),
                "since": row.changed_at,
                "told": row.get_how_display(),
            }
            for row in chosen
            if row.purpose in choices.PURPOSES
        ],
    )
    # Staff download this for who asks by letter: it must not hold what opens the account.
    hidden = labels_of_keys()
    yield Table(
        name="mails",
        rows=[
            {
                "to": mail.to,
                "subject": hidden.get(mail.kind, mail.subject),
                "written": mail.created_at,
                "sent": mail.sent_at,
                "text": "" if mail.kind in hidden else mail.text,
            }
            for mail in _mails(person).order_by("pk")
        ],
    )


def _account(user: User) -> Facts:
    return {"name": user.name, "e_mail": user.email, "since": user.date_joined, "last_sign_in": user.last_login}


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _mails(person: Person) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.annotate(address=Lower("to")).filter(address__in=person.emails)


def erase(person: Person) -> None:
    if person.user:
        _erase_user(person.user)
    _mails(person).delete()
    for email in person.emails:
        choices.suppress(email)
    if person.emails:
        # The last word, and a warning where it was somebody else's hand.
        send_mail_later(template=LAST_MAIL, to=person.emails[0], context={}, language=person.language)


def forget_last_mails() -> int:
    """The scheduled job: a last mail that was sent has no reason to stay for as long as others."""
    return OutgoingMail.objects.filter(kind=LAST_MAIL, state=OutgoingMail.State.SENT).delete()[0]


def _erase_user(user: User) -> None:
    blank_log([user], "Erased user")
    _end_sessions(user)
    if not User.objects.filter(pk=user.pk).delete()[0]:
        raise AlreadyErased


def _end_sessions(user: User) -> None:
    """Sessions name their user only inside: each is opened. Nobody is erased so often that this would matter."""
    theirs = [
        session.pk
        for session in Session.objects.only("session_key", "session_data").iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
