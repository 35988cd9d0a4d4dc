"""What one of many buyers does at once (``tests.at_once``)."""

from __future__ import annotations

from payments import checkout
from payments.goods import NotAvailable
from receipts.models import Payer
from shop.models import Variant
from tests.at_once import pay
from tests.shop.shelves import an_order, row


def start(who: str) -> str:
    """Order the one thing, go to Stripe's page and pay there: whatever a shopper does who is told nothing else."""
    payer, variant = (int(key) for key in who.split(":"))
    order = an_order(row(Variant.objects.get(pk=variant)), payer=Payer.objects.get(pk=payer))
    try:
        payment = checkout.start(payer=order.payer, payables=[order], cancel_path="/")
    except NotAvailable as refused:
        return str(refused)
    return pay(str(payment.pk))
