"""Splitting prices to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_packages.shares import raised, share_out

amounts = st.integers(0, 9_999_999).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("amount", "percent", "expected"), [("40.00", 5, "42.00"), ("0.10", 5, "0.11"), ("8.00", -10, "7.20")]
)
def test_raised_amount_is_rounded_half_up(amount: str, percent: int, expected: str) -> None:
    assert raised(Decimal(amount), Decimal(percent)) == Decimal(expected)


def test_cents_left_over_go_to_the_largest_remainders_and_then_to_lower_codes() -> None:
    thirds = {"resident": Decimal(1), "finance": Decimal(1), "medical_insurance": Decimal(1)}
    assert share_out(Decimal("0.11"), thirds) == {
        "resident": Decimal("0.03"),
        "finance": Decimal("0.04"),
        "medical_insurance": Decimal("0.04"),
    }


def test_remainders_of_unlike_weights_that_are_equal_are_a_tie() -> None:
    parts = share_out(Decimal("0.04"), {"c": Decimal(5), "b": Decimal(5), "a": Decimal(2)})
    assert parts == {"a": Decimal("0.01"), "b": Decimal("0.02"), "c": Decimal("0.01")}


@given(amounts, st.dictionaries(st.sampled_from("abcdefghi"), amounts, min_size=1))
def test_parts_add_up_and_stay_within_a_cent_of_their_share(total: Decimal, weights: dict[str, Decimal]) -> None:
    parts = share_out(total, weights)
    whole = sum(weights.values())
    assert sum(parts.values()) == total
    assert parts.keys() == weights.keys()
    if whole:
        assert all(abs(parts[code] - total * weights[code] / whole) < Decimal("0.0100001") for code in weights)


@given(st.dictionaries(st.sampled_from("abcdefghi"), amounts, min_size=1))
def test_price_that_stays_leaves_the_shares_as_they_are(weights: dict[str, Decimal]) -> None:
    if total := sum(weights.values()):
        assert share_out(Decimal(total), weights) == weights
