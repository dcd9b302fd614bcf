"""A batch ends as its rows one after the other do: random files with repeated keys, wrong codes and dates."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import Charge, Contract, Coverage, CoveragePackage, Obligation, Service, Visit
from residents.models import Register, Resident
from teams.imports import find_kind
from teams.imports.engine import load, open_table
from teams.models.accounts import SYSTEM
from tests.factories import centre, make_institution, make_item, make_package, make_resident, make_staff, make_team

pytestmark = pytest.mark.django_db

# One is known from the start, two come only with `residents` files, the last is wrong.
NUMBERS = ("341204196005170029", "341204196005170045", "341204196005170061", "341204196005170000")
DAYS = ("2018-01-01", "2018-06-30", "2018-07-01", "2018-12-31", "2019-06-30", "1950-01-01")


def cells(*columns: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Files of a few rows, each cell one of its column's."""
    row = st.tuples(*(st.sampled_from(column) for column in columns)).map(",".join)
    return st.lists(row, min_size=1, max_size=12)


@dataclass(frozen=True)
class Case:
    """A kind, what of a row's cells is its key, the heading, files, and what to compare in the end."""

    kind: str
    key: Callable[[list[str]], object]
    heading: str
    files: st.SearchStrategy[list[str]]
    rows: Callable[[], list[QuerySet]]


def residents() -> list[QuerySet]:
    fields = ("id_hash", "name", "phone_hash", "household__number", "is_head", "institution__code", "died_on")
    return [Resident.objects.order_by("id_hash").values_list(*fields)]


def registers() -> list[QuerySet]:
    return [Register.objects.order_by("resident", "category", "from_on").values_list("resident", "category", "to_on")]


def contracts() -> list[QuerySet]:
    by_coverage = ("coverage__contract__number", "coverage__resident", "version__package__code")
    return [
        Contract.objects.order_by("number").values_list("number", "team__code", "signed_on", "representative"),
        Coverage.objects.order_by("contract__number", "resident").values_list(
            "contract__number", "resident", "start_on", "end_on", "terminated_on", "termination_reason"
        ),
        CoveragePackage.objects.order_by(*by_coverage).values_list(*by_coverage, "price"),
        Charge.objects.order_by("held__coverage__contract__number", "payer").values_list("payer", "amount"),
        Obligation.objects.order_by("resident", "item", "opens_on", "due_on").values_list(
            "opens_on", "due_on", "met_on"
        ),
    ]


def services() -> list[QuerySet]:
    key = ("resident", "item__code", "performed_on")
    return [
        Service.objects.order_by(*key).values_list(*key, "systolic", "staff__staff_no"),
        Obligation.objects.order_by("resident", "item", "opens_on").values_list("opens_on", "met_on"),
    ]


def visits() -> list[QuerySet]:
    key = ("visit_no", "resident", "visited_on", "institution__code")
    return [Visit.objects.order_by(*key).values_list(*key, "cost")]


CASES = (
    Case(
        "residents",
        lambda row: row[0],
        "id_number,name,phone,household_no,is_head,institution_code,died_on",
        cells(
            NUMBERS, ("甲", "乙", ""), ("", "13905580123"), ("", "H1", "H2"), ("", "1"), ("C", "D", "X"), ("", *DAYS)
        ),
        residents,
    ),
    Case(
        "registers",
        lambda row: tuple(row[:3]),
        "id_number,category,from_on,to_on",
        cells(NUMBERS, ("高血压", "diabetes", "elderly"), DAYS, ("", *DAYS)),
        registers,
    ),
    Case(
        "contracts",
        lambda row: tuple(row[:2]),
        "contract_no,id_number,representative_id_number,team_code,signed_on,start_on,end_on,package_codes,terminated_on",
        cells(
            ("K1", "K2", "K3"),
            NUMBERS[:3],
            ("", *NUMBERS[:2]),
            ("T1", "T1", "T2"),
            ("2018-01-01",),
            DAYS[:4],
            DAYS[1:5],
            ("", "A", "A;B", "X"),
            ("", "", *DAYS[:4]),
        ),
        contracts,
    ),
    Case(
        "services",
        lambda row: tuple(row[:3]),
        "id_number,item_code,performed_on,systolic,staff_no",
        cells(NUMBERS, ("BP", "X"), DAYS, ("", "120", "500"), ("", "S1", "S2")),
        services,
    ),
    Case(
        "visits",
        lambda row: row[4] or tuple(row[:3]),
        "id_number,visited_on,institution_code,cost,visit_no",
        cells(NUMBERS, DAYS, ("C", "D", "X"), ("1", "2", "-1"), ("", "V1", "V2")),
        visits,
    ),
)


@pytest.fixture
def district() -> None:
    """Two centres, two teams, two packages, and two residents, one of them under contract."""
    centre(), make_institution(code="D")
    make_staff(staff_no="S1")
    make_team(code="T2")
    make_package(code="A", items={"BP": 2}, price=None)
    make_package(code="B", items={"ADVICE": 1})
    make_item("BP")
    for number in NUMBERS[:2]:
        make_resident(number=number, born=date(1960, 5, 17))
    put_in(
        "contracts",
        "contract_no,id_number,team_code,signed_on,start_on,end_on,package_codes",
        [f"K0,{NUMBERS[0]},{make_team(code='T1').code},2016-01-01,2018-01-01,2018-06-30,A"],
        batch_rows=1,
    )


def put_in(kind: str, heading: str, lines: list[str], batch_rows: int) -> list[tuple[object, ...]]:
    """Row number, outcome and column of every row."""
    known = replace(find_kind(kind), batch_rows=batch_rows, group="")
    file = io.BytesIO("\n".join((heading, *lines)).encode())
    with open_table(file, "a.csv", known) as table:
        rows = [row for batch in load(table, known, by=SYSTEM) for row in batch.rows]
    return [(row.number, row.outcome, row.column) for row in rows]


def ends_as(case: Case, lines: list[str], batch_rows: int) -> tuple[object, object]:
    """The outcomes, and what then stands in the tables; taken back afterwards."""
    with transaction.atomic():
        outcomes = put_in(case.kind, case.heading, lines, batch_rows)
        tables = [[tuple(map(plain, row)) for row in rows] for rows in case.rows()]
        transaction.set_rollback(True)
    return outcomes, tables


def plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_batch_ends_as_its_rows_one_after_the_other(district: None, case: Case) -> None:
    @settings(max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(lines=case.files)
    def check(lines: list[str]) -> None:
        assert ends_as(case, lines, batch_rows=100) == ends_as(case, lines, batch_rows=1)

    check()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_last_word_on_every_key_changes_nothing_when_it_is_said_again(district: None, case: Case) -> None:
    @settings(max_examples=30, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(lines=case.files)
    def check(lines: list[str]) -> None:
        with transaction.atomic():
            outcomes = put_in(case.kind, case.heading, lines, batch_rows=100)
            taken = [line for line, row in zip(lines, outcomes, strict=True) if row[1] != "rejected"]
            last = list({case.key(line.split(",")): line for line in taken}.values())
            again = put_in(case.kind, case.heading, last, batch_rows=100)
            transaction.set_rollback(True)
        assert {outcome for _number, outcome, _column in again} <= {"unchanged"}

    check()
