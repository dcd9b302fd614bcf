"""What became of those who signed: counted as the slow way counts, shown as a triangle, opened to people."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import Settings

from assessments.actions.cohorts import MONTHS, count_cohorts
from assessments.calendar import CalendarMonth
from assessments.models import CohortRow
from assessments.queries.cohorts import OUTCOMES, by_month, cohorts
from assessments.queries.units import select
from teams.models import AuditEvent, Role
from tests.accounts import make_account
from tests.factories import make_coverage, make_doctor, make_resident
from tests.figure_pages import UNITS, address, queries, signed_in, status, text
from tests.reference.cohorts import cohorts as slow_cohorts
from tests.reference.examples import district as random_district
from tests.reference.examples import on_random_districts
from tests.reference.facts import load_facts
from tests.small_district import REPORT, SmallDistrict

pytestmark = pytest.mark.django_db


@pytest.mark.slow
@on_random_districts(examples=10)
def test_cohorts_are_what_the_slow_way_counts(seed: int) -> None:
    with random_district(seed) as days:
        facts = load_facts()
        for day in days[-3:]:
            count_cohorts(day)
            assert _counted() == slow_cohorts(facts, day, MONTHS), f"seed {seed}, as of {day}"


def _counted() -> dict[tuple[str, date, int, str], tuple[int, int]]:
    found: dict[tuple[str, date, int, str], list[bool]] = {}
    for row in CohortRow.objects.select_related("team"):
        for outcome, after in OUTCOMES:
            value = getattr(row, f"{outcome}_{after}")
            if value is not None:
                found.setdefault((row.team.code, row.first_on, after, outcome.value), []).append(value)
    return {key: (sum(values), len(values)) for key, values in found.items()}


@pytest.fixture
def counted(district: SmallDistrict) -> SmallDistrict:
    count_cohorts(REPORT)
    return district


def test_cohorts_of_the_small_district_by_hand(counted: SmallDistrict) -> None:
    selection = select(make_account("o", Role.OFFICIAL, institution=counted.bureau), {})
    month = by_month(cohorts(selection))[CalendarMonth(2017, 9)]
    # Zhou's contract ran from September 2017 to August 2018: still signed in March, gone in September, not renewed.
    assert {f"{outcome}_{after}": count for (outcome, after), count in month.outcomes.items()} == {
        "kept_3": (1, 1),
        "kept_6": (1, 1),
        "kept_12": (0, 1),
        "served_3": (0, 1),
        "served_6": (0, 1),
        "served_12": (0, 1),
        "renewed_3": (0, 1),
        "renewed_6": (0, 1),
        "renewed_12": (0, 1),
    }
    august = by_month(cohorts(selection))[CalendarMonth(2017, 8)]
    # Wu's ran out on 14 August 2018 and was followed at once: kept and renewed a year after signing.
    assert [august.outcomes[outcome, 12] for outcome, after in OUTCOMES if after == 12] == [(1, 1), (0, 1), (1, 1)]


def test_outcome_that_is_still_to_come_is_a_dash(official: Client, counted: SmallDistrict) -> None:
    rows = {row.name: row.cells for row in official.get(address("cohorts")).context["months"].rows}
    assert [cell.text for cell in rows["August 2018"]] == ["1", *["—"] * 9]
    assert [cell.text for cell in rows["March 2018"][1:4]] == ["100.0%", "100.0%", "—"]


@pytest.mark.parametrize("unit", UNITS)
def test_lists_are_as_long_as_their_cells(official: Client, counted: SmallDistrict, unit: str) -> None:
    table = official.get(address("cohorts", **UNITS[unit])).context["months"]
    cells = [cell for row in table.rows for cell in row.cells if cell.url]
    assert cells or unit == "idle team"
    for cell in cells:
        page = official.get(cell.url)
        active = next(tab for tab in page.context["tabs"] if tab["active"])
        assert len(page.context["page"].object_list) == int(active["count_text"])
        above, _gap, all_of_them = (int(tab["count_text"]) for tab in page.context["tabs"])
        assert f"{above * 100 / all_of_them:.1f}%" == cell.text


def test_people_of_a_cell_are_masked_and_the_look_is_recorded(official: Client, counted: SmallDistrict) -> None:
    asked = {"cohort": "2017-09", "outcome": "kept", "after": "12"}
    page = text(official, "cohort_people", **asked)
    assert "周小宝" in page
    assert "2017-09-01 – 2018-08-31" in page
    event = AuditEvent.objects.filter(kind=AuditEvent.Kind.PEOPLE).latest("id")
    assert event.what == f"cohort 2017-09 kept 12 gap {counted.bureau.name}"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"cohort": "2017-09", "outcome": "kept", "after": "4"},
        {"cohort": "2017-09", "outcome": "lost", "after": "3"},
        {"cohort": "then", "outcome": "kept", "after": "3"},
        {"cohort": "2017-09", "outcome": "kept", "after": "3", "part": "half"},
        {"cohort": "2010-01", "outcome": "kept", "after": "3"},
    ],
)
def test_cell_that_is_not_there_is_not_found(official: Client, counted: SmallDistrict, asked: dict[str, str]) -> None:
    assert status(official, "cohort_people", **asked) == 404


def test_doctor_sees_the_own_team_only(counted: SmallDistrict) -> None:
    doctor = signed_in(make_doctor(counted.idle_team))
    rows = doctor.get(address("cohorts")).context["months"].rows
    assert [row.name for row in rows] == ["August 2018", "August 2017"]
    assert status(doctor, "cohorts", team="T1") == 404


def test_auditor_sees_counts_without_people(counted: SmallDistrict) -> None:
    auditor = signed_in(make_account("a", Role.AUDITOR))
    table = auditor.get(address("cohorts")).context["months"]
    assert table.rows
    assert not any(cell.url for row in table.rows for cell in row.cells)
    assert status(auditor, "cohort_people", cohort="2017-09", outcome="kept", after="3") == 403


def test_spreadsheet_holds_the_page_s_table(official: Client, counted: SmallDistrict) -> None:
    table = official.get(address("cohorts")).context["months"]
    sheet = load_workbook(BytesIO(b"".join(official.get(address("cohort_file"))))).active
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0] == (table.head, *(column.label for column in table.columns))
    assert [line[0] for line in lines[1:]] == ["All", *(row.name for row in table.rows)]
    assert lines[1][1] == sum(row.cells[0].value for row in table.rows)


def test_counting_again_takes_the_place_of_what_was(counted: SmallDistrict, settings: Settings) -> None:
    before = CohortRow.objects.count()
    assert count_cohorts(REPORT) == before == CohortRow.objects.count()


def test_cohorts_are_grouped_when_they_are_counted_and_on_no_page(official: Client, counted: SmallDistrict) -> None:
    def grouped(client: Client, **unit: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address("cohorts", **unit)).status_code == 200
        return sum("GROUP BY" in row["sql"] and "cohortrow" in row["sql"] for row in captured)

    doctor = signed_in(make_doctor(counted.idle_team))
    assert [grouped(official), grouped(official, unit="C"), grouped(doctor)] == [0, 0, 0]
    count_cohorts()
    assert [grouped(official), grouped(official, unit="C"), grouped(doctor)] == [0, 0, 0]


def test_official_has_them_counted_at_once(official: Client, district: SmallDistrict) -> None:
    page = official.get(address("cohorts")).content.decode()
    assert reverse("assessments:cohort_count") in page
    assert official.post(reverse("assessments:cohort_count")).status_code == 302


def test_page_asks_as_many_questions_with_more_teams_and_months(official: Client, counted: SmallDistrict) -> None:
    few = len(queries(official, "cohorts", (), {}))
    assert few <= 12
    for month in range(1, 10):
        make_coverage(resident=make_resident(), start_on=date(2018, month, 1))
    count_cohorts(REPORT)
    assert len(queries(official, "cohorts", (), {})) == few
