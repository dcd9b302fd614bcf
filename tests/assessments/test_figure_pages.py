"""A figure explains itself; pages of figures ask few questions of the database."""

import pytest
from django.test import Client

from assessments.actions.months import compute
from assessments.indicators import INDICATORS
from assessments.models import Population, Target
from tests.factories import (
    make_coverage,
    make_institution,
    make_resident,
    make_team,
    make_village,
)
from tests.figure_pages import UNITS, address, queries, text
from tests.small_district import OCTOBER, SmallDistrict

QUERIES_AT_MOST = 12

pytestmark = pytest.mark.django_db


# --- Figures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["district", "team"])
@pytest.mark.parametrize("indicator", [row.code for row in INDICATORS])
def test_every_figure_explains_itself_everywhere(official: Client, indicator: str, unit: str) -> None:
    known = next(row for row in INDICATORS if row.code == indicator)
    page = text(official, "figure", indicator, **UNITS[unit])
    assert str(known.why) in page
    assert known.source in page
    assert "version 1" in page


def test_figure_shows_target_and_official_population_beside_the_counted_one(
    official: Client, district: SmallDistrict
) -> None:
    Target.objects.create(indicator="coverage", year=2018, rate=30)
    Target.objects.create(indicator="coverage", category="key", year=2018, count=5)
    Population.objects.create(institution=district.bureau, year=2018, count=8)
    everyone = text(official, "figure", "coverage")
    assert "60.00%" in everyone
    assert "30 above target" in everyone
    assert "37.50% of 8" in everyone
    key = text(official, "figure", "coverage", category="key")
    assert "3 people short" in key
    assert "official population" not in key


def test_target_of_an_institution_outranks_the_district_s(official: Client, district: SmallDistrict) -> None:
    Target.objects.create(indicator="coverage", year=2018, rate=30)
    Target.objects.create(indicator="coverage", year=2018, rate=90, scope="institution", institution=district.centre)
    assert "30 below target" in text(official, "figure", "coverage", unit="C")
    assert "30 above target" in text(official, "figure", "coverage")


def test_head_count_is_the_task_of_its_whole_scope_only(official: Client, district: SmallDistrict) -> None:
    Target.objects.create(indicator="coverage", year=2018, count=5)
    assert "2 people short" in text(official, "figure", "coverage")
    for unit in ({"unit": "C"}, {"team": "T1"}):
        assert "people short" not in text(official, "figure", "coverage", **unit)
    Target.objects.create(indicator="coverage", year=2018, count=4, scope="institution", institution=district.centre)
    assert "1 person short" in text(official, "figure", "coverage", unit="C")
    assert "people short" not in text(official, "figure", "coverage", team="T1")


def test_overview_opens_every_figure_of_every_unit(official: Client) -> None:
    for unit in UNITS.values():
        page = official.get(address("overview", **unit)).content.decode()
        assert {row.code for row in INDICATORS if f"/figures/{row.code}/?" in page} == {row.code for row in INDICATORS}


# --- How many queries -----------------------------------------------------------------------------------------------

PAGES = [
    ("overview", (), {}),
    ("overview", (), {"unit": "C"}),
    ("overview", (), {"team": "T1"}),
    ("figure", ("coverage",), {"unit": "C"}),
    ("figure", ("managed",), {"category": "hypertension"}),
    ("people", ("coverage",), {"unit": "C", "part": "denominator"}),
    ("people", ("item_completion",), {"category": "key"}),
    ("people", ("satisfaction",), {"part": "denominator"}),
    ("people", ("household_coverage",), {"team": "T1"}),
    ("ages", ("coverage",), {"unit": "C"}),
    ("progress", (), {}),
    ("forecast", (), {}),
    ("cohorts", (), {}),
    ("cohorts", (), {"unit": "C"}),
    ("return", (), {}),
    ("month_list", (), {}),
    ("target_list", (), {}),
]


@pytest.mark.parametrize(("name", "args", "query"), PAGES)
def test_page_asks_few_questions(official: Client, name: str, args: tuple[str, ...], query: dict[str, str]) -> None:
    asked = queries(official, name, args, query)
    assert len(asked) <= QUERIES_AT_MOST, "\n".join(asked)


def test_pages_ask_as_many_questions_with_twenty_teams_as_with_two(official: Client, district: SmallDistrict) -> None:
    def asked() -> list[int]:
        """Of each page opened for the second time: what is kept is kept."""
        return [len((queries(official, *page), queries(official, *page))[1]) for page in PAGES]

    few = asked()
    for _ in range(18):
        village = make_village()
        team = make_team(institution=district.centre, villages=[village])
        make_coverage(resident=make_resident(village=village), team=team)
        make_institution(parent=district.centre)
    compute(month=OCTOBER)
    assert asked() == few
