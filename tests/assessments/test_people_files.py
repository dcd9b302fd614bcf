"""The people behind a figure, a difference, a cohort and money as files: as many lines as the page counts, masked."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from openpyxl import load_workbook

from assessments.actions.cohorts import count_cohorts
from assessments.actions.freezing import freeze
from assessments.actions.months import compute
from assessments.models import CohortRow
from assessments.queries import differences
from contracts.models import Coverage
from residents.actions.transfers import transfer
from teams import exports as lists
from teams.actions import exports
from teams.cipher import decrypt
from teams.models import AuditEvent, Export, Role, User
from teams.models.accounts import SYSTEM
from tests.accounts import make_account
from tests.factories import make_coverage, make_institution, make_resident, make_village
from tests.figure_pages import UNITS, address, signed_in
from tests.money import begin, carry_through, make_fund, make_money_district
from tests.small_district import OCTOBER, REPORT, SmallDistrict

pytestmark = pytest.mark.django_db
KINDS = ["figure_people", "difference_people", "cohort_people", "basis_people"]
CELL = {"cohort": "2017-09", "outcome": "kept", "after": "12"}
DIFFERENCE = {"month": "2018-10", "unit": "B", "indicator": "coverage"}


@pytest.fixture
def known_later(district: SmallDistrict) -> SmallDistrict:
    """The month is frozen, then somebody's contract arrives."""
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    make_coverage(resident=district.zheng, team=district.idle_team, start_on=date(2018, 10, 1))
    compute(month=OCTOBER)
    return district


def ask(by: User, kind: str, *, whole: bool = False, **query: str) -> tuple[Export, list[tuple[Any, ...]]]:
    """The export with its lines: the head, the people, who had it written."""
    with translation.override("en"):
        export = exports.request_export(
            kind=kind,
            query=urlencode(query),
            form="xlsx",
            whole=whole,
            reason="核对名单" if whole else "",
            by=by,
        )
    exports.run(export_id=export.pk)
    export.refresh_from_db()
    content = b"".join(exports.content(export))
    return export, list(load_workbook(BytesIO(content)).active.values) if content else []


def number_of(resident: Any) -> str:
    return decrypt(resident.id_cipher, field="id_number")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("part", ["numerator", "denominator", "gap"])
@pytest.mark.parametrize("indicator", ["coverage", "unserved", "package_completion"])
def test_file_holds_the_people_of_the_page(official: Client, indicator: str, part: str, unit: str) -> None:
    query = {"part": part, "category": "all", **UNITS[unit]}
    page = official.get(address("people", indicator, **query)).context
    export, (head, *lines, _signed) = ask(User.objects.get(username="o"), "figure_people", indicator=indicator, **query)
    shown = [
        [person[fact] for fact in ("name", "id_masked", "sex", "age", "categories", "village", "team")]
        + ([person["note"] or person["standing"]] if page["standing"] else [])
        for person in page["page"].object_list
    ]
    assert [[value or "" for value in line] for line in lines] == shown
    assert all(len(line) == len(head) for line in lines)
    assert export.rows == export.rows_total == len(lines) == page["page"].paginator.count


def test_button_of_the_page_asks_for_what_the_page_shows(official: Client) -> None:
    page = official.get(address("people", "coverage", part="denominator", unit="C", q="wxl")).context
    [(_label, url)] = page["exports"]
    assert official.get(url).status_code == 200
    assert official.post(url, official.get(url).context["form"].initial | {"form": "xlsx"}).status_code == 302
    export = Export.objects.get()
    exports.run(export_id=export.pk)
    export.refresh_from_db()
    assert (export.status, export.rows, export.kind) == (Export.Status.DONE, 1, "figure_people")


def test_file_is_masked_unless_asked_for_whole_and_written_down(official: Client, district: SmallDistrict) -> None:
    account, asked = User.objects.get(username="o"), {"indicator": "coverage", "part": "numerator"}
    masked, lines = ask(account, "figure_people", **asked)
    assert number_of(district.wang) not in str(lines)
    whole, lines = ask(account, "figure_people", whole=True, **asked)
    assert number_of(district.wang) in [line[1] for line in lines[1:-1]]
    events = AuditEvent.objects.filter(kind=AuditEvent.Kind.EXPORT).order_by("id")
    assert [(event.what, event.reason) for event in events] == [
        (f"export {masked.pk} figure_people xlsx masked", ""),
        (f"export {whole.pk} figure_people xlsx whole", "核对名单"),
    ]


def test_whole_file_masks_those_who_moved_out_of_sight_since(district: SmallDistrict) -> None:
    account = make_account("c", Role.OFFICIAL, institution=district.centre)
    away, village = make_institution(), make_village()
    transfer(resident=district.wang, institution=away, village=village, on=date(2018, 11, 5), by=SYSTEM)
    _export, lines = ask(account, "figure_people", whole=True, indicator="coverage", part="numerator")
    numbers = {line[0]: line[1] for line in lines[1:-1]}
    assert numbers["李建国"] == number_of(district.li)
    assert numbers["王秀兰"] != number_of(district.wang) and "****" in numbers["王秀兰"]


