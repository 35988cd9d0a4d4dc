from __future__ import annotations

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from receipts.money import AmountError, format_amount, minor_digits, parse_amount, plain, split

CURRENCIES = ("JPY", "USD", "KWD")
AMOUNTS = st.integers(0, 10**12 - 1)


@pytest.mark.parametrize(
    ("currency", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("EUR", 2), ("usd", 2), ("XXZ", 2)]
)
def test_each_currency_has_its_own_decimals(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize(
    ("typed", "currency", "locale", "amount"),
    [
        ("10.50", "USD", "en", 1050),
        ("10.5", "USD", "en", 1050),
        ("10.", "USD", "en", 1000),
        ("10", "USD", "en", 1000),
        ("0", "USD", "en", 0),
        ("007", "USD", "en", 700),
        ("$1,250.50", "USD", "en", 125050),
        ("  25 USD ", "USD", "en", 2500),
        ("1.250,50 €", "EUR", "de", 125050),
        ("1 250,50", "EUR", "fr", 125050),
        ("5 US$", "USD", "sv", 500),
        ("$5", "CAD", "en", 500),
        ("500", "JPY", "en", 500),
        ("¥1,000", "JPY", "en", 1000),
        ("1.234", "KWD", "en", 1234),
    ],
)
def test_what_people_type_is_read_to_the_cent(typed: str, currency: str, locale: str, amount: int) -> None:
    assert parse_amount(typed, currency, locale) == amount


@pytest.mark.parametrize(
    "typed",
    [
        "", "  ", "ten", "10.505", "-1", "−5", "NaN", "Infinity", "1e9", "１０", "1٠", "10,5", "1,00",
        "1,2345", "1..5", ".5.", "€5", "£5", "5 EUR",
        "10 000 000 000 000", "9" * 400, "1_000", "0x10", "$", "10\n20", "\x00", "+5", "1.5.2", "(10)",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(AmountError) as refusal:
        parse_amount(typed, "USD")
    assert str(refusal.value).endswith(".")


def test_a_currency_without_decimals_says_so() -> None:
    with pytest.raises(AmountError, match="JPY has no decimals"):
        parse_amount("10.5", "JPY")


def test_the_largest_amount_has_twelve_digits() -> None:
    assert parse_amount("9999999999.99", "USD") == 999_999_999_999
    with pytest.raises(AmountError, match="too large"):
        parse_amount("10000000000.00", "USD")


@given(amount=AMOUNTS, currency=st.sampled_from(CURRENCIES))
def test_a_plain_amount_reads_back_as_itself(amount: int, currency: str) -> None:
    assert parse_amount(plain(amount, currency), currency) == amount


@given(amount=AMOUNTS, currency=st.sampled_from(CURRENCIES), locale=st.sampled_from(["en", "de", "fr", "sv", "en-GB"]))
def test_a_formatted_amount_reads_back_as_itself(amount: int, currency: str, locale: str) -> None:
    assert parse_amount(format_amount(amount, currency, locale), currency, locale) == amount


@given(text=st.text(max_size=30), currency=st.sampled_from(CURRENCIES))
def test_any_text_is_an_amount_or_refused(text: str, currency: str) -> None:
    try:
        amount = parse_amount(text, currency)
    except AmountError:
        return
    assert 0 <= amount < 10**12


@given(total=st.integers(-(10**12), 10**12), weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_parts_sum_to_the_whole_and_none_is_off_by_a_cent(total: int, weights: list[int]) -> None:
    if not sum(weights):
        with pytest.raises(ValueError, match="weights"):
            split(total, weights)
        return
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


def test_the_largest_remainder_gets_the_odd_cent() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10, [1, 0, 2]) == [3, 0, 7]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]


def test_the_template_filter_prints_amounts_for_people() -> None:
    page = Template("{% load money %}{{ amount|money:currency }}|{{ nothing|money:currency }}")
    assert page.render(Context({"amount": 125050, "currency": "USD", "nothing": None})) == "$1,250.50|"
