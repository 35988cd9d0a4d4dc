"""Idempotency keys as in v1, and faults to order."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.sandbox_client import DAY
from tests.stripe_sandbox.shop import Shop, refused

CUSTOMERS = "POST /v1/customers"
BOB = {"email": "bob@example.org"}
KEY = {"idempotency_key": "once"}


def test_the_same_key_gets_the_same_answer(shop: Shop) -> None:
    first = shop.api.customers.create(BOB, KEY)
    assert shop.api.customers.create(BOB, KEY).id == first.id
    assert shop.sandbox.count("customer") == 1
    assert [entry["replayed"] for entry in shop.sandbox.log()] == [False, True]


def test_another_key_is_another_customer(shop: Shop) -> None:
    shop.api.customers.create(BOB, {"idempotency_key": "a"})
    shop.api.customers.create(BOB, {"idempotency_key": "b"})
    assert shop.sandbox.count("customer") == 2


def test_a_key_with_other_parameters_is_an_error(shop: Shop) -> None:
    shop.api.customers.create(BOB, KEY)
    error = refused(shop.api.customers.create, {"email": "eve@example.org"}, KEY)
    assert isinstance(error, stripe.IdempotencyError)


def test_a_key_is_forgotten_after_a_day(shop: Shop) -> None:
    shop.api.customers.create(BOB, KEY)
    shop.sandbox.advance(days=2)
    shop.api.customers.create(BOB, KEY)
    assert shop.sandbox.count("customer") == 2


def test_a_refused_request_is_not_remembered(shop: Shop) -> None:
    refused(shop.api.customers.create, {"email": "no address"}, KEY)
    assert shop.api.customers.create(BOB, KEY).email == BOB["email"]


def test_an_answer_lost_after_the_work_is_found_again_by_its_key(shop: Shop) -> None:
    shop.sandbox.fault(CUSTOMERS, "drop_after")
    assert isinstance(refused(shop.api.customers.create, BOB, KEY), stripe.APIConnectionError)
    (made,) = shop.sandbox.ids("customer")
    assert shop.api.customers.create(BOB, KEY).id == made


def test_a_request_lost_before_the_work_did_nothing(shop: Shop) -> None:
    shop.sandbox.fault(CUSTOMERS, "drop_before")
    assert isinstance(refused(shop.api.customers.create, BOB), stripe.APIConnectionError)
    assert shop.sandbox.ids("customer") == []


@pytest.mark.parametrize(
    ("kind", "status", "code", "error_class"),
    [
        ("409", 409, "idempotency_key_in_use", stripe.StripeError),
        ("429", 429, "rate_limit", stripe.RateLimitError),
        ("429_lock_timeout", 429, "lock_timeout", stripe.RateLimitError),
        ("500", 500, None, stripe.APIError),
        ("503", 503, None, stripe.APIError),
    ],
)
def test_each_fault_looks_as_the_sdk_expects(
    shop: Shop, kind: str, status: int, code: str | None, error_class: type[stripe.StripeError]
) -> None:
    shop.sandbox.fault(CUSTOMERS, kind)
    error = refused(shop.api.customers.create, BOB)
    assert isinstance(error, error_class)
    # The SDK fills `error.code` for some classes only; the body has it always.
    assert error.error is not None
    assert (error.http_status, error.error.code) == (status, code)
    assert shop.sandbox.ids("customer") == []
    assert shop.api.customers.create(BOB).id in shop.sandbox.ids("customer")


def test_a_500_is_remembered_by_its_key_and_a_503_is_not(shop: Shop) -> None:
    for kind, key, then in (("500", "a", 500), ("503", "b", None)):
        shop.sandbox.fault(CUSTOMERS, kind)
        refused(shop.api.customers.create, BOB, {"idempotency_key": key})
        if then:
            assert refused(shop.api.customers.create, BOB, {"idempotency_key": key}).http_status == then
        else:
            assert shop.api.customers.create(BOB, {"idempotency_key": key}).id


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "409", "503"])
def test_the_sdks_own_retry_gets_over_it(shop: Shop, kind: str) -> None:
    shop.sandbox.fault(CUSTOMERS, kind)
    assert shop.sandbox.make_client(retries=2).v1.customers.create(BOB).email == BOB["email"]
    assert shop.sandbox.count("customer") == 1


def test_a_slow_answer_is_slow(shop: Shop) -> None:
    shop.sandbox.fault(CUSTOMERS, "slow", seconds=0.4)
    begun = time.monotonic()
    shop.api.customers.create(BOB)
    assert time.monotonic() - begun >= 0.4


def test_a_fault_hits_its_route_as_often_as_ordered(shop: Shop) -> None:
    customer = shop.customer.id
    shop.sandbox.fault("GET /v1/customers/{id}", "503", times=2)
    assert shop.api.customers.list().data
    assert [refused(shop.api.customers.retrieve, customer).http_status for _ in range(2)] == [503, 503]
    assert shop.api.customers.retrieve(customer).id == customer
    assert shop.sandbox.control("GET", "faults") == []


def test_a_fault_on_everything_can_be_cleared(shop: Shop) -> None:
    shop.sandbox.fault("*", "503", times=1000)
    assert refused(shop.api.balance.retrieve).http_status == 503
    shop.sandbox.clear_faults()
    assert shop.api.balance.retrieve().livemode is False


def test_the_log_tells_every_call(shop: Shop) -> None:
    shop.api.customers.create(BOB, KEY)
    refused(shop.api.customers.retrieve, "cus_nobody")
    told = [(entry["route"], entry["status"], entry["idempotency_key"]) for entry in shop.sandbox.log()]
    assert told == [("POST /v1/customers", 200, "once"), ("GET /v1/customers/{customer}", 404, None)]
    shop.sandbox.clear_log()
    assert shop.sandbox.log() == []


def test_a_key_of_yesterday_is_kept_until_a_full_day_is_over(shop: Shop) -> None:
    first = shop.api.customers.create(BOB, KEY)
    shop.sandbox.advance(DAY - 60)
    assert shop.api.customers.create(BOB, KEY).id == first.id


def test_the_same_key_at_the_same_time_does_the_work_once(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: shop.sandbox.make_client().v1.customers.create(BOB, KEY).id, range(8)))
    assert len(set(made)) == 1
    assert shop.sandbox.count("customer") == 1
