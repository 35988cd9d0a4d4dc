from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from receipts import triggers
from receipts.chart import Account
from receipts.ledger import (
    BookingError,
    RefundTooLarge,
    account_balance,
    close_month,
    defer_income,
    fund_balance,
    recognise_deferred,
    record_dispute_lost,
    record_dispute_reinstated,
    record_dispute_withdrawn,
    record_exchange,
    record_expense,
    record_fee,
    record_income,
    record_payout,
    record_refund,
    record_transfer,
    reverse,
    unrefunded,
    unrefunded_by_entry,
)
from receipts.models import Entry, Fund, Transaction
from receipts.models.ledger import NeverChanged
from receipts.months import first_open_month, month_of
from tests.receipts.books import PAID_AT, a_line, a_payer, a_payment, books_balance

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LATER = PAID_AT + timedelta(days=3)


def usd(account: str) -> int:
    return account_balance(account, currency="USD")


def test_a_payment_told_twice_is_booked_once() -> None:
    booking = {
        "reference": "stripe:ch_twice", "occurred_at": PAID_AT, "payer": a_payer(), "currency": "usd",
        "lines": [a_line(2_500)],
    }  # fmt: skip
    first, created = record_income(**booking)
    second, created_again = record_income(**booking)
    assert (first, created, created_again) == (second, True, False)
    assert usd(Account.GIFTS) == -2_500
    assert books_balance()


def test_each_line_and_its_tax_is_an_entry_of_its_own() -> None:
    paid = a_payment(a_line(2_000, Account.SHOP_SALES, tax=160), a_line(500))
    assert list(paid.entries.values_list("credit", "amount")) == [
        ("shop_sales", 2_000),
        ("sales_tax", 160),
        ("gifts", 500),
    ]
    assert usd(Account.STRIPE) == 2_660


def test_a_sale_carries_its_whole_amount_as_advantage() -> None:
    sale, gift = a_payment(a_line(2_000, Account.SHOP_SALES), a_line(500)).entries.all()
    assert (sale.advantage, gift.advantage) == (2_000, 0)


def test_the_database_refuses_a_sale_that_could_become_a_tax_receipt() -> None:
    paid = a_payment()
    with pytest.raises(IntegrityError, match="a_sale_is_never_receiptable"), transaction.atomic():
        Entry.objects.bulk_create(
            [
                Entry(transaction=paid, debit="stripe", credit="shop_sales", amount=100, currency="USD",
                      month=paid.month, fund=Fund.unrestricted(), advantage=40)
            ]
        )  # fmt: skip


def test_advantage_is_the_sum_of_fair_values_and_never_more_than_the_amount() -> None:
    mug, dinner = (
        {"label": label, "kind": "main", "fair_value": value} for label, value in (("Mug", 900), ("Dinner", 9_000))
    )
    small, large = a_payment(a_line(5_000, advantages=(mug,)), a_line(5_000, advantages=(mug, dinner))).entries.all()
    assert (small.advantage, large.advantage) == (900, 5_000)


@pytest.mark.parametrize("lines", [[], [0], [0, 0]])
def test_nothing_paid_is_nothing_booked(lines: list[int]) -> None:
    with pytest.raises(BookingError):
        a_payment(*[a_line(amount) for amount in lines] or [a_line(0)])
    assert not Transaction.objects.exists()


def test_income_below_zero_is_refused() -> None:
    with pytest.raises(BookingError):
        a_payment(a_line(-1))


def test_a_refund_is_split_over_the_lines_and_sums_to_what_was_refunded() -> None:
    paid = a_payment(a_line(1_000), a_line(1_000), a_line(1_000))
    refund, _ = record_refund(reference="stripe:re_1", of=paid, amount=1_000, occurred_at=LATER)
    assert list(refund.entries.values_list("amount", flat=True)) == [334, 333, 333]
    assert unrefunded(paid) == 2_000
    record_refund(reference="stripe:re_2", of=paid, amount=2_000, occurred_at=LATER)
    assert (unrefunded(paid), usd(Account.GIFTS), usd(Account.STRIPE)) == (0, 0, 0)
    assert books_balance()


