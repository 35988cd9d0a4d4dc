"""Joining and giving tell nobody whether an address is known: the same pages, the same way to Stripe."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.inviting import invite
from accounts.models import OutgoingMail, User
from membership.models import Membership, Tier
from receipts.payers import find_or_create_payer
from tests.membership.giver import Giver
from tests.membership.way import Way

KNOWN, INVITED, UNKNOWN = "alice@example.org", "e.eve@example.org", "nobdy@example.org"


@pytest.fixture
def people(alice: User, member: Membership) -> None:
    """Alice is a member, and a guest once paid with the second address."""
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    invite(INVITED)
    find_or_create_payer(kind="person", name="Eve", email=INVITED)


def seen(answer: Any, address: str) -> Any:
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    text = re.sub(r'value="[^"]{40,}"', "", text).replace(address, "the address")
    headers = {name: value for name, value in answer.headers.items() if name not in ("Expires", "Location")}
    cookies = {name: (cookie["path"], cookie["httponly"]) for name, cookie in answer.cookies.items()}
    return answer.status_code, headers, cookies, text


@pytest.mark.parametrize("step", ["review", "pay"])
def test_every_step_answers_alike(people: None, way: Way, friend: Tier, guardian: Tier, step: str) -> None:
    answers = []
    for tier in (guardian, friend):
        for address in (KNOWN, INVITED, UNKNOWN):
            stranger = Way(sandbox=way.sandbox, client=Client())
            answers.append((tier, seen(stranger.send(tier, step, email=address), address)))
    for tier in (guardian, friend):
        first, *others = [answer for answered, answer in answers if answered == tier]
        assert all(other == first for other in others)
    assert answers[0][1][0] == (303 if step == "pay" else 200)


@pytest.mark.parametrize("step", ["review", "pay"])
def test_so_does_every_step_of_giving(people: None, way: Way, step: str) -> None:
    answers = []
    for address in (KNOWN, INVITED, UNKNOWN):
        giver = Giver(sandbox=way.sandbox, client=Client())
        total = str(giver.look("review", email=address).context["total"])
        answers.append(seen(giver.look(step, email=address, total=total), address))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == (303 if step == "pay" else 200)


def test_nothing_is_mailed_before_anything_is_paid(people: None, way: Way, friend: Tier) -> None:
    before = OutgoingMail.objects.count()
    for address in (KNOWN, INVITED, UNKNOWN):
        Way(sandbox=way.sandbox, client=Client()).send(friend, "pay", email=address)
    assert OutgoingMail.objects.count() == before