def test_difference_is_a_line_each_with_its_reason(official: Client, known_later: SmallDistrict) -> None:
    page = official.get(address("month_difference", **DIFFERENCE)).context
    export, (head, line, _signed) = ask(User.objects.get(username="o"), "difference_people", **DIFFERENCE)
    assert export.rows == export.rows_total == page["page"].paginator.count == 1
    assert head == ("Name", "ID number", "As known then", "As known now", "Why")
    assert line[:4] == ("郑丽", page["people"][0]["id_masked"], "counts below the line only", "counts above the line")
    assert line[4].startswith("late entry contract 2018-10-01")
    assert official.get(page["people_file"]).status_code == 200


def test_difference_is_written_a_few_rows_at_a_time_and_loses_none(
    official: Client, district: SmallDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    names = [f"冯{number}" for number in "一二三四五"]
    for name in names:
        make_resident(village=district.village, name=name)
    compute(month=OCTOBER)
    monkeypatch.setattr(differences, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(lists, "ROWS_AT_ONCE", 3)
    figure = official.get(address("month_difference", **DIFFERENCE)).context
    export, (_head, *lines, _signed) = ask(User.objects.get(username="o"), "difference_people", **DIFFERENCE)
    assert export.rows == figure["page"].paginator.count == len(names)
    assert [line[0] for line in lines] == names


def test_figures_that_differ_are_a_file_of_the_page(official: Client, known_later: SmallDistrict) -> None:
    response = official.get(address("month_difference", month="2018-10", unit="B", file="xlsx", table="table"))
    head, *lines = load_workbook(BytesIO(b"".join(response.streaming_content))).active.values  # type: ignore[attr-defined]
    table = official.get(address("month_difference", month="2018-10", unit="B")).context["table"]
    assert [line[0] for line in lines] == [row.name for row in table.rows]
    assert "As known then" in head


@pytest.mark.parametrize("part", ["numerator", "denominator", "gap"])
def test_file_holds_the_people_of_a_cell(official: Client, district: SmallDistrict, part: str) -> None:
    count_cohorts(REPORT)
    page = official.get(address("cohort_people", part=part, **CELL)).context
    export, (head, *lines, _signed) = ask(User.objects.get(username="o"), "cohort_people", part=part, **CELL)
    facts = ("name", "id_masked", "sex", "age", "term", "village", "team")
    assert [[value or "" for value in line] for line in lines] == [
        [person[fact] for fact in facts] for person in page["page"].object_list
    ]
    assert len(head) == len(facts)
    assert export.rows == export.rows_total == page["page"].paginator.count
    [(_label, url)] = page["exports"]
    assert f"part={part}" in url and official.get(url).status_code == 200


def test_file_of_a_cell_is_whole_for_those_who_say_why(official: Client, district: SmallDistrict) -> None:
    count_cohorts(REPORT)
    account, asked = User.objects.get(username="o"), CELL | {"part": "denominator"}
    _export, masked = ask(account, "cohort_people", **asked)
    _export, lines = ask(account, "cohort_people", whole=True, **asked)
    assert [line[1] for line in lines[1:-1]] == [
        number_of(row.resident) for row in CohortRow.objects.filter(first_on=date(2017, 9, 1)).order_by("pk")
    ]
    assert all("****" in line[1] for line in masked[1:-1])


def test_file_holds_the_people_behind_a_statement() -> None:
    district = make_money_district()
    run = begin(make_fund({"finance": "10"}, quality="none"), district.official)
    line = carry_through(run, "settlement", district).lines.get(code="TA")
    client = signed_in(district.official)
    page = client.get(address("statement_people", str(line.pk), month="2018-01")).context
    assert client.get(page["file"]).status_code == 200
    export, (head, *lines, _signed) = ask(district.official, "basis_people", line=str(line.pk), month="2018-01")
    assert head == ("Name", "ID number", "Sex", "Age", "Team")
    assert [list(each) for each in lines] == [list(person.values()) for person in page["people"]]
    assert export.rows == export.rows_total == page["page"].paginator.count == 3
    _export, whole = ask(district.official, "basis_people", whole=True, line=str(line.pk), month="2018-01")
    assert [each[1] for each in whole[1:-1]] == [
        number_of(coverage.resident) for coverage in Coverage.objects.filter(contract__team=district.a).order_by("pk")
    ]
    clerk = make_account("k", Role.CLERK, institution=district.south)
    export, lines = ask(clerk, "basis_people", line=str(line.pk), month="2018-01")
    assert (export.status, lines) == (Export.Status.FAILED, [])


@pytest.mark.parametrize("kind", KINDS)
def test_lists_are_for_those_who_see_people(known_later: SmallDistrict, kind: str) -> None:
    auditor = signed_in(make_account("a", Role.AUDITOR))
    assert auditor.get(reverse("teams:export_new", args=[kind])).status_code == 403
    page = auditor.get(address("month_difference", **DIFFERENCE)).content.decode()
    assert "difference_people" not in page
    # A clerk of another place asks for the addresses of the district's lists: nobody is in them.
    clerk = make_account("k", Role.CLERK, institution=make_institution())
    export, lines = ask(clerk, kind, indicator="coverage", unit="B", month="2018-10")
    assert (export.status, lines) == (Export.Status.FAILED, [])
    assert "not for you" in export.error


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("query", [{}, {"indicator": "x"}, {"indicator": "coverage", "month": "2001-01"}])
def test_file_of_nothing_fails_with_words(official: Client, kind: str, query: dict[str, str]) -> None:
    export, _lines = ask(User.objects.get(username="o"), kind, **query)
    assert export.status == Export.Status.FAILED
    assert "not there any more" in export.error
