"""The official population against the people on file."""

from datetime import date

import pytest

from assessments.models import Population
from contracts.actions import problems
from contracts.models import Problem
from teams.clock import today
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("official", "found"), [(10, False), (11, False), (9, True), (12, True)])
def test_population_that_differs_by_more_than_ten_per_cent_is_told(official: int, found: bool) -> None:
    clinic = factories.make_institution(parent=factories.centre())
    for number in range(10):
        factories.make_resident(institution=clinic if number else factories.centre())
    factories.make_resident(institution=clinic, died_on=date(2018, 1, 1))
    Population.objects.create(institution=factories.centre(), year=today().year, category="all", count=official)
    Population.objects.create(institution=clinic, year=today().year - 1, category="all", count=1)
    problems.check(check_id=problems.request().pk)
    rows = list(Problem.objects.filter(rule="population_differs"))
    assert [row.institution for row in rows] == [factories.centre()] * found
    assert all(row.detail == {"registered": 10, "official": official, "year": today().year} for row in rows)


def test_centre_without_the_population_of_the_year_is_told_once_others_have_one() -> None:
    other = factories.make_institution(name="甲镇卫生院")
    for place in (factories.centre(), other):
        factories.make_resident(institution=place)
    problems.check(check_id=problems.request().pk)
    assert not Problem.objects.filter(rule="population_missing").exists()
    Population.objects.create(institution=other, year=today().year, category="all", count=1)
    problems.check(check_id=problems.request().pk)
    rows = Problem.objects.filter(rule="population_missing").order_by("institution__code")
    assert {row.institution for row in rows} == {factories.centre(), factories.bureau()}
    assert rows[0].detail["year"] == today().year
