"""How figures are worded: rates, distances from a target, and what a line or a table says."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from assessments.calendar import CalendarMonth
from assessments.indicators import BY_CODE
from assessments.models import Target
from assessments.presenters.findings import worst
from assessments.presenters.words import (
    counted_text,
    finding,
    gap_text,
    goal_text,
    moved_text,
    places_beside,
    rate_text,
    signed,
    target_text,
)
from assessments.queries.figures import Count, Key


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def coverage(numerator: int, denominator: int = 1000) -> Count:
    return Count(Key("coverage"), numerator, denominator)


def of_rate(rate: int) -> Target:
    return Target(indicator="coverage", rate=Decimal(rate))


def line(*rates: int | None) -> list[tuple[CalendarMonth, Count | None]]:
    """Months from January on with these rates per thousand."""
    return [
        (CalendarMonth(2018, month), None if rate is None else coverage(rate)) for month, rate in enumerate(rates, 1)
    ]


def test_change_and_number_are_worded_with_what_they_count() -> None:
    moves = [moved_text(Decimal("-0.2"), Decimal(3), BY_CODE[code]) for code in ("coverage", "visit_cost")]
    assert moves == ["in a month −0.2 · in a year +3 points", "in a month −0.2 · in a year +3 yuan"]
    assert moved_text(None, None, BY_CODE["coverage"]) == ""
    counted = [counted_text(6116, BY_CODE[code]) for code in ("coverage", "package_completion")]
    assert counted == ["6,116 people", "6,116 packages"] and counted_text(0, BY_CODE["coverage"]) == "0"


def test_rate_is_worded_with_its_unit_or_a_dash() -> None:
    counts = (coverage(314), Count(Key("visit_cost"), 216_823_737, 9097), coverage(0, 0), None)
    assert [rate_text(count) for count in counts] == ["31.4%", "¥238.3", "—", "—"]


def test_change_has_a_real_minus() -> None:
    assert [signed(Decimal(text)) for text in ("0.3", "-0.3", "0.0")] == ["+0.3", "−0.3", "+0.0"]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (coverage(314), "1.4 above target"),
        (coverage(286), "1.4 below target"),
        (coverage(300), "at the target"),
        (coverage(29_999, 100_000), "0.001 below target"),
        (coverage(0, 0), ""),
    ],
)
def test_distance_from_a_rate_is_never_nothing_when_it_is_missed(count: Count, said: str) -> None:
    assert gap_text(count, of_rate(30)) == said


@pytest.mark.parametrize(("count", "places"), [(coverage(300), 1), (coverage(299), 1), (coverage(29_998, 100_000), 3)])
def test_rate_has_as_many_places_as_its_miss_needs(count: Count, places: int) -> None:
    assert places_beside(count, of_rate(30)) == places


def test_distance_from_a_head_count_is_told_in_people() -> None:
    target = Target(indicator="coverage", count=33_600)
    assert target_text(target) == "target 33,600 people"
    assert [gap_text(coverage(number), target) for number in (33_100, 33_600)] == ["500 people short", "target reached"]


def test_head_count_is_worded_as_the_most_where_lower_is_better() -> None:
    target = Target(indicator="unserved", count=500)
    assert goal_text(target) == target_text(target) == "at most 500 people"
    counts = [Count(Key("unserved"), number, 9000) for number in (500, 800)]
    assert [gap_text(count, target) for count in counts] == ["target reached", "300 people above target"]


def test_ceiling_is_worded_as_one() -> None:
    target = Target(indicator="unserved", rate=Decimal("5.00"))
    assert goal_text(target) == target_text(target) == "at most 5%"
    assert goal_text(Target(indicator="visit_cost", rate=Decimal("60.00"))) == "at most ¥60"


def test_target_is_not_called_one_where_a_heading_does() -> None:
    target = Target(indicator="coverage", rate=Decimal("30.00"))
    assert (goal_text(target), target_text(target), goal_text(None)) == ("30%", "target 30%", "")


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ((250, None, 290, 310, 314), "Up 6.4 since January 2018, on target since April 2018"),
        ((310, 330, 320), "Up 1 since January 2018, on target throughout"),
        ((310, 290), "Down 2 since January 2018"),
        ((290, 290), "As it was in January 2018"),
        ((None, 290), "One month so far"),
        ((None, None), "No figure in these months"),
    ],
)
def test_line_says_where_it_went_and_since_when_the_target_is_reached(rates: tuple[int | None, ...], said: str) -> None:
    assert finding(line(*rates), of_rate(30)) == said


def test_table_names_the_lowest_or_for_what_should_be_low_the_highest() -> None:
    rates = {"A": 300, "B": 241, "C": 258, "D": None}
    named = [(name, coverage(rate or 0, 1000 if rate else 0)) for name, rate in rates.items()]
    unserved = [(name, Count(Key("unserved"), count.numerator, count.denominator)) for name, count in named]
    assert worst(named, 2) == "Lowest: B 24.1%, C 25.8%"
    assert worst(unserved) == "Highest: A 30.0%"
    assert worst(named[:1]) == ""