def test_a_refund_by_parts_takes_back_exactly_the_entries_it_names() -> None:
    paid = a_payment(a_line(2_000, Account.SHOP_SALES, tax=160), a_line(500))
    candle, tax, gift = paid.entries.order_by("pk")
    refund, _ = record_refund(
        reference="re_1", of=paid, amount=1_080, occurred_at=LATER, parts=[(candle.pk, 1_000), (tax.pk, 80)]
    )
    assert [(entry.corrects_id, entry.amount) for entry in refund.entries.order_by("pk")] == [
        (candle.pk, 1_000),
        (tax.pk, 80),
    ]
    assert [left for _, left in unrefunded_by_entry(paid)] == [1_000, 80, 500]
    assert usd(Account.GIFTS) == -500
    # Without parts it is split over what those left.
    record_refund(reference="re_2", of=paid, amount=1_580, occurred_at=LATER)
    assert unrefunded(paid) == 0
    assert books_balance()


@pytest.mark.parametrize(
    ("amount", "parts", "refused_as"),
    [
        (1_001, [(0, 1_001)], RefundTooLarge),
        (1_001, [(0, 600), (0, 401)], RefundTooLarge),
        (900, [(0, 400), (1, 400)], BookingError),
        (400, [(0, 500), (1, -100)], BookingError),
        (0, [], BookingError),
        (100, [], BookingError),
    ],
)
def test_parts_beyond_their_entry_or_their_sum_are_refused(
    amount: int, parts: list[tuple[int, int]], refused_as: type[BookingError]
) -> None:
    paid = a_payment(a_line(1_000), a_line(500))
    entries = list(paid.entries.order_by("pk"))
    named = [(entries[place].pk, part) for place, part in parts]
    with pytest.raises(refused_as):
        record_refund(reference="re", of=paid, amount=amount, occurred_at=LATER, parts=named)
    assert unrefunded(paid) == 1_500


def test_a_part_of_somebody_elses_payment_is_refused() -> None:
    paid, other = a_payment(a_line(1_000)), a_payment(a_line(1_000))
    with pytest.raises(RefundTooLarge):
        record_refund(reference="re", of=paid, amount=10, occurred_at=LATER, parts=[(other.entries.get().pk, 10)])


def test_a_refund_told_twice_is_booked_once() -> None:
    paid = a_payment(a_line(1_000))
    record_refund(reference="stripe:re_1", of=paid, amount=1_000, occurred_at=LATER)
    _, created = record_refund(reference="stripe:re_1", of=paid, amount=1_000, occurred_at=LATER)
    assert not created
    assert unrefunded(paid) == 0


def test_more_than_was_paid_is_never_refunded() -> None:
    paid = a_payment(a_line(1_000))
    record_refund(reference="stripe:re_1", of=paid, amount=400, occurred_at=LATER)
    with pytest.raises(RefundTooLarge):
        record_refund(reference="stripe:re_2", of=paid, amount=601, occurred_at=LATER)
    assert unrefunded(paid) == 600


def test_a_refund_that_failed_can_be_made_again() -> None:
    paid = a_payment(a_line(1_000), a_line(500))
    failed, _ = record_refund(reference="stripe:re_1", of=paid, amount=1_500, occurred_at=LATER)
    reverse(failed, reference="stripe:re_1:failed", occurred_at=LATER)
    assert (unrefunded(paid), usd(Account.STRIPE)) == (1_500, 1_500)
    record_refund(reference="stripe:re_2", of=paid, amount=1_500, occurred_at=LATER)
    assert unrefunded(paid) == 0
    assert books_balance()


def test_a_reversal_mirrors_and_happens_once() -> None:
    paid = a_payment(a_line(1_000))
    undone, _ = reverse(paid, reference="undo", occurred_at=LATER)
    assert (undone.reverses, usd(Account.GIFTS)) == (paid, 0)
    with pytest.raises(BookingError):
        reverse(undone, reference="undo the undoing", occurred_at=LATER)
    with pytest.raises(BookingError):
        reverse(paid, reference="undo again", occurred_at=LATER)
    assert books_balance()


def test_fees_fall_on_the_unrestricted_fund_unless_the_fund_bears_its_own() -> None:
    bursaries = Fund.objects.create(name="Bursaries", bears_fees=True)
    school = Fund.objects.create(name="School roof")
    paid = a_payment(a_line(3_000, fund=bursaries), a_line(1_000, fund=school))
    record_fee(reference="stripe:fee:1", amount=100, currency="USD", occurred_at=PAID_AT, of=paid)
    assert fund_balance(bursaries, currency="USD") == 3_000 - 75
    assert fund_balance(school, currency="USD") == 1_000
    assert fund_balance(Fund.unrestricted(), currency="USD") == -25


