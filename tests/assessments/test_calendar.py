"""Calendar months: reading, counting, report dates."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override
from pytest_django import Settings

from assessments.calendar import CalendarMonth
from teams.clock import month_words
from teams.rules import RuleViolation


def test_month_is_read_and_written_alike() -> None:
    assert str(CalendarMonth.parse(" 2018-02 ")) == "2018-02"


@pytest.mark.parametrize(
    "text", ["", "2018", "2018-13", "2018-00", "2018-2", "18-02", "2018-02-01", "２０１８-02", "0099-01"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        CalendarMonth.parse(text)
    assert refused.value.code == "month.unreadable"


@pytest.mark.parametrize(
    ("month", "last"),
    [("2018-02", date(2018, 2, 28)), ("2020-02", date(2020, 2, 29)), ("2018-12", date(2018, 12, 31))],
)
def test_month_ends_with_its_last_day(month: str, last: date) -> None:
    assert CalendarMonth.parse(month).last == last


@pytest.mark.parametrize(("months", "expected"), [(1, "2019-01"), (-12, "2017-12"), (0, "2018-12"), (14, "2020-02")])
def test_months_are_counted_across_years(months: int, expected: str) -> None:
    assert str(CalendarMonth.parse("2018-12").plus(months)) == expected


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "2018年11月"), ("en", "November 2018")])
def test_month_is_worded_in_one_way_in_each_language(language: str, words: str) -> None:
    with override(language):
        assert CalendarMonth.parse("2018-11").label == month_words(date(2018, 11, 30)) == words


def test_no_template_words_a_month_in_another_way() -> None:
    root = Path(__file__).parents[2] / "templates"
    assert [
        path.name for path in root.rglob("*.html") if re.search(r'date:"(?:Y-m|Y年n月|F Y)"', path.read_text())
    ] == []


def test_report_date_is_the_last_day_or_today_while_the_month_runs(settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 20)
    days = [CalendarMonth.parse(month).report_date() for month in ("2018-11", "2018-12")]
    assert days == [date(2018, 11, 30), date(2018, 12, 20)]


def test_month_that_has_not_begun_has_no_report_date(settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 31)
    with pytest.raises(RuleViolation) as refused:
        CalendarMonth.parse("2019-01").report_date()
    assert refused.value.code == "month.not_begun"
