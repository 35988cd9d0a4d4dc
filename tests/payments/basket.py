"""A basket as the tests of refunds pay it: candles and their shipping in one order, and a gift beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from payments import checkout, gateway, worker
from payments.gateway import reference_of
from payments.models import Payment
from receipts.chart import Account
from tests.offering.models import Offering
from tests.receipts.books import a_payer

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

VAT = {"name": "VAT", "rate": "19.0000"}
# Three candles at 10.00 and 19 % tax, a lantern, and shipping: 30.00 + 5.70, 20.00 + 3.80, 4.00 + 0.76.
CANDLES = {
    "account": Account.SHOP_SALES, "description": "Candle", "amount": 3000, "tax": 570, "quantity": 3,
    "taxes": [{**VAT, "amount": 570}], "subject": "orderline:1",
}  # fmt: skip
LANTERN = {
    "account": Account.SHOP_SALES, "description": "Lantern", "amount": 2000, "tax": 380, "quantity": 1,
    "taxes": [{**VAT, "amount": 380}], "subject": "orderline:2",
}  # fmt: skip
SHIPPING = {
    "account": Account.SHIPPING_INCOME, "description": "Shipping", "amount": 400, "tax": 76, "quantity": 1,
    "taxes": [{**VAT, "amount": 76}], "subject": "ordershipping:1",
}  # fmt: skip


def an_order(*parts: dict[str, Any], **fields: Any) -> Offering:
    lines = list(parts or (CANDLES, LANTERN, SHIPPING))
    return Offering.objects.create(**{"name": "An order", "parts": lines, **fields})


def a_gift(amount: int = 5000) -> Offering:
    return Offering.objects.create(name="A gift", amount=amount)


def paid(sandbox: Sandbox, *offerings: Offering) -> Payment:
    """These in one payment, really paid at the sandbox and booked."""
    payables = list(offerings) or [an_order(), a_gift()]
    started = checkout.start(payer=a_payer(), payables=payables, cancel_path="/")
    sandbox.complete(str(started.session_id))
    worker.sync("checkout.session", str(started.session_id))
    started.refresh_from_db()
    assert started.status == Payment.Status.PAID
    return started


def refund_in_the_dashboard(sandbox: Sandbox, payment: Payment, amount: int) -> None:
    """Somebody refunds it at Stripe, and we hear of that."""
    sandbox.control("POST", f"charges/{payment.charge_id}/refund", amount=amount)
    made = gateway.refunds_of(str(payment.charge_id))
    worker.sync("refund", next(one.id for one in made if not reference_of(one.metadata)))
