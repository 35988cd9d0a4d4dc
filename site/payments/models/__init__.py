"""What we remember of Stripe: one file a noun."""

from __future__ import annotations

from payments.models.baskets import Basket, BasketItem
from payments.models.customers import CardChange, Customer
from payments.models.discounts import DiscountCode, DiscountUse
from payments.models.guard import CheckoutStart, HeldForm, SafeMode, SpentProof, Tally
from payments.models.inbox import Event, ObjectLease
from payments.models.money_back import Dispute, FraudWarning, Refund, RefundLine
from payments.models.owed import OwedRefund, OwedRefundLine
from payments.models.payments import Payment, PaymentItem, PaymentLine
from payments.models.plans import Plan, PlanLine, PlanTerms, RenewalFailure
from payments.models.reconciliation import BalanceLine, Issue, Payout
from payments.models.schedule import ScheduledJob
from payments.models.second_plans import SecondPlan
from payments.models.tax import TaxRate, TaxSettings

__all__ = [
    "BalanceLine",
    "Basket",
    "BasketItem",
    "CheckoutStart",
    "CardChange",
    "Customer",
    "DiscountCode",
    "DiscountUse",
    "Dispute",
    "Event",
    "HeldForm",
    "FraudWarning",
    "Issue",
    "ObjectLease",
    "OwedRefund",
    "OwedRefundLine",
    "Payment",
    "PaymentItem",
    "PaymentLine",
    "Payout",
    "Plan",
    "PlanLine",
    "PlanTerms",
    "Refund",
    "RefundLine",
    "RenewalFailure",
    "SafeMode",
    "ScheduledJob",
    "SecondPlan",
    "SpentProof",
    "Tally",
    "TaxRate",
    "TaxSettings",
]
