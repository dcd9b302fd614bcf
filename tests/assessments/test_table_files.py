"""The tables of figures' pages as .xlsx: what the page shows, to the digit."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from assessments.actions.months import compute
from assessments.models import Target
from assessments.tables import Cell, Table
from teams.models import AuditEvent, Role
from tests.accounts import make_account
from tests.factories import make_institution, make_resident
from tests.figure_pages import address, signed_in, status
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db
OVERVIEW = ("categories", "institutions", "figures", "heat", "promises", "patients")
FIGURE = ("by_month", "by_institution", "by_category", "matrix")


def rows_of(client: Client, name: str, *args: str, **query: str) -> list[tuple[Any, ...]]:
    """The rows of the file behind a page's button."""
    response = client.get(address(name, *args, **query, file="xlsx"))
    assert response.status_code == 200, response
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return list(load_workbook(BytesIO(content)).active.values)


def plain(text: str) -> float | str:
    """A figure as anybody would type it into a spreadsheet."""
    typed = text.replace("−", "-").replace(",", "").replace("¥", "").removesuffix("%")
    return float(typed) if re.fullmatch(r"[+-]?[0-9.]+", typed) else text


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


@pytest.mark.parametrize("table", ["", "tiles", "nothing"])
def test_table_that_is_none_is_not_found(official: Client, table: str) -> None:
    for name, args in (("overview", ()), ("figure", ("coverage",)), ("forecast", ())):
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
