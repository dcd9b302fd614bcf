"""Where a figure will stand at the year's end if it goes on as it did, and how sure that is. Pure arithmetic.

Numerator and denominator go on at the mean pace of the last months; the range is what four years in five would keep
within, if months scatter as these did. With fewer than three steps between months nothing is foretold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, isqrt

STEPS_AT_LEAST = 3
STEPS_AT_MOST = 6
# Four fifths of a normal distribution lie within this many standard deviations.
SPREAD = Fraction(128, 100)
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Point:
    """A figure on a report date."""

    day: date
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Forecast:
    """The expected counts at the year's end, and the numerators between which it may well lie (never below 0)."""

    numerator: int
    denominator: int
    lowest: int
    highest: int


def foretell(points: Sequence[Point], year_end: date) -> Forecast | None:
    """From points in order of date, the last of them the present one; None when there are too few.

    Steps are taken per day, so that months of 28 and of 31 days count alike.
    """
    points = points[-(STEPS_AT_MOST + 1) :]
    steps = len(points) - 1
    if steps < STEPS_AT_LEAST or points[-1].day > year_end:
        return None
    now, days = points[-1], (year_end - points[-1].day).days
    paces = [
        Fraction(later.numerator - earlier.numerator, (later.day - earlier.day).days)
        for earlier, later in pairwise(points)
    ]
    run = (now.day - points[0].day).days
    pace = Fraction(now.numerator - points[0].numerator, run)
    growth = Fraction(now.denominator - points[0].denominator, run)
    margin = _margin(paces, pace, Fraction(run, steps), days)
    expected = now.numerator + pace * days
    denominator = max(0, round(now.denominator + growth * days))

    def within(value: Fraction) -> int:
        return min(max(0, round(value)), denominator)

    return Forecast(within(expected), denominator, within(expected - margin), within(expected + margin))


def needed_a_week(numerator: int, wanted: int, day: date, year_end: date) -> int | None:
    """How many more a week bring the numerator to `wanted` by the year's end; 0 when it is there, None without a week
    left."""
    if numerator >= wanted:
        return 0
    weeks = (year_end - day).days // DAYS_A_WEEK
    return ceil((wanted - numerator) / weeks) if weeks else None


def wanted_numerator(rate: Fraction, denominator: int, *, higher_is_better: bool = True) -> int:
    """The least numerator that reaches a rate (per cent) on a denominator; the greatest where lower is better."""
    exact = rate * denominator / 100
    return ceil(exact) if higher_is_better else floor(exact)


def _margin(paces: Sequence[Fraction], mean: Fraction, step_days: Fraction, days: int) -> Fraction:
    """The scatter of single steps, added up over as many steps as are left."""
    variance = sum(((pace - mean) ** 2 for pace in paces), Fraction(0)) / (len(paces) - 1)
    return SPREAD * _root(variance * step_days * days)


def _root(value: Fraction) -> Fraction:
    """The square root to six places: plenty for heads."""
    scale = 10**6
    return Fraction(isqrt(value.numerator * value.denominator * scale * scale), value.denominator * scale)
