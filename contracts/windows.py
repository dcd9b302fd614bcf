"""When a promised service is due: the windows of a coverage's contract years (docs/rules.md 5). Pure arithmetic.

Windows counted from a birth, a pregnancy or a register entry differ from person to person; sql/owed.sql
makes those.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, pairwise
from typing import NamedTuple

from teams.dates import ONE_DAY, add_months

MONTHS_A_YEAR = 12
DAYS_A_YEAR = 365


class Window(NamedTuple):
    """The days within which one service is owed, the first and the last both in it."""

    opens_on: date
    due_on: date


def windows(start_on: date, end_on: date, times_per_year: int) -> Iterator[Window]:
    """The windows of an item owed `times_per_year` in a coverage from `start_on` to `end_on`, in order of date.

    Contract years are anniversaries of `start_on`; each is tiled by its windows. A window that would begin after
    `end_on` does not exist, one that would end after it ends on it. More than 365 times a year leave windows without
    a day, which don't exist either.
    """
    for year in count():
        if add_months(start_on, MONTHS_A_YEAR * year) > end_on:
            return
        for opens_on, next_opens_on in pairwise(_openings(start_on, year, times_per_year)):
            if opens_on <= end_on and opens_on < next_opens_on:
                yield Window(opens_on, min(next_opens_on - ONE_DAY, end_on))


def _openings(start_on: date, year: int, times: int) -> list[date]:
    """The first days of a contract year's windows, and the first day of the year after it."""
    # Always from the original start: a year that began on 29 February begins on it again four years later.
    year_start = add_months(start_on, MONTHS_A_YEAR * year)
    next_year = add_months(start_on, MONTHS_A_YEAR * (year + 1))
    if MONTHS_A_YEAR % times == 0:
        starts = [add_months(year_start, number * MONTHS_A_YEAR // times) for number in range(times)]
    else:
        starts = [year_start + timedelta(days=_rounded(number * DAYS_A_YEAR, times)) for number in range(times)]
    return [*starts, next_year]


def _rounded(numerator: int, denominator: int) -> int:
    """The fraction as a whole number, half up."""
    return (2 * numerator + denominator) // (2 * denominator)
