"""The chart of accounts: short enough to be read in one go. Income accounts *are* the revenue streams."""

from __future__ import annotations

from django.db.models import TextChoices


class Account(TextChoices):
    # Held: what we have, or what others owe us.
    STRIPE = "stripe", "Held at Stripe"
    BANK = "bank", "Bank"
    CASH = "cash", "Cash in hand"
    DISPUTED = "disputed", "Money in dispute"
    STOCK = "stock", "Stock"
    GOODS_IN_KIND = "goods_in_kind", "Goods in kind"
    RECEIVABLE = "receivable", "Owed by payers"
    GIFT_AID = "gift_aid", "Gift Aid owed"
    # Owing: what we owe others.
    SALES_TAX = "sales_tax", "Sales tax owed"
    DEFERRED = "deferred", "Deferred income"
    MAKER_PAY_OWED = "maker_pay_owed", "Maker pay owed"
    CUSTOMER_CREDIT = "customer_credit", "Customer credit"
    GIFT_CARDS = "gift_cards", "Gift cards owed"
    # Income: the revenue streams.
    DUES = "dues", "Membership dues"
    GIFTS = "gifts", "Gifts"
    SHOP_SALES = "shop_sales", "Shop sales"
    SHIPPING_INCOME = "shipping_income", "Shipping income"
    COURSE_FEES = "course_fees", "Course fees"
    EVENT_TICKETS = "event_tickets", "Event tickets"
    GRANTS = "grants", "Grants"
    SPONSORSHIP = "sponsorship", "Sponsorship"
    OTHER_INCOME = "other_income", "Other income"
    # Costs.
    STRIPE_FEES = "stripe_fees", "Stripe fees"
    DISPUTE_FEES = "dispute_fees", "Dispute fees"
    MAKER_PAY = "maker_pay", "Maker pay"
    MATERIALS = "materials", "Materials"
    SHIPPING_COST = "shipping_cost", "Shipping cost"
    PROGRAMME = "programme", "Programme expenses"
    FUNDRAISING = "fundraising", "Fundraising expenses"
    ADMINISTRATION = "administration", "Administration expenses"
    ENTERPRISE = "enterprise", "Enterprise expenses"
    # Between: where an amount passes on its way.
    CURRENCY_EXCHANGE = "currency_exchange", "Currency exchange"
    FUND_TRANSFERS = "fund_transfers", "Fund transfers"
    OPENING_BALANCES = "opening_balances", "Opening balances"
    UNEXPLAINED = "unexplained", "Unexplained"


HELD = frozenset(
    {
        Account.STRIPE,
        Account.BANK,
        Account.CASH,
        Account.DISPUTED,
        Account.STOCK,
        Account.GOODS_IN_KIND,
        Account.RECEIVABLE,
        Account.GIFT_AID,
    }
)
OWING = frozenset(
    {Account.SALES_TAX, Account.DEFERRED, Account.MAKER_PAY_OWED, Account.CUSTOMER_CREDIT, Account.GIFT_CARDS}
)
INCOME = frozenset(
    {
        Account.DUES,
        Account.GIFTS,
        Account.SHOP_SALES,
        Account.SHIPPING_INCOME,
        Account.COURSE_FEES,
        Account.EVENT_TICKETS,
        Account.GRANTS,
        Account.SPONSORSHIP,
        Account.OTHER_INCOME,
    }
)
COSTS = frozenset(
    {
        Account.STRIPE_FEES,
        Account.DISPUTE_FEES,
        Account.MAKER_PAY,
        Account.MATERIALS,
        Account.SHIPPING_COST,
        Account.PROGRAMME,
        Account.FUNDRAISING,
        Account.ADMINISTRATION,
        Account.ENTERPRISE,
    }
)
BETWEEN = frozenset({Account.CURRENCY_EXCHANGE, Account.FUND_TRANSFERS, Account.OPENING_BALANCES, Account.UNEXPLAINED})

# What is bought for a price: its advantage is the whole amount, so that a sale can never become a tax receipt.
SALES = frozenset({Account.SHOP_SALES, Account.SHIPPING_INCOME, Account.COURSE_FEES, Account.EVENT_TICKETS})
# An entry on one of these changes what a fund has left, so it names its fund.
FUNDED: frozenset[Account] = INCOME | COSTS | {Account.FUND_TRANSFERS}

GROUPS = (("Held", HELD), ("Owing", OWING), ("Income", INCOME), ("Costs", COSTS), ("Between", BETWEEN))
# Balances of these read naturally as debits less credits; the others as credits less debits.
DEBIT_SIDE = HELD | COSTS


def in_order(accounts: frozenset[Account]) -> list[str]:
    """The values of these accounts, in the order of the chart: the same list every time."""
    return [account.value for account in Account if account in accounts]
