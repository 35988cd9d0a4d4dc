"""Every staff screen of training asks for a permission, and another trainer's session exists for no trainer."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.receipts import cast
from tests.training.office import a_seat, a_trainer
from training.models import RefundRules, Session, Trainer
from training.staff.urls import session_actions

pytestmark = pytest.mark.django_db
TRAINERS_OWN = {"index", "inspect", "calendar", "roster", "sheet", "attendance"}


@pytest.fixture
def addresses(settings: Any, session: Session) -> dict[str, str]:
    settings.STAFF_SECOND_FACTOR = False
    seat = a_seat(session)
    entry = session.waiting.create(ticket=seat.ticket, name="Wim", email="wim@example.org")
    keys = {
        "meeting": session.meetings.get().pk, "ticket": seat.ticket_id, "enrolment": seat.pk, "entry": entry.pk,
    }  # fmt: skip
    found = {}
    for path, _, name in session_actions():
        more = [key for word, key in keys.items() if f":{word}>" in path]
        found[name] = reverse(f"training_sessions:{name}", args=[session.pk, *more] if "<int:pk>" in path else more)
    found |= {name: reverse(f"training_sessions:{name}") for name in ("index", "add")}
    found |= {name: reverse(f"training_sessions:{name}", args=[session.pk]) for name in ("edit", "inspect")}
    trainer, rules = Trainer.objects.create(name="Tom"), RefundRules.objects.create(name="Usual")
    found |= {f"{space}-{name}": reverse(f"{space}:{name}") for space in ("trainers", "refund_rules") for name in (
        "index", "add",
    )}  # fmt: skip
    found |= {f"reports-{name}": reverse(f"training_reports:{name}") for name in ("index", "outcomes", "bursaries")}
    found["trainers-edit"] = reverse("trainers:edit", args=[trainer.pk])
    found |= {f"refund_rules-{name}": reverse(f"refund_rules:{name}", args=[rules.pk]) for name in ("edit", "delete")}
    return found


def is_away(answer: Any) -> bool:
    return answer.status_code in (403, 404, 405) or answer.get("Location") == reverse("wagtailadmin_home")


def test_an_editor_of_pages_gets_nowhere(addresses: dict[str, str]) -> None:
    editor = cast.signed_in(cast.in_group("Editors", "eddie@example.org"))
    for url in addresses.values():
        for ask in (editor.get, editor.post):
            assert is_away(ask(url)), (url, ask.__name__)


def test_who_is_no_staff_gets_nowhere(addresses: dict[str, str]) -> None:
    charlie = cast.signed_in(cast.somebody("charlie@example.org"))
    assert {charlie.get(url).status_code for url in addresses.values()} == {403}


def test_who_may_look_at_sessions_sees_no_roster_and_changes_nothing(addresses: dict[str, str]) -> None:
    looker = cast.somebody("laura@example.org")
    looker.user_permissions.add(*Permission.objects.filter(codename__in=["access_admin", "view_session"]))
    client = cast.signed_in(looker)
    assert {name for name, url in addresses.items() if client.get(url).status_code == 200} == {
        "index", "inspect", "calendar",
    }  # fmt: skip
    assert {name for name, url in addresses.items() if not is_away(client.post(url))} == set()


def test_a_trainer_comes_to_their_own_session_and_to_no_other(addresses: dict[str, str], session: Session) -> None:
    own, stranger = a_trainer("Tom", session), a_trainer("Tina")
    assert {name for name, url in addresses.items() if own.get(url).status_code == 200} == TRAINERS_OWN
    for name in TRAINERS_OWN - {"index", "calendar"}:
        assert stranger.get(addresses[name]).status_code == 404, name
    assert stranger.post(addresses["attendance"], {"step": "all"}).status_code == 404
    for name in ("index", "calendar"):
        assert str(session.page) not in stranger.get(addresses[name]).content.decode()
