"""What Stripe hears of a payer who moved: after the commit, and again until it heard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from payments import customers, gateway
from payments.models import Customer, Issue
from receipts.models import Payer
from receipts.payers import change_payer

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(connected_sandbox: Sandbox, bob: Payer) -> Customer:
    stripe_id = gateway.create_customer(name=bob.name, email=bob.email, reference=str(bob.public_id), key="bob")
    return Customer.objects.create(payer=bob, livemode=False, stripe_id=stripe_id)


def at_stripe(sandbox: Sandbox, customer: Customer) -> Any:
    return sandbox.client.v1.customers.retrieve(customer.stripe_id)


def test_stripe_hears_of_a_new_name_and_address(
    connected_sandbox: Sandbox, customer: Customer, bob: Payer, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change_payer(bob, {"name": "Bob Braun", "line1": "3 Elm Row", "email": "bob@new.example"})
        assert at_stripe(connected_sandbox, customer).name == "Bob Brown", "nobody is called inside the transaction"
    told = at_stripe(connected_sandbox, customer)
    assert (told.name, told.email, told.address.line1) == ("Bob Braun", "bob@new.example", "3 Elm Row")
    assert (told.address.city, told.address.state, told.address.country) == ("Portland", "ME", "US")
    customer.refresh_from_db()
    assert customer.to_tell == ""


def test_when_stripe_is_away_the_clock_tells_it_later(
    connected_sandbox: Sandbox, customer: Customer, bob: Payer, django_capture_on_commit_callbacks: Any
) -> None:
    connected_sandbox.fault("POST /v1/customers/{customer}", "500", times=10)
    with django_capture_on_commit_callbacks(execute=True):
        change_payer(bob, {"name": "Bob Braun"})
    assert customers.tell_overdue() == 0, "its own task may still be on its way"
    Customer.objects.update(to_tell_since=timezone.now() - timedelta(hours=1))
    connected_sandbox.clear_faults()
    assert customers.tell_overdue() == 1
    assert at_stripe(connected_sandbox, customer).name == "Bob Braun"
    assert customers.tell_overdue() == 0


def test_a_customer_who_is_gone_at_stripe_is_not_told_for_ever(
    connected_sandbox: Sandbox, customer: Customer, bob: Payer, django_capture_on_commit_callbacks: Any
) -> None:
    connected_sandbox.client.v1.customers.delete(customer.stripe_id)
    with django_capture_on_commit_callbacks(execute=True):
        change_payer(bob, {"name": "Bob Braun"})
    customer.refresh_from_db()
    assert customer.to_tell == ""


def test_what_stripe_refuses_is_an_issue_once(
    connected_sandbox: Sandbox, customer: Customer, bob: Payer, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change_payer(bob, {"email": "not an address"})
    customers.tell_stripe.enqueue(customer.pk)
    issue = Issue.objects.get(kind="customer_not_told")
    assert (issue.subject, issue.count) == (customer.stripe_id, 2)
    assert "not an address" not in issue.detail
    with django_capture_on_commit_callbacks(execute=True):
        change_payer(bob, {"email": "bob@new.example"})
    issue.refresh_from_db()
    assert issue.closed_at


def test_a_payer_who_never_paid_is_nobody_at_stripe(connected_sandbox: Sandbox, bob: Payer) -> None:
    connected_sandbox.clear_log()
    change_payer(bob, {"name": "Bob Braun"})
    assert connected_sandbox.log() == []


def test_nothing_changed_is_nothing_to_tell(customer: Customer, bob: Payer) -> None:
    assert change_payer(bob, {"name": bob.name}) == []
    customer.refresh_from_db()
    assert customer.to_tell_since is None
