"""A figure by sex and age band: the parts make the whole, everywhere."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.actions.keeping import count_ahead
from assessments.actions.months import compute
from assessments.indicators import BY_CODE, INDICATORS
from assessments.models import Month, Revision, Tally
from assessments.queries.breakdowns import BANDS, by_sex_and_age, has_breakdown
from assessments.queries.people import figure_count
from assessments.queries.returns import count_fees, fees_by_payer
from assessments.queries.units import select
from contracts.actions.packages import hold_packages
from contracts.models import CoveragePackage
from residents.models import Sex
from teams.models import Role
from tests.accounts import make_account
from tests.factories import make_resident
from tests.figure_pages import UNITS, address, signed_in, status, text
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db

BROKEN_DOWN = [
    (row.code, category)
    for row in INDICATORS
    for category in (("all", "key", "elderly") if row.categories is None else row.categories)
    if has_breakdown(row)
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("indicator", "category"), BROKEN_DOWN)
def test_parts_make_the_figure(district: SmallDistrict, indicator: str, category: str, unit: str) -> None:
    selection = select(make_account("o", Role.OFFICIAL, institution=district.bureau), UNITS[unit], category=category)
    parts, whole = by_sex_and_age(selection, BY_CODE[indicator]), figure_count(selection, BY_CODE[indicator])
    assert sum(count.numerator for count in parts.values()) == whole.numerator
    assert sum(count.denominator for count in parts.values()) == whole.denominator


def test_parts_are_told_by_sex_and_by_age_on_the_report_date(official: Client, district: SmallDistrict) -> None:
    selection = select(make_account("a", Role.AUDITOR), {})
    parts = by_sex_and_age(selection, BY_CODE["coverage"])
    assert {place: (count.numerator, count.denominator) for place, count in parts.items()} == {
        (Sex.MALE, 0): (0, 1),  # Zhou, 4
        (Sex.FEMALE, 18): (0, 1),  # Zheng, 28
        (Sex.MALE, 18): (1, 1),  # Wu, 38
        (Sex.MALE, 60): (1, 1),  # Li, 63
        (Sex.FEMALE, 65): (1, 1),  # Wang, 68
    }


def test_bands_begin_where_key_populations_do() -> None:
    assert {0, 7, 65} <= set(BANDS)


def test_page_shows_every_band_with_people_and_all_of_them(official: Client) -> None:
    page = text(official, "ages", "coverage")
    assert "60–64 100.0% 1 / 1" in page
    assert "all ages 66.7% 2 / 3 50.0% 1 / 2 60.0% 3 / 5" in page


def test_figure_s_page_fetches_the_part_alone(official: Client) -> None:
    figure = official.get(address("figure", "managed", category="hypertension"))
    fragment = official.get(figure.context["ages"], headers={"HX-Request": "true"}).content.decode()
    assert "By sex and age" in fragment
    assert "<html" not in fragment


def test_figures_that_have_neither_sex_nor_age_are_not_broken_down(official: Client) -> None:
    for code in ("household_coverage", "satisfaction", "awareness", "phone_valid"):
        assert status(official, "ages", code) == 404
        assert official.get(address("figure", code)).context["ages"] == ""


def test_auditor_sees_the_parts_which_are_counts(district: SmallDistrict) -> None:
    assert "all ages" in text(signed_in(make_account("a", Role.AUDITOR)), "ages", "coverage")


def test_parts_follow_the_month_the_moment_it_is_computed_anew(official: Client, district: SmallDistrict) -> None:
    assert "60.0% 3 / 5" in text(official, "ages", "coverage")
    make_resident(institution=district.centre)
    compute(month=OCTOBER)
    assert "50.0% 3 / 6" in text(official, "ages", "coverage")


def test_parts_are_counted_once_for_each_unit_and_never_for_another(district: SmallDistrict) -> None:
    account = make_account("o", Role.OFFICIAL, institution=district.bureau)
    for unit in ({}, {"team": "T1"}, {}):
        selection = select(account, unit)
        parts, whole = by_sex_and_age(selection, BY_CODE["coverage"]), figure_count(selection, BY_CODE["coverage"])
        assert sum(count.denominator for count in parts.values()) == whole.denominator
    with CaptureQueriesContext(connection) as captured:
        by_sex_and_age(selection, BY_CODE["coverage"])
    assert not [row for row in captured if "residents_resident" in row["sql"]]


# --- Counted in the background --------------------------------------------------------------------------------------


@pytest.fixture
def october(district: SmallDistrict) -> Revision:
    revision = Month.objects.get(first_on=OCTOBER).current
    assert revision is not None
    return revision


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("indicator", "category"), BROKEN_DOWN)
def test_parts_counted_in_the_background_are_those_counted_on_the_page(
    district: SmallDistrict, october: Revision, indicator: str, category: str, unit: str
) -> None:
    selection = select(make_account("o", Role.OFFICIAL, institution=district.bureau), UNITS[unit], category=category)
    by_page = by_sex_and_age(selection, BY_CODE[indicator])
    count_ahead(revision=october)
    assert by_sex_and_age(selection, BY_CODE[indicator]) == by_page


@pytest.mark.parametrize("category", ["all", "key", "elderly", "diabetes"])
def test_no_institution_waits_for_parts_that_were_counted(
    district: SmallDistrict, october: Revision, category: str
) -> None:
    count_ahead(revision=october)
    account = make_account("o", Role.OFFICIAL, institution=district.bureau)
    for unit in ({}, {"unit": "C"}, {"unit": "V"}):
        selection = select(account, unit, category=category)
        assert selection.names  # the page asks for them anyway
        with CaptureQueriesContext(connection) as captured:
            by_sex_and_age(selection, BY_CODE["coverage"])
        assert not [row for row in captured if "residentmonth" in row["sql"]]


def test_fees_counted_in_the_background_are_those_counted_on_the_page(october: Revision) -> None:
    hold_packages(rows=CoveragePackage.objects.values_list("coverage", "version"))
    by_page = count_fees(october)
    count_ahead(revision=october)
    with CaptureQueriesContext(connection) as captured:
        found = fees_by_payer(october)
    assert len(captured) == 1
    assert [(place, payer, str(yuan)) for place in found for payer, yuan in found[place].items()] == by_page != []


def test_rows_of_a_team_are_found_by_indexes(october: Revision) -> None:
    count_ahead(revision=october)
    with connection.cursor() as cursor:
        cursor.execute("select indexname from pg_indexes where tablename like %s", [f"%month_{october.pk}"])
        made = {name for (name,) in cursor.fetchall()}
    rows = f"assessments_residentmonth_{october.pk}"
    assert made >= {f"{rows}_village_id", f"{rows}_team_id", f"assessments_coveragemonth_{october.pk}_team_id"}


def test_tallies_are_made_once_and_go_with_the_rows(district: SmallDistrict, october: Revision) -> None:
    for _ in range(2):
        count_ahead(revision=october)
    assert set(october.tallies.values_list("name", flat=True)) >= {"fees", "ages coverage all", "ages managed elderly"}
    compute(month=OCTOBER)
    assert not Tally.objects.exists()
    count_ahead(revision=october)  # a task that comes too late
    assert not Tally.objects.exists()
