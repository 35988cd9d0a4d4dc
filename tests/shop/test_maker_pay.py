"""What makers are owed: it grows with each unit sold, shrinks with each that comes back, and is paid out once."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from receipts.chart import Account
from receipts.checks import books_problems
from receipts.ledger import BookingError, RefundTooLarge, account_balance, record_maker_payout, reverse
from receipts.models import Entry, Fund, Transaction
from shop.makers import accruing, pay, payouts
from shop.models import MakerPayout, MakerPayoutLine, SettledEntry
from tests.shop.makers import SOLD_AT, a_maker, an_order_line, owed_maker, sold

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LATER = SOLD_AT + timedelta(days=9)


@pytest.fixture(autouse=True)
def unrestricted(db: None) -> Fund:
    return Fund.unrestricted()


def owed(maker: Any, currency: str = "USD") -> int:
    return pay.owed_by_maker().get((maker.pk, currency), 0)


def holds() -> bool:
    assert [*books_problems(), *pay.problems()] == []
    return True


class TestSelling:
    def test_owes_the_maker_for_every_unit_and_costs_as_much(self) -> None:
        amara = a_maker()
        sold(amara, 3)
        assert owed(amara) == 2700
        assert account_balance(Account.MAKER_PAY, currency="USD") == 2700
        assert account_balance(Account.MAKER_PAY_OWED, currency="USD") == -2700
        assert holds()

    def test_told_twice_it_is_owed_once(self) -> None:
        line = sold(a_maker(), 3)
        accruing.accrue(line, 3, occurred_at=LATER)
        assert owed(line.maker) == 2700

    @pytest.mark.parametrize(("units", "maker_pay"), [(0, 900), (2, 0)])
    def test_nothing_is_owed_for_nothing(self, units: int, maker_pay: int) -> None:
        assert accruing.accrue(an_order_line(a_maker(), maker_pay=maker_pay), units, occurred_at=SOLD_AT) is None
        assert not Transaction.objects.exists()

    def test_what_nobody_of_ours_made_owes_nobody(self) -> None:
        assert accruing.accrue(an_order_line(None), 2, occurred_at=SOLD_AT) is None

    @pytest.mark.parametrize("currency", ["JPY", "USD", "KWD"])
    def test_each_currency_stands_for_itself(self, currency: str) -> None:
        amara = a_maker()
        sold(amara, 2, currency=currency)
        sold(amara, 1, currency="EUR")
        assert pay.owed_by_maker() == {(amara.pk, currency): 1800, (amara.pk, "EUR"): 900}


class TestComingBack:
    def test_owes_less_by_the_units_that_came_back(self) -> None:
        line = sold(a_maker(), 3)
        accruing.take_back(line, 2, key="returned:1", occurred_at=LATER)
        accruing.take_back(line, 2, key="returned:1", occurred_at=LATER)
        assert owed(line.maker) == 900
        assert account_balance(Account.MAKER_PAY, currency="USD") == 900
        assert holds()

    def test_never_more_units_than_were_sold(self) -> None:
        line = sold(a_maker(), 3)
        accruing.take_back(line, 2, key="returned:1", occurred_at=LATER)
        with pytest.raises(RefundTooLarge):
            accruing.take_back(line, 2, key="cancelled:1", occurred_at=LATER)
        assert owed(line.maker) == 900

    def test_a_correction_of_the_books_is_owed_again(self) -> None:
        line = sold(a_maker(), 3)
        taken = accruing.take_back(line, 3, key="cancelled:1", occurred_at=LATER)
        assert taken
        reverse(taken, reference="test:mistake", occurred_at=LATER)
        assert owed(line.maker) == 2700
        assert holds()

    def test_of_what_was_never_owed_nothing_is_taken_back(self) -> None:
        assert accruing.take_back(an_order_line(a_maker()), 1, key="returned:1", occurred_at=LATER) is None


def draw_up(*makers: Any) -> MakerPayout:
    return payouts.draw_up(makers=makers, currency="USD", by=None)


def say_paid(payout: MakerPayout, method: str = "bank") -> bool:
    return payouts.say_paid(payout, paid_on=timezone.localdate(), method=method, by=None)


class TestPayingOut:
    def test_pays_what_is_owed_and_books_it_by_maker(self) -> None:
        amara, bimala = a_maker(), a_maker("Bimala")
        sold(amara, 3)
        sold(bimala, 1)
        payout = draw_up(amara, bimala)
        assert (payout.total, owed(amara)) == (3600, 2700)
        assert say_paid(payout)
        assert (owed(amara), owed(bimala)) == (0, 0)
        assert account_balance(Account.BANK, currency="USD") == -3600
        payout.refresh_from_db()
        assert payout.transaction.reference == f"makerpayout:{payout.pk}"
        assert holds()

    def test_in_cash_it_comes_out_of_the_cash(self) -> None:
        amara = owed_maker()
        say_paid(draw_up(amara), "cash")
        assert account_balance(Account.CASH, currency="USD") == -1800

    def test_said_twice_it_is_booked_once(self) -> None:
        payout = draw_up(owed_maker())
        assert (say_paid(payout), say_paid(payout)) == (True, False)
        assert account_balance(Account.BANK, currency="USD") == -1800

    def test_nothing_is_paid_for_twice(self) -> None:
        line = sold(a_maker(), 2)
        say_paid(draw_up(line.maker))
        assert payouts.to_pay("USD") == []
        with pytest.raises(payouts.PayoutRefused, match="owed anything"):
            draw_up(line.maker)
        assert MakerPayout.objects.count() == 1
        entry = SettledEntry.objects.get().entry
        with pytest.raises(IntegrityError), transaction.atomic():
            SettledEntry.objects.create(line=MakerPayoutLine.objects.get(), entry=entry)

    def test_one_waits_at_a_time(self) -> None:
        amara, bimala = owed_maker(), owed_maker("Bimala")
        first = draw_up(amara)
        with pytest.raises(payouts.PayoutRefused, match="waiting"):
            draw_up(bimala)
        assert payouts.throw_away(first)
        assert draw_up(bimala).total == 1800

    def test_never_more_than_is_owed_by_then(self) -> None:
        line = sold(a_maker(), 3)
        payout = draw_up(line.maker)
        accruing.take_back(line, 1, key="returned:1", occurred_at=LATER)
        with pytest.raises(payouts.PayoutRefused, match="less is owed to Amara"):
            say_paid(payout)
        payout.refresh_from_db()
        assert (payout.state, owed(line.maker)) == ("draft", 1800)
        assert payouts.throw_away(payout)
        again = draw_up(line.maker)
        assert again.total == 1800
        assert say_paid(again) and holds()

    def test_amounts_stay_as_they_were_drawn_up(self) -> None:
        line = sold(a_maker(), 1)
        payout = draw_up(line.maker)
        sold(line.maker, 5)
        say_paid(payout)
        assert account_balance(Account.BANK, currency="USD") == -900
        assert payouts.to_pay("USD") == [(line.maker, 4500)]
        assert holds()

    def test_what_came_back_after_it_was_paid_lowers_the_next(self) -> None:
        line = sold(a_maker(), 2)
        say_paid(draw_up(line.maker))
        accruing.take_back(line, 1, key="returned:1", occurred_at=LATER)
        assert (owed(line.maker), payouts.to_pay("USD")) == (-900, [])
        sold(line.maker, 3)
        assert draw_up(line.maker).total == 1800
        assert holds()

    def test_a_paid_one_is_never_thrown_away(self) -> None:
        payout = draw_up(owed_maker())
        say_paid(payout)
        assert not payouts.throw_away(payout)
        assert MakerPayout.objects.exists()

    def test_one_that_was_thrown_away_is_not_paid(self) -> None:
        payout = draw_up(owed_maker())
        payouts.throw_away(payout)
        payout.pk = 1
        with pytest.raises(payouts.PayoutRefused, match="thrown"):
            say_paid(payout)
        assert account_balance(Account.BANK, currency="USD") == 0

    def test_a_payout_that_the_bank_sent_back_is_owed_again(self) -> None:
        payout = draw_up(owed_maker())
        say_paid(payout)
        payout.refresh_from_db()
        reverse(payout.transaction, reference="test:bounced", occurred_at=timezone.now())
        maker = payout.lines.get().maker
        assert payouts.to_pay("USD") == [(maker, 1800)]
        assert holds()

    def test_only_from_the_bank_or_in_cash(self) -> None:
        with pytest.raises(BookingError):
            record_maker_payout(
                reference="x", parts=[("maker:1", 1)], currency="USD", paid_from=Account.STRIPE, occurred_at=LATER
            )

    @pytest.mark.parametrize(
        ("changes", "name"),
        [({"state": "paid"}, "says_when_and_how"), ({"paid_on": date(2026, 1, 1)}, "says_when_and_how")],
    )
    def test_the_table_refuses_half_a_payout(self, changes: dict[str, Any], name: str) -> None:
        payout = draw_up(owed_maker())
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            MakerPayout.objects.filter(pk=payout.pk).update(**changes)


class TestProof:
    """`check_books` sees what went past the verbs."""

    def test_a_line_of_another_amount(self) -> None:
        payout = draw_up(owed_maker())
        MakerPayoutLine.objects.filter(payout=payout).update(amount=1)
        assert "another amount" in " ".join(pay.problems())

    def test_a_payment_that_no_payout_knows(self) -> None:
        maker = owed_maker()
        record_maker_payout(
            reference="x", parts=[(maker.subject, 100)], currency="USD", paid_from="bank", occurred_at=LATER
        )
        assert "not the sum" in " ".join(pay.problems())

    def test_a_payout_booked_with_another_amount(self) -> None:
        payout = draw_up(owed_maker())
        say_paid(payout)
        SettledEntry.objects.all().delete()
        MakerPayoutLine.objects.update(amount=5)
        told = " ".join(pay.problems())
        assert "than the books say" in told and "not the sum" in told


def test_many_sales_take_as_many_queries_as_one() -> None:
    amara = a_maker()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            pay.owed_by_maker()
            payouts.to_pay("USD")
            list(pay.problems())
        return len(seen)

    sold(amara)
    few = queries()
    for name in "BCDEF":
        sold(a_maker(name))
    assert queries() == few


@pytest.mark.django_db(transaction=True)
def test_two_who_draw_up_at_once_make_one_payout() -> None:
    amara = owed_maker()
    start, refused = Barrier(2), []

    def try_it() -> None:
        start.wait()
        try:
            payouts.draw_up(makers=[amara], currency="USD", by=None)
        except payouts.PayoutRefused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert MakerPayout.objects.get().total == 1800
    assert SettledEntry.objects.count() == Entry.objects.count() == 1
