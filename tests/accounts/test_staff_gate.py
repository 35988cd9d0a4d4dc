from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.gate import STAFF_POLICY
from accounts.models import User
from tests.accounts.conftest import PASSWORD, sign_in_with_second_factor


@pytest.mark.parametrize("path", ["/admin/login/", "/_util/login/", "/django-admin/login/"])
def test_no_other_login_form_is_ever_shown(client: Client, db: None, path: str) -> None:
    answer = client.get(path, {"next": "/admin/pages/"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next=%2Fadmin%2Fpages%2F"
    assert client.post(path, {"username": "x", "password": "y"}).status_code == 302


def test_password_reset_of_wagtail_is_closed(client: Client, db: None) -> None:
    assert client.get("/admin/password_reset/", follow=True).request["PATH_INFO"] == reverse("account_login")


def test_visitors_are_sent_to_sign_in_and_come_back(client: Client, db: None) -> None:
    answer = client.get("/admin/pages/?a=1")
    assert answer["Location"] == f"{reverse('account_login')}?next=%2Fadmin%2Fpages%2F%3Fa%3D1"


def test_members_get_403_and_no_redirect_loop(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.get("/admin/")
    assert answer.status_code == 403
    assert "somebody else" in answer.text


def test_staff_without_a_second_factor_must_set_one_up(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert client.get("/admin/")["Location"] == f"{reverse('mfa_index')}"


def test_a_session_that_never_showed_the_second_factor_is_asked_for_it(client: Client, staff: User) -> None:
    client.force_login(staff)
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get("/admin/")["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2Fadmin%2F"


def test_the_second_factor_opens_the_staff_pages(client: Client, staff: User) -> None:
    sign_in_with_second_factor(client, staff)
    assert client.get("/admin/").status_code == 200


def test_a_group_right_makes_staff_and_nothing_else_does(client: Client, alice: User) -> None:
    assert not alice.is_staff
    alice.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert User.objects.get(pk=alice.pk).is_staff
    sign_in_with_second_factor(client, alice)
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_a_second_factor_counts_at_once(client: Client, staff: User) -> None:
    client.post(reverse("account_login_password"), {"login": staff.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    code = format_hotp_value(hotp_value(client.session[SECRET_SESSION_KEY], int(time.time()) // 30))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    assert Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).exists()
    assert client.get("/admin/").status_code == 200


def test_without_the_rule_every_staff_page_warns(client: Client, staff: User, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(staff)
    for path in ("/admin/", "/admin/pages/", "/admin/images/", "/admin/users/"):
        assert "staff-warning.css" in client.get(path, follow=True).text, path
    assert "second factor is switched off" in client.get("/admin/").text


def test_with_the_rule_no_staff_page_warns(client: Client, staff: User) -> None:
    sign_in_with_second_factor(client, staff)
    assert "staff-warning.css" not in client.get("/admin/").text


def test_only_staff_pages_get_the_looser_policy(client: Client, staff: User) -> None:
    sign_in_with_second_factor(client, staff)
    assert client.get("/admin/")["Content-Security-Policy"] == STAFF_POLICY
    public = client.get(reverse("account_login"))["Content-Security-Policy"]
    assert "unsafe-inline" not in public
    assert "default-src 'self'" in public


def test_staff_pages_are_never_stored(client: Client, staff: User) -> None:
    sign_in_with_second_factor(client, staff)
    assert "no-store" in client.get("/admin/")["Cache-Control"]


def test_staff_manage_users_by_their_one_name(client: Client, staff: User) -> None:
    sign_in_with_second_factor(client, staff)
    form = {
        "email": "erin@example.org",
        "name": "Erin Eastman",
        "password1": "another long sentence",
        "password2": "another long sentence",
    }
    answer = client.post(reverse("wagtailusers_users:add"), form, follow=True)
    assert answer.status_code == 200
    erin = User.objects.get(email="erin@example.org")
    assert erin.name == "Erin Eastman"
    page = client.get(reverse("wagtailusers_users:edit", args=[erin.pk])).text
    assert "Erin Eastman" in page
    assert "first_name" not in page


def test_wagtails_preferences_can_be_saved(client: Client, staff: User) -> None:
    sign_in_with_second_factor(client, staff)
    page = client.get("/admin/account/")
    assert page.status_code == 200
    assert "first_name" not in page.text
    assert 'type="file"' not in page.text


def test_a_stolen_database_is_no_second_factor(staff: User, totp: Callable[[], str], settings: Any) -> None:
    stored = Authenticator.objects.get(user=staff).data["secret"]
    app = TOTP(Authenticator.objects.get(user=staff))
    assert not re.fullmatch("[A-Z2-7]{32}", stored), "that is the secret itself"
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next key", [settings.SECRET_KEY]
    assert app.validate_code(totp()), "a new SECRET_KEY locks nobody out while the old one is a fallback"
