"""Division and rounding of figures, in the one place where they happen."""

from decimal import Decimal

import pytest

from teams.rates import YUAN, rate


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(190136, 605528, "31.40"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 800, "0.13"), (3, 800, "0.38"), (5, 5, "100.00")],
)
def test_per_cent_has_two_places_rounded_half_up(numerator: int, denominator: int, expected: str) -> None:
    assert str(rate(numerator, denominator)) == expected


def test_cost_in_fen_is_yuan_a_visit() -> None:
    assert rate(30005, 3, YUAN) == Decimal("100.02")


def test_half_is_rounded_up_once_from_the_exact_quotient() -> None:
    # 31.449… is 31.4; by way of two places it would become 31.45 and then 31.5.
    assert (rate(31449, 100000, places=2), rate(31449, 100000, places=1)) == (Decimal("31.45"), Decimal("31.4"))


def test_without_a_denominator_there_is_no_figure() -> None:
    assert rate(0, 0) is None


def test_large_counts_lose_nothing() -> None:
    assert rate(1_400_000_000, 1_400_000_001, places=8) == Decimal("99.99999993")