def test_a_fee_given_back_reduces_the_fees() -> None:
    record_fee(reference="fee", amount=100, currency="USD", occurred_at=PAID_AT)
    record_fee(reference="fee back", amount=-30, currency="USD", occurred_at=LATER)
    assert usd(Account.STRIPE_FEES) == 70


def test_disputed_money_waits_until_the_dispute_is_closed() -> None:
    paid = a_payment(a_line(1_000))
    record_dispute_withdrawn(reference="dp:out", of=paid, amount=1_000, occurred_at=LATER)
    assert (usd(Account.STRIPE), usd(Account.DISPUTED), usd(Account.GIFTS)) == (0, 1_000, -1_000)
    record_dispute_reinstated(reference="dp:in", of=paid, amount=1_000, currency="USD", occurred_at=LATER)
    assert (usd(Account.STRIPE), usd(Account.DISPUTED)) == (1_000, 0)


def test_a_lost_dispute_takes_the_income_back() -> None:
    paid = a_payment(a_line(1_000))
    record_dispute_withdrawn(reference="dp:out", of=paid, amount=1_000, occurred_at=LATER)
    record_dispute_lost(reference="dp:lost", of=paid, amount=1_000, occurred_at=LATER)
    assert (usd(Account.DISPUTED), usd(Account.GIFTS), unrefunded(paid)) == (0, 0, 0)


def test_a_dispute_over_more_than_is_left_is_booked_all_the_same() -> None:
    paid = a_payment(a_line(1_000))
    record_refund(reference="re", of=paid, amount=700, occurred_at=LATER)
    record_dispute_withdrawn(reference="dp:out", of=paid, amount=1_000, occurred_at=LATER)
    record_dispute_lost(reference="dp:lost", of=paid, amount=1_000, occurred_at=LATER)
    assert (usd(Account.DISPUTED), usd(Account.GIFTS), usd(Account.UNEXPLAINED)) == (0, 0, 700)
    assert books_balance()


@pytest.mark.parametrize("amount", [0, -5])
def test_a_dispute_over_nothing_is_refused(amount: int) -> None:
    paid = a_payment(a_line(1_000))
    for book in (record_dispute_withdrawn, record_dispute_lost, record_refund):
        with pytest.raises(BookingError):
            book(reference="dp", of=paid, amount=amount, occurred_at=LATER)
    assert Transaction.objects.get() == paid


def test_payouts_go_to_the_bank_and_failed_ones_come_back() -> None:
    a_payment(a_line(1_000))
    record_payout(reference="po", amount=900, currency="USD", occurred_at=LATER)
    assert (usd(Account.STRIPE), usd(Account.BANK)) == (100, 900)
    record_payout(reference="po:failed", amount=-900, currency="USD", occurred_at=LATER)
    assert (usd(Account.STRIPE), usd(Account.BANK)) == (1_000, 0)


def test_a_transfer_moves_money_between_funds_and_nowhere_else() -> None:
    grant = Fund.objects.create(name="Grant")
    a_payment(a_line(1_000, Account.GRANTS, fund=grant), held_in=Account.BANK)
    record_transfer(
        reference="t", amount=400, currency="USD", giver=grant, receiver=Fund.unrestricted(), occurred_at=LATER
    )
    assert (fund_balance(grant, currency="USD"), fund_balance(Fund.unrestricted(), currency="USD")) == (600, 400)
    assert (usd(Account.BANK), usd(Account.FUND_TRANSFERS)) == (1_000, 0)


def test_expenses_reduce_their_fund() -> None:
    fund = Fund.objects.create(name="Shelter")
    record_expense(
        reference="rent", account=Account.PROGRAMME, amount=300, currency="USD", fund=fund, occurred_at=PAID_AT
    )
    assert (fund_balance(fund, currency="USD"), usd(Account.BANK)) == (-300, -300)


def test_deferred_income_comes_back_and_never_more_than_was_deferred() -> None:
    entry = a_payment(a_line(12_000, Account.DUES)).entries.get()
    term = {"term_start": date(2025, 6, 1), "term_end": date(2026, 6, 1)}
    deferral, _ = defer_income(reference="defer", entry=entry, amount=6_000, occurred_at=PAID_AT, **term)
    assert (usd(Account.DUES), usd(Account.DEFERRED)) == (-6_000, -6_000)
    part = deferral.entries.get()
    recognise_deferred(reference="earn 1", deferral=part, amount=500, occurred_at=LATER)
    assert (usd(Account.DUES), usd(Account.DEFERRED)) == (-6_500, -5_500)
    with pytest.raises(BookingError):
        recognise_deferred(reference="earn 2", deferral=part, amount=5_501, occurred_at=LATER)


