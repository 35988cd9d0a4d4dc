"""Many customers use a code in the same second."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from payments.discounts.refusals import CodeUsedUp
from payments.models import DiscountCode, DiscountUse
from tests.payments.codes import a_code, a_use

pytestmark = pytest.mark.django_db(transaction=True)
CUSTOMERS = 20


def at_once(act: Callable[[int], None], count: int = CUSTOMERS) -> list[str]:
    """What became of each: "ok", or the name of what was raised."""
    start, answers = threading.Barrier(count), [""] * count

    def run(number: int) -> None:
        start.wait()
        try:
            with transaction.atomic():
                act(number)
            answers[number] = "ok"
        except CodeUsedUp:
            answers[number] = "used up"
        except Exception as error:
            answers[number] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("limit", [1, 7])
def test_a_code_is_used_exactly_as_often_as_it_says(limit: int) -> None:
    code = a_code(most_uses=limit)
    uses = [a_use(code, f"customer{number}@example.org").pk for number in range(CUSTOMERS)]
    answers = at_once(lambda number: DiscountUse.objects.get(pk=uses[number]).pending())
    assert sorted(answers) == ["ok"] * limit + ["used up"] * (CUSTOMERS - limit)
    assert DiscountCode.objects.get().uses == limit == DiscountUse.objects.filter(state="held").count()


def test_one_customer_in_many_tabs_uses_it_once() -> None:
    code = a_code(most_uses_per_payer=1)
    uses = [a_use(code).pk for _ in range(CUSTOMERS)]
    answers = at_once(lambda number: DiscountUse.objects.get(pk=uses[number]).pending())
    assert sorted(answers) == ["ok"] + ["used up"] * (CUSTOMERS - 1)
    assert DiscountCode.objects.get().uses == 1


def test_a_use_is_given_back_once_however_many_say_so() -> None:
    code = a_code(most_uses=9, uses=5)
    use = a_use(code)
    use.pending()
    assert set(at_once(lambda number: DiscountUse.objects.get(pk=use.pk).released())) == {"ok"}
    assert DiscountCode.objects.get().uses == 5


def test_paid_and_released_in_the_same_moment_count_once() -> None:
    code = a_code(most_uses=9, uses=5)
    use = a_use(code)
    use.pending()

    def act(number: int) -> None:
        mine = DiscountUse.objects.get(pk=use.pk)
        mine.paid(None) if number % 2 else mine.released()

    assert set(at_once(act)) == {"ok"}
    use.refresh_from_db()
    assert (use.state, use.is_over, DiscountCode.objects.get().uses) == ("used", False, 6)
