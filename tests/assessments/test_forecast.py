"""Forecasts by hand and by their properties; the page says what a week must bring."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessments.actions.months import compute
from assessments.forecast import Point, foretell, needed_a_week, wanted_numerator
from assessments.models import Target
from teams.models import Role
from tests.accounts import make_account
from tests.factories import make_coverage, make_resident
from tests.small_district import OCTOBER, make_small_district

YEAR_END = date(2018, 12, 31)


def months(*numerators: int, denominator: int = 1000) -> list[Point]:
    """Points thirty days apart, the last of them ninety days before the year's end."""
    last = YEAR_END - timedelta(days=90)
    days = [last - timedelta(days=30 * back) for back in range(len(numerators) - 1, -1, -1)]
    return [Point(day, numerator, denominator) for day, numerator in zip(days, numerators, strict=True)]


def test_even_pace_goes_on_without_a_range() -> None:
    forecast = foretell(months(100, 110, 120, 130), YEAR_END)
    assert forecast is not None
    assert (forecast.numerator, forecast.lowest, forecast.highest, forecast.denominator) == (160, 160, 160, 1000)


def test_uneven_pace_has_a_range_about_its_mean() -> None:
    forecast = foretell(months(100, 105, 125, 130), YEAR_END)
    assert forecast is not None
    # Steps of 5, 20 and 5 in thirty days: their mean is 10, their deviation √75; over three more steps √225 × 1.28.
    assert (forecast.numerator, forecast.lowest, forecast.highest) == (160, 141, 179)


def test_denominator_goes_on_too() -> None:
    points = [Point(row.day, row.numerator, 1000 + 30 * number) for number, row in enumerate(months(1, 2, 3, 4))]
    forecast = foretell(points, YEAR_END)
    assert forecast is not None and forecast.denominator == 1090 + 90


@pytest.mark.parametrize("points", [[], months(1), months(1, 2, 3)])
def test_too_few_months_foretell_nothing(points: list[Point]) -> None:
    assert foretell(points, YEAR_END) is None


def test_only_the_last_six_steps_count() -> None:
    assert foretell(months(0, 900, 100, 110, 120, 130, 140, 150, 160), YEAR_END) == foretell(
        months(100, 110, 120, 130, 140, 150, 160), YEAR_END
    )


@given(st.lists(st.integers(0, 1000), min_size=4, max_size=9))
def test_forecast_stays_between_nobody_and_everybody_and_within_its_range(numerators: list[int]) -> None:
    forecast = foretell(months(*numerators), YEAR_END)
    assert forecast is not None
    assert 0 <= forecast.lowest <= forecast.numerator <= forecast.highest <= forecast.denominator


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 364))
def test_needed_a_week_is_enough_and_one_less_is_not(now: int, wanted: int, days: int) -> None:
    needed = needed_a_week(now, wanted, YEAR_END - timedelta(days=days), YEAR_END)
    weeks = days // 7
    if needed is None:
        assert weeks == 0 and now < wanted
    else:
        assert now + needed * weeks >= wanted
        assert needed == 0 or now + (needed - 1) * weeks < wanted


@given(st.decimals(0, 100, places=2), st.integers(0, 10**6))
def test_wanted_numerator_is_the_first_that_reaches_the_rate(rate: Decimal, denominator: int) -> None:
    wanted = wanted_numerator(Fraction(rate), denominator)
    assert wanted * 100 >= rate * denominator
    assert wanted == 0 or (wanted - 1) * 100 < rate * denominator


@pytest.mark.django_db
def test_where_less_is_better_a_week_has_to_take_away(client: Client) -> None:
    """Li was never served: a target of one in ten asks for her."""
    district = make_small_district()
    compute(month=OCTOBER)
    Target.objects.create(indicator="unserved", year=2018, rate=10)
    client.force_login(make_account("o", Role.OFFICIAL, institution=district.bureau))
    client.cookies["django_language"] = "en"
    for page in ({}, {"indicator": "unserved", "by": "team"}):
        shown = client.get(reverse("assessments:forecast"), {"month": "2018-10", **page})
        row = next(row for row in shown.context["rows"] if row["name"].startswith("Signed, not served"))
        assert row["a_week"] == "−1 person"
    Target.objects.update(rate=100)
    shown = client.get(reverse("assessments:forecast"), {"month": "2018-10"})
    assert next(row for row in shown.context["rows"] if row["name"].startswith("Signed, not served"))["a_week"] == "0"


@pytest.mark.django_db
def test_page_foretells_the_unit_and_those_below(client: Client) -> None:
    district = make_small_district()
    for month in range(6, 11):
        person = make_resident(village=district.village)
        make_coverage(resident=person, team=district.team, start_on=date(2018, month, 1))
        compute(month=date(2018, month, 1))
    Target.objects.create(indicator="coverage", year=2018, rate=90)
    client.force_login(make_account("o", Role.OFFICIAL, institution=district.bureau))
    client.cookies["django_language"] = "en"
    page = client.get(reverse("assessments:forecast"), {"month": "2018-10"})
    coverage = page.context["rows"][0]
    assert (coverage["now"], coverage["verdict"]) == ("80.0%", "will be missed")
    assert [row["name"] for row in page.context["below"]] == [district.centre.name]
    assert client.get(reverse("assessments:forecast"), {"indicator": "visit_cost"}).status_code == 404
    early = client.get(reverse("assessments:forecast"), {"month": "2018-06"})
    assert early.context["rows"][0]["range"] == "too few months"
