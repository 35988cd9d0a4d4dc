"""The demo's log-ins and its legal entity."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from config.demo_logins import ADMIN, EDITOR, EVERYBODY, FINANCE, PASSWORD, DemoLogin
from receipts.models import Issuer
from receipts.payers import give_payers_to

GROUPS = {FINANCE.email: ["Finance"], EDITOR.email: ["Editors"]}


def make_logins() -> None:
    """Everybody who can sign in to the demo, with the published password and a confirmed address."""
    for login in EVERYBODY:
        _make(login)


def _make(login: DemoLogin) -> None:
    user, _ = get_user_model().objects.get_or_create(email=login.email, defaults={"name": login.name})
    user.set_password(PASSWORD)
    user.is_superuser = login == ADMIN
    user.save()
    user.groups.set(Group.objects.filter(name__in=GROUPS.get(login.email, [])) | user.groups.all())
    EmailAddress.objects.update_or_create(user=user, email=login.email, defaults={"verified": True, "primary": True})
    give_payers_to(user, login.email)


def make_issuer() -> None:
    issuer = Issuer.load()
    issuer.legal_name = "Harbour Light Foundation, Inc."
    issuer.address = "18 Lantern Wharf\nPortland, ME 04101\nUnited States"
    issuer.registration_number = "00-0000000"
    issuer.jurisdiction = "US"
    issuer.signatory = "Tess Okafor, Treasurer"
    issuer.purpose = "Long-term support, fair work and training for survivors of human trafficking."
    issuer.save()