def test_a_charge_settled_in_another_currency_passes_through_exchange() -> None:
    a_payment(a_line(1_000), currency="EUR")
    record_exchange(reference="fx", given=(1_000, "EUR"), received=(1_080, "USD"), occurred_at=PAID_AT)
    assert account_balance(Account.STRIPE, currency="EUR") == 0
    assert usd(Account.STRIPE) == 1_080


# -- History never changes ----------------------------------------------------------------------------------


def test_a_booked_row_cannot_be_saved_or_deleted() -> None:
    paid = a_payment()
    with pytest.raises(NeverChanged):
        paid.save()
    with pytest.raises(NeverChanged):
        paid.entries.get().delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE receipts_entry SET amount = amount + 1",
        "UPDATE receipts_transaction SET memo = 'changed'",
        "DELETE FROM receipts_entry",
        "DELETE FROM receipts_transaction",
        "INSERT INTO receipts_closedmonth (month, closed_at) VALUES (202001, '2020-02-01');"
        "UPDATE receipts_closedmonth SET month = 1",
    ],
)
def test_the_database_refuses_to_change_history(statement: str) -> None:
    a_payment()
    with pytest.raises(IntegrityError, match="books"), transaction.atomic(), connection.cursor() as cursor:
        for part in statement.split(";"):
            cursor.execute(part)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_database_refuses_truncate() -> None:
    a_payment()
    with pytest.raises(IntegrityError, match="books"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE receipts_entry CASCADE")


def test_the_database_refuses_corrections_that_exceed_their_entry() -> None:
    paid = a_payment(a_line(1_000))
    record_refund(reference="re", of=paid, amount=600, occurred_at=LATER)
    entry = paid.entries.get()
    too_much = Entry(
        transaction=paid, debit="gifts", credit="stripe", amount=401, currency="USD", month=paid.month,
        fund=entry.fund, corrects=entry, reporting_amount=401,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="corrections exceed"), transaction.atomic():
        Entry.objects.bulk_create([too_much])


def test_the_database_refuses_an_entry_in_another_month_than_its_transaction() -> None:
    paid = a_payment()
    stray = Entry(
        transaction=paid, debit="bank", credit="stripe", amount=1, currency="USD", month=202001, reporting_amount=1
    )
    with pytest.raises(IntegrityError, match="month of its transaction"), transaction.atomic():
        Entry.objects.bulk_create([stray])


def test_a_missing_trigger_is_a_problem() -> None:
    assert books_balance()
    name = "receipts_entry_no_update"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (" ON receipts_entry" if connection.vendor == "postgresql" else ""))
    assert triggers.missing(connection) == [name]
    triggers.install(connection)
    assert books_balance()


# -- Months -------------------------------------------------------------------------------------------------


def test_the_month_is_the_organisations_own() -> None:
    # 03:00 UTC on 1 July is still June in New York.
    assert month_of(datetime(2025, 7, 1, 3, tzinfo=UTC)) == 202506
    assert month_of(datetime(2025, 7, 1, 5, tzinfo=UTC)) == 202507


def test_what_is_learnt_after_closing_goes_into_the_first_open_month() -> None:
    close_month(202506)
    paid = a_payment(occurred_at=PAID_AT)
    assert (month_of(paid.occurred_at), paid.month) == (202506, 202507)
    assert {entry.month for entry in paid.entries.all()} == {202507}
    assert first_open_month(datetime(2025, 1, 5, tzinfo=UTC)) == 202507


def test_december_is_followed_by_january() -> None:
    close_month(202412)
    assert first_open_month(datetime(2024, 12, 5, tzinfo=UTC)) == 202501


@pytest.mark.parametrize("month", [202506, 202505])
def test_the_database_refuses_an_entry_in_a_closed_month(month: int) -> None:
    close_month(202506)
    with pytest.raises(IntegrityError, match="month is closed"), transaction.atomic():
        Transaction.objects.create(reference="late", occurred_at=PAID_AT, recorded_at=PAID_AT, month=month)


def test_a_month_is_closed_only_when_it_is_over() -> None:
    with pytest.raises(BookingError):
        close_month(202506, now=PAID_AT)
