"""Staff make discount codes and see who used them; customers go on using them meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.models import DiscountCode
from tests.payments import desk
from tests.payments.codes import a_code, a_use

pytestmark = pytest.mark.django_db
TYPED = {
    "code": "Spring-26", "note": "For the fair", "percent": "12.5", "amount": "", "least_total": "20",
    "starts_at": "", "ends_at": "", "most_uses": "100", "most_uses_per_payer": "1", "is_active": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def tamara() -> Client:
    return desk.signed_in(desk.treasurer())


def edit(client: Client, code: DiscountCode, **changes: str) -> Any:
    return client.post(reverse("discount_codes:edit", args=[code.pk]), {**TYPED, "code": code.code, **changes})


def test_a_code_is_made_in_the_currency_of_the_books(tamara: Client, settings: Any) -> None:
    answer = tamara.post(reverse("discount_codes:add"), TYPED)
    assert answer.status_code == 302, answer.context["form"].errors
    code = DiscountCode.objects.get()
    assert (code.worth, code.least_total, code.currency, code.uses) == ("12.5%", 2000, settings.REPORTING_CURRENCY, 0)
    page = tamara.get(reverse("discount_codes:index")).content.decode()
    assert "Spring-26" in page and "12.5%" in page and "0 of 100" in page and "Can be used" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "two words"}, "code"),
        ({"code": "spring"}, "code"),
        ({"percent": ""}, "percent"),
        ({"amount": "5"}, "amount"),
        ({"percent": "100.01"}, "percent"),
        ({"percent": "0"}, "percent"),
        ({"percent": "1.234"}, "percent"),
        ({"percent": "", "amount": "0"}, "amount"),
        ({"percent": "", "amount": "five"}, "amount"),
        ({"most_uses": "0"}, "most_uses"),
        ({"most_uses": "-1"}, "most_uses"),
        ({"starts_at": "2026-05-02 10:00", "ends_at": "2026-05-02 10:00"}, "ends_at"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(tamara: Client, changes: dict[str, str], field: str) -> None:
    a_code("SPRING")
    answer = tamara.post(reverse("discount_codes:add"), {**TYPED, **changes})
    assert list(answer.context["form"].errors) == [field] and DiscountCode.objects.count() == 1


def test_a_code_in_use_cannot_be_allowed_less_often_than_it_was_used(tamara: Client) -> None:
    code = a_code(uses=5)
    answer = edit(tamara, code, most_uses="4")
    assert "used 5 times already" in str(answer.context["form"].errors["most_uses"])
    assert edit(tamara, code, most_uses="5").status_code == 302


def test_what_customers_use_while_staff_look_at_the_form_is_not_lost(tamara: Client, monkeypatch: Any) -> None:
    """Saving the form must not write back how often it had been used when the form was read."""
    from payments.discounts.staff import DiscountCodeForm

    code = a_code()
    use = a_use(code)
    clean = DiscountCodeForm.clean

    def meanwhile(form: DiscountCodeForm) -> dict[str, Any]:
        use.pending()
        return clean(form)

    monkeypatch.setattr(DiscountCodeForm, "clean", meanwhile)
    assert edit(tamara, code, note="Another").status_code == 302
    code.refresh_from_db()
    assert (code.uses, code.note) == (1, "Another")


def test_its_page_says_who_used_it_and_what_it_cost(tamara: Client) -> None:
    code = a_code(most_uses=5)
    for number in range(3):
        use = a_use(code, f"ada{number}@example.org")
        use.pending()
        if number:
            use.paid(None)
    a_use(code, "never@example.org")
    page = " ".join(tamara.get(reverse("discount_codes:inspect", args=[code.pk])).content.decode().split())
    assert "2 times, 5 at most" in page and "$10.00" in page and page.count("Ada Byron") == 3
    assert "At the checkout now</dt><dd>1" in page


def test_states_in_words(tamara: Client) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    a_code("A", is_active=False)
    a_code("B", starts_at=now + hour)
    a_code("C", ends_at=now - hour)
    a_code("D", most_uses=1, uses=1)
    a_code("E")
    listing = reverse("discount_codes:index")
    page = tamara.get(listing).content.decode()
    assert all(word in page for word in ("Switched off", "To come", "Over", "Used up", "Can be used"))
    assert [code.code for code in tamara.get(listing, {"state": "usable"}).context["object_list"]] == ["E"]
    assert len(tamara.get(listing, {"state": "not"}).context["object_list"]) == 4


def test_pages_cost_as_many_queries_for_many(tamara: Client, django_assert_max_num_queries: Any) -> None:
    code = a_code()
    for number in range(30):
        a_code(f"CODE{number}")
        a_use(code, f"ada{number}@example.org").pending()
    tamara.get(reverse("discount_codes:index"))
    with django_assert_max_num_queries(14):
        tamara.get(reverse("discount_codes:index"))
    with django_assert_max_num_queries(16):
        tamara.get(reverse("discount_codes:inspect", args=[code.pk]))


def test_who_may_not_see_supporters_sees_no_names() -> None:
    code = a_code()
    a_use(code).pending()
    charlie = desk.signed_in(desk.colleague("view_discountcode"))
    page = charlie.get(reverse("discount_codes:inspect", args=[code.pk])).content.decode()
    assert "A customer" in page and "Ada Byron" not in page


def test_a_colleague_without_the_permission_gets_nowhere() -> None:
    code = a_code()
    charlie = desk.signed_in(desk.colleague("view_payment"))
    for address in (reverse("discount_codes:index"), reverse("discount_codes:inspect", args=[code.pk])):
        assert charlie.get(address).status_code in (302, 403)
    assert edit(charlie, code).status_code in (302, 403)
    code.refresh_from_db()
    assert code.note == ""
