"""The tables of pages as .xlsx: what the page shows, to the digit."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from assessments.actions.months import compute
from assessments.exports import table_file
from assessments.models import Activity, Target
from assessments.tables import Cell, Column, Row, Table
from teams.models import AuditEvent, Role
from tests.accounts import make_account
from tests.factories import make_institution, make_resident
from tests.figure_pages import address, assert_file_is_on_the_page, plain, rows_of, signed_in, status
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db
OVERVIEW = ("categories", "institutions", "figures", "heat", "promises", "patients")
FIGURE = ("by_month", "by_institution", "by_category", "matrix")


def assert_file_is(table: Table, rows: list[tuple[Any, ...]]) -> None:
    assert list(rows[0]) == [table.head, *table.labels]
    shown = [row for row in (table.total, *table.rows) if row]
    assert [[row.name, *(plain(cell.text) for cell in row.cells)] for row in shown] == [
        [name, *("" if value is None else value for value in values)] for name, *values in rows[1:]
    ]


@pytest.fixture
def two_centres(district: SmallDistrict) -> None:
    """A second centre, so that there is something to compare; a target that a mark stands for."""
    make_resident(institution=make_institution(code="N", name="甲镇卫生院"), name="甲")
    Target.objects.create(indicator="coverage", year=2018, rate="70.55")
    compute(month=OCTOBER)


@pytest.mark.parametrize("name", OVERVIEW)
def test_overview_s_tables_are_files(official: Client, two_centres: None, name: str) -> None:
    shown = official.get(address("overview")).context
    cascades = {each.code: each.table for each in shown["cascades"]}
    assert f"table={name}" in official.get(address("overview")).content.decode()
    assert_file_is(cascades.get(name) or shown[name], rows_of(official, "overview", table=name))


@pytest.mark.parametrize("indicator", ["coverage", "visit_cost"])
@pytest.mark.parametrize("name", FIGURE)
def test_figure_s_tables_are_files(official: Client, two_centres: None, indicator: str, name: str) -> None:
    page = official.get(address("figure", indicator))
    assert f"table={name}" in page.content.decode()
    assert_file_is(page.context[name], rows_of(official, "figure", indicator, table=name))


def test_parts_by_age_are_a_file_with_both_numbers(official: Client) -> None:
    page = official.get(address("ages", "coverage")).context["ages"]
    rows = rows_of(official, "ages", "coverage")
    assert_file_is(page, rows)
    assert rows[1][-2:] == (60, "3 / 5")


def test_forecast_s_tables_are_files(official: Client, district: SmallDistrict) -> None:
    Target.objects.create(indicator="coverage", year=2018, rate=90)
    assert rows_of(official, "forecast", table="rows")[1][:2] == ("Coverage", 60)
    assert rows_of(official, "forecast", table="below")[1][0] == district.centre.name


def test_targets_are_a_file(official: Client, district: SmallDistrict) -> None:
    Target.objects.create(indicator="coverage", year=2018, rate=90)
    Target.objects.create(indicator="coverage", category="key", year=2018, count=1)
    Target.objects.create(indicator="visit_cost", year=2018, rate="85.5")
    Target.objects.create(indicator="coverage", year=2018, scope="institution", institution=district.centre, rate=70)
    rows = assert_file_is_on_the_page(official, "target_list", year="2018", table="targets")
    assert rows[1] == ["Coverage", "everyone", "everywhere", 90, 60, "2 people", "not reached"]
    assert [row[3] for row in rows[2:]] == [70, "1 person", "at most ¥85.5"]
    assert len(rows_of(official, "target_list", year="2017", table="targets")) == 1


def test_targets_of_others_are_in_no_file(official: Client, district: SmallDistrict) -> None:
    Target.objects.create(indicator="coverage", year=2018, scope="institution", institution=district.centre, rate=70)
    other = make_account("other", Role.CLERK, institution=make_institution(code="N", name="甲镇卫生院"))
    assert len(rows_of(official, "target_list", year="2018", table="targets")) == 2
    assert len(rows_of(signed_in(other), "target_list", year="2018", table="targets")) == 1


def test_table_with_typed_targets_that_were_refused_offers_no_file(district: SmallDistrict) -> None:
    made = Target.objects.create(indicator="coverage", year=2018, rate=90)
    client = signed_in(make_account("a", Role.ADMINISTRATOR))
    assert b"file=xlsx" in client.get(address("target_list", year="2018")).content
    page = client.post(address("target_save"), {"year": "2018", f"rate_{made.pk}": "much"})
    assert b"much" in page.content and b"file=xlsx" not in page.content


def test_sums_of_activities_are_a_file(official: Client, district: SmallDistrict) -> None:
    for institution, people in ((district.centre, 1234), (district.clinic, 40)):
        clerk = make_account(f"c{people}", Role.CLERK, institution=institution)
        activity = Activity(institution=institution, kind="lecture", title="讲座", people=people, reported_by=clerk)
        activity.began_on = activity.ended_on = date(2018, 10, 15)
        activity.state, activity.checked_by, activity.campaign = "confirmed", clerk, f"5·{people}"
        activity.save()
    rows = assert_file_is_on_the_page(official, "activity_sums", table="sums")
    assert [row[1:3] for row in rows[1:]] == [[2, 1274], [1, 1234], [1, 40]]
    rows = assert_file_is_on_the_page(official, "activity_sums", table="sums", campaign="5·40")
    assert [row[1:3] for row in rows[1:]] == [[1, 40], [1, 40]]
    own = rows_of(signed_in(clerk), "activity_sums", table="sums")
    assert [row[0] for row in own[2:]] == [district.clinic.name]
    doctor = make_account("d", Role.DOCTOR, institution=district.clinic)
    assert status(signed_in(doctor), "activity_sums", file="xlsx", table="sums") == 403


def test_words_of_a_table_stay_words_in_its_file() -> None:
    table = Table("t", "h", (Column("note", numeric=False), Column("yuan")), (Row("01", (Cell("007"), Cell("7.50"))),))
    assert list(load_workbook(table_file(table)).active.values) == [("h", "note", "yuan"), ("01", "007", 7.5)]


@pytest.mark.parametrize("table", ["", "tiles", "nothing"])
def test_table_that_is_none_is_not_found(official: Client, table: str) -> None:
    for name, args in (
        ("overview", ()),
        ("figure", ("coverage",)),
        ("forecast", ()),
        ("target_list", ()),
        ("transfer_list", ()),
    ):
        assert status(official, name, *args, file="xlsx", table=table) == 404


def test_file_is_of_the_account_s_own_unit_and_leaves_a_trace(district: SmallDistrict) -> None:
    clerk = make_account("c", Role.CLERK, institution=district.clinic)
    rows = rows_of(signed_in(clerk), "overview", table="figures")
    assert rows[1][0] == "Coverage"
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.EXPORT)
    assert event.what.startswith(f"{district.clinic.name}-2018-10-")
    assert status(signed_in(clerk), "overview", file="xlsx", table="figures", unit="B") == 404


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1,234", "1234"), ("89.98%", "89.98"), ("¥1,204.50", "1204.50"), ("−0.3", "-0.3"), ("+12", "12")],
)
def test_cell_is_a_number_where_its_text_is_one(text: str, shown: str) -> None:
    assert str(Cell(text, 5).shown) == shown


@pytest.mark.parametrize("text", ["3 / 5", "—", "3 ↑2", "", "33,600 people", "at most 5%"])
def test_cell_is_its_text_otherwise(text: str) -> None:
    assert Cell(text, 5).shown == text
