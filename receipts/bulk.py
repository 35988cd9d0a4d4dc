"""Many years of books in seconds, for benchmarks: rows that `check_books` accepts, written by the database itself.

No trigger is switched off for it. Never call it on books that anybody relies on.
"""

from __future__ import annotations

import hashlib
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from receipts.models import Entry, Fund, Payer, Transaction
from receipts.months import last_closed_month, next_month

ENTRIES_PER_PAYER = 25


@transaction.atomic
def generate(entries: int, *, months: int = 120, first_month: int = 201601, currency: str = "USD") -> int:
    """Write this many entries over this many months: payments in four streams, their fees, some refunds, payouts.

    Returns how many were written.
    """
    refunds = entries // 201
    payments = (entries - refunds) // 2
    payouts = entries - refunds - 2 * payments
    if (closed := last_closed_month()) and closed >= first_month:
        first_month = next_month(closed)
    _write_payers(max(1, entries // ENTRIES_PER_PAYER))
    values = _Values(first_month=first_month, months=months, payments=max(payments, 1), currency=currency)
    for sql, count in (
        (values.transactions("payment", 0), payments),
        (values.transactions("fee", payments), payments),
        (values.transactions("refund", 2 * payments, every=100), refunds),
        (values.transactions("payout", 2 * payments + refunds), payouts),
        (values.income(), payments),
        (values.fees(payments), payments),
        (values.refunds(payments), refunds),
        (values.payouts(2 * payments + refunds), payouts),
    ):
        if count:
            values.run(sql, count)
    values.move_sequences()
    return entries


def _write_payers(count: int) -> None:
    existing = Payer.objects.filter(email__endswith="@bulk.example").count()
    Payer.objects.bulk_create(
        [
            Payer(
                name=f"Payer {number}",
                email=f"payer{number}@bulk.example",
                fingerprint=hashlib.sha256(f"bulk {number}".encode()).hexdigest(),
            )
            for number in range(existing + 1, count + 1)
        ],
        batch_size=2_000,
    )


class _Values:
    """The SQL, in the words that SQLite and PostgreSQL share. `i` counts from 1."""

    def __init__(self, *, first_month: int, months: int, payments: int, currency: str) -> None:
        self.base = Transaction.objects.aggregate(top=Max("pk"))["top"] or 0
        self.base_entry = Entry.objects.aggregate(top=Max("pk"))["top"] or 0
        payers = Payer.objects.filter(email__endswith="@bulk.example").order_by("pk")
        self.payer, self.payers = payers[0].pk, payers.count()
        self.fund = Fund.unrestricted().pk
        self.currency = currency.upper()
        start = date(first_month // 100, first_month % 100, 1)
        months_on = f"({start.year * 12 + start.month - 1} + CAST(%s AS BIGINT) * {months} / {payments + 1})"
        self.year_and_month = f"({months_on} / 12 * 100 + {months_on} %% 12 + 1)"

    def month(self, i: str) -> str:
        return self.year_and_month.replace("%s", i).replace("%%", "%")

    def amount(self, i: str) -> str:
        return f"(1000 + ({i} * 37 % 90) * 100)"

    def moment(self, i: str) -> str:
        year, month, day = f"({self.month(i)} / 100)", f"({self.month(i)} % 100)", f"(1 + {i} % 28)"
        if connection.vendor == "postgresql":
            whole = ", ".join(f"CAST({part} AS INTEGER)" for part in (year, month, day))
            return f"make_timestamptz({whole}, 12, 0, 0, 'UTC')"
        return f"printf('%04d-%02d-%02d 12:00:00', {year}, {month}, {day})"

    def transactions(self, kind: str, offset: int, *, every: int = 1) -> str:
        i = f"(i * {every})"
        payer = f"{self.payer} + {i} % {self.payers}" if kind in {"payment", "refund"} else "CAST(NULL AS BIGINT)"
        return f"""
            INSERT INTO receipts_transaction (id, reference, occurred_at, recorded_at, month, payer_id, memo)
            SELECT {self.base} + {offset} + i, 'bulk:{kind}:' || ({self.base} + {offset} + i), {self.moment(i)},
                   {self.moment(i)}, {self.month(i)}, {payer}, '' FROM seq"""  # noqa: S608 (numbers of our own)

    def entries(self, *, offset: int, debit: str, credit: str, amount: str, i: str = "i", **more: str) -> str:
        """Entries with the number `offset + i`, in the transactions of the same number."""
        columns = {
            "id": f"{self.base_entry} + {offset} + i",
            "transaction_id": f"{self.base} + {offset} + i",
            "debit": debit,
            "credit": credit,
            "amount": amount,
            "currency": f"'{self.currency}'",
            "month": self.month(i),
            "fund_id": str(self.fund),
            "advantage": "0",
            "advantages": "'[]'",
            "subject": "''",
            "description": "''",
            "reporting_amount": amount,
            "rate_source": "''",
            **more,
        }
        if connection.vendor == "postgresql":
            columns["advantages"] = "CAST('[]' AS JSONB)"
        return f"INSERT INTO receipts_entry ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM seq"  # noqa: S608

    def stream(self, i: str) -> str:
        return (
            f"CASE WHEN {i} % 10 < 6 THEN 'dues' WHEN {i} % 10 < 8 THEN 'gifts' "
            f"WHEN {i} % 10 = 8 THEN 'shop_sales' ELSE 'course_fees' END"
        )

    def income(self) -> str:
        advantage = f"CASE WHEN i % 10 < 8 THEN 0 ELSE {self.amount('i')} END"
        return self.entries(
            offset=0, debit="'stripe'", credit=self.stream("i"), amount=self.amount("i"), advantage=advantage
        )

    def fees(self, offset: int) -> str:
        fee = f"({self.amount('i')} * 29 / 1000 + 30)"
        return self.entries(offset=offset, debit="'stripe_fees'", credit="'stripe'", amount=fee)

    def refunds(self, payments: int) -> str:
        """Half of every hundredth payment is given back."""
        paid = "(i * 100)"
        return self.entries(
            offset=2 * payments, debit=self.stream(paid), credit="'stripe'", amount=f"({self.amount(paid)} / 2)",
            i=paid, corrects_id=f"{self.base_entry} + {paid}",
        )  # fmt: skip

    def payouts(self, offset: int) -> str:
        return self.entries(
            offset=offset, debit="'bank'", credit="'stripe'", amount="100", fund_id="CAST(NULL AS BIGINT)"
        )

    def run(self, sql: str, count: int) -> None:
        into, select = sql.split("SELECT", 1)
        seq = f"WITH RECURSIVE seq(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM seq WHERE i < {count})"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(f"{into} {seq} SELECT {select}")
            if connection.vendor == "postgresql":
                # The triggers look up earlier rows: the planner must know by now that there are many. Not so on
                # SQLite, which would learn here that no entry corrects another, and read all for each that does.
                cursor.execute("ANALYZE receipts_transaction")
                cursor.execute("ANALYZE receipts_entry")

    def move_sequences(self) -> None:
        """Rows came with their numbers: tell PostgreSQL where to go on. SQLite looks for itself."""
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            for table in ("receipts_transaction", "receipts_entry"):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))"  # noqa: S608
                )
