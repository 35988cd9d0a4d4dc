"""The sandbox accepts and answers what the installed SDK's types allow, and nothing else."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.contract import Contract
from stripe_sandbox.errors import ContractViolation
from tests.sandbox_client import Sandbox
from tests.stripe_sandbox.shop import RETURN, Shop, refused

LINE = {"price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "x"}}, "quantity": 1}
GIFT = {"mode": "payment", "line_items": [LINE], "success_url": RETURN}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract()


def test_every_route_of_the_sdk_is_known(contract: Contract) -> None:
    assert len({route.key for route in contract.routes}) > 550
    for name in ("POST /v1/checkout/sessions", "GET /v1/invoice_payments", "DELETE /v1/customers/{}"):
        assert name in {route.key for route in contract.routes}


def test_a_literal_path_wins_over_a_parameter(contract: Contract) -> None:
    found, ids = contract.match("GET", "/v1/subscriptions/search")
    assert found is not None
    assert (found.template, ids) == ("/v1/subscriptions/search", ())


def test_every_object_can_be_made_empty_and_holds_to_its_own_type(contract: Contract) -> None:
    names = set(contract.object_names) - {"list", "search_result", "file_upload"}
    resources = {name for name in names if ".v2." not in contract.object_names[name]}
    assert len(resources) > 140
    for name in resources:
        contract.check_object(contract.skeleton(name))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"amount": "12"}, "refund.amount"),
        ({"amount": None}, "refund.amount"),
        ({"object": "charge"}, "refund.object"),
        ({"surprise": 1}, "refund.surprise"),
        ({"charge": 7}, "refund.charge"),
    ],
)
def test_a_wrong_answer_is_caught_and_its_field_named(
    contract: Contract, change: dict[str, object], named: str
) -> None:
    refund = {**contract.skeleton("refund"), "id": "re_1"}
    contract.check_object(refund)
    with pytest.raises(ContractViolation, match=named):
        contract.check(["ref", contract.object_names["refund"]], {**refund, **change}, "refund")


def test_a_missing_field_is_caught(contract: Contract) -> None:
    refund = contract.skeleton("refund")
    del refund["currency"]
    with pytest.raises(ContractViolation, match="refund.currency"):
        contract.check_object(refund)


def test_an_open_enum_stays_open_in_answers(contract: Contract) -> None:
    dispute = {**contract.skeleton("dispute"), "status": "appeal_of_the_future"}
    contract.check_object(dispute)


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"line_items": [{**LINE, "colour": "red"}]}, "parameter_unknown", "line_items[0][colour]"),
        (
            {"line_items": [{"price_data": {"unit_amount": 5}}]},
            "parameter_missing",
            "line_items[0][price_data][currency]",
        ),
        ({"line_items": [{**LINE, "quantity": "two"}]}, "parameter_invalid_integer", "line_items[0][quantity]"),
        ({"line_items": [{**LINE, "quantity": "٣"}]}, "parameter_invalid_integer", "line_items[0][quantity]"),
        ({"mode": "gift"}, None, "mode"),
        ({"ui_mode": "hosted"}, None, "ui_mode"),
        ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported", "payment_method_types"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
    ],
)
def test_a_parameter_the_sdk_does_not_allow_is_refused(
    sandbox: Sandbox, params: dict[str, object], code: str | None, param: str
) -> None:
    error = refused(sandbox.client.v1.checkout.sessions.create, {**GIFT, **params})
    assert isinstance(error, stripe.InvalidRequestError)
    assert (error.http_status, error.code, error.param) == (400, code, param)
    assert sandbox.count("checkout.session") == 0


def test_a_known_route_without_an_implementation_says_so(sandbox: Sandbox) -> None:
    error = refused(sandbox.client.v1.topups.list)
    assert error.http_status == 501
    assert "GET /v1/topups" in str(error)


def test_an_understood_route_refuses_a_parameter_it_would_ignore(shop: Shop) -> None:
    error = refused(lambda: shop.open_gift(automatic_tax={"enabled": True}))
    assert error.http_status == 501
    assert "automatic_tax" in str(error)


def test_an_unknown_route_is_not_found(sandbox: Sandbox) -> None:
    status, _, text = sandbox.request("GET", "/v1/nonsense", headers={"Authorization": "Bearer sk_test_x"})
    assert status == 404
    assert "Unrecognized request URL" in text


def test_a_live_key_is_refused(sandbox: Sandbox) -> None:
    error = refused(sandbox.make_client("sk_live_x").v1.customers.list)
    assert isinstance(error, stripe.AuthenticationError)
    assert "refuses live keys" in str(error)


def test_a_call_without_a_key_is_refused(sandbox: Sandbox) -> None:
    assert sandbox.request("GET", "/v1/customers")[0] == 401


def test_another_api_version_is_refused(sandbox: Sandbox) -> None:
    error = refused(sandbox.client.v1.customers.list, {}, {"stripe_version": "2020-08-27"})
    assert "2020-08-27" in str(error)


def test_nothing_is_ever_live(shop: Shop) -> None:
    charge = shop.give()
    assert charge.livemode is False
    assert {event.livemode for event in shop.api.events.list({"limit": 100}).data} == {False}
