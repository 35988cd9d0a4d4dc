from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from payments.finance import FINANCE, GRANTED, SELLING, grant_to_finance

pytestmark = pytest.mark.django_db


def migrate_again() -> None:
    grant_to_finance(apps.get_app_config("payments"), using="default")


def granted() -> set[str]:
    group = Group.objects.get(name=FINANCE)
    return set(group.permissions.filter(content_type__app_label="payments").values_list("codename", flat=True))


def test_finance_may_look_refund_retry_and_close_after_a_fresh_migrate() -> None:
    assert granted() == GRANTED


def test_finance_may_add_or_delete_nothing_of_stripes() -> None:
    theirs = granted() - SELLING
    assert not [codename for codename in theirs if codename.startswith(("add_", "delete_"))]
    assert "change_payment" not in granted()


def test_migrating_again_does_not_give_back_what_was_taken_away() -> None:
    taken = Permission.objects.get(codename="refund_payment")
    Group.objects.get(name=FINANCE).permissions.remove(taken)
    migrate_again()
    assert granted() == GRANTED - {"refund_payment"}


def test_a_permission_that_is_new_is_given_once_it_exists() -> None:
    Permission.objects.get(codename="view_payout").delete()
    migrate_again()
    assert granted() == GRANTED


def test_a_group_that_was_deleted_comes_back_whole() -> None:
    Group.objects.get(name=FINANCE).delete()
    migrate_again()
    assert granted() == GRANTED
