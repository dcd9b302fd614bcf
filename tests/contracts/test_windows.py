"""Windows of contract years, counted by hand from docs/rules.md 5."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.windows import Window, windows
from teams.dates import ONE_DAY, add_months

terms = st.tuples(st.dates(date(1999, 1, 1), date(2040, 12, 31)), st.integers(0, 1500))


def _windows(start: str, end: str, times: int) -> list[str]:
    found = windows(date.fromisoformat(start), date.fromisoformat(end), times)
    return [f"{window.opens_on}…{window.due_on}" for window in found]


def test_quarters_begin_on_the_same_day_of_the_month() -> None:
    assert _windows("2018-03-15", "2019-03-14", 4) == [
        "2018-03-15…2018-06-14",
        "2018-06-15…2018-09-14",
        "2018-09-15…2018-12-14",
        "2018-12-15…2019-03-14",
    ]


def test_five_times_a_year_are_73_days_each() -> None:
    assert _windows("2018-01-01", "2018-12-31", 5) == [
        "2018-01-01…2018-03-14",
        "2018-03-15…2018-05-26",
        "2018-05-27…2018-08-07",
        "2018-08-08…2018-10-19",
        "2018-10-20…2018-12-31",
    ]


def test_eight_times_a_year_are_rounded_half_up() -> None:
    openings = [window.opens_on for window in windows(date(2018, 1, 1), date(2018, 12, 31), 8)]

    # 365/8 = 45.6, 91.25, 136.9, 182.5, 228.1, 273.75, 319.4
    assert [(day - date(2018, 1, 1)).days for day in openings] == [0, 46, 91, 137, 183, 228, 274, 319]


def test_last_window_of_a_leap_year_has_the_additional_day() -> None:
    assert _windows("2020-01-01", "2020-12-31", 5)[-1] == "2020-10-19…2020-12-31"


def test_year_that_begins_on_the_31st_cuts_to_the_months_last_day() -> None:
    assert _windows("2018-01-31", "2019-01-30", 12)[:4] == [
        "2018-01-31…2018-02-27",
        "2018-02-28…2018-03-30",
        "2018-03-31…2018-04-29",
        "2018-04-30…2018-05-30",
    ]


def test_years_that_begin_on_29_february_return_to_it() -> None:
    assert _windows("2020-02-29", "2024-12-31", 1) == [
        "2020-02-29…2021-02-27",
        "2021-02-28…2022-02-27",
        "2022-02-28…2023-02-27",
        "2023-02-28…2024-02-28",
        "2024-02-29…2024-12-31",
    ]


def test_window_that_would_end_after_the_term_ends_on_its_last_day() -> None:
    assert _windows("2018-01-01", "2018-08-15", 4) == [
        "2018-01-01…2018-03-31",
        "2018-04-01…2018-06-30",
        "2018-07-01…2018-08-15",
    ]


def test_window_that_would_begin_after_the_term_does_not_exist() -> None:
    assert _windows("2018-01-01", "2018-06-30", 4) == ["2018-01-01…2018-03-31", "2018-04-01…2018-06-30"]


def test_window_that_begins_on_the_last_day_is_one_day_long() -> None:
    assert _windows("2018-01-01", "2018-07-01", 2)[-1] == "2018-07-01…2018-07-01"


def test_term_of_two_and_a_half_years_has_a_third_year_cut() -> None:
    assert _windows("2017-07-01", "2019-12-31", 2) == [
        "2017-07-01…2017-12-31",
        "2018-01-01…2018-06-30",
        "2018-07-01…2018-12-31",
        "2019-01-01…2019-06-30",
        "2019-07-01…2019-12-31",
    ]


def test_window_without_a_day_does_not_exist() -> None:
    assert len(list(windows(date(2018, 1, 1), date(2018, 12, 31), 366))) == 365


@given(terms, st.integers(1, 365))
def test_windows_tile_the_term_without_gap_or_overlap(term: tuple[date, int], times: int) -> None:
    start, days = term
    end = start + days * ONE_DAY

    found = list(windows(start, end, times))

    assert found[0].opens_on == start
    assert found[-1].due_on == end
    assert all(window.opens_on <= window.due_on for window in found)
    assert all(after.opens_on == before.due_on + ONE_DAY for before, after in pairwise(found))


@given(st.dates(date(1999, 1, 1), date(2040, 12, 31)), st.integers(1, 365), st.integers(1, 3))
def test_whole_contract_years_have_as_many_windows_as_times(start: date, times: int, years: int) -> None:
    found = list(windows(start, add_months(start, 12 * years) - ONE_DAY, times))

    assert len(found) == times * years
    assert {add_months(start, 12 * year) for year in range(years)} <= {window.opens_on for window in found}


@pytest.mark.parametrize("times", [1, 2, 3, 4, 6, 12])
def test_windows_of_whole_months_have_the_same_number_of_months(times: int) -> None:
    first, months = date(2018, 1, 1), 12 // times

    assert list(windows(first, date(2018, 12, 31), times)) == [
        Window(add_months(first, number * months), add_months(first, (number + 1) * months) - ONE_DAY)
        for number in range(times)
    ]
