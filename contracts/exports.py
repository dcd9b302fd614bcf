"""Lists of residents, of people to be signed and of data problems as files."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contracts.forms.due import DueForm
from contracts.forms.worklists import CandidateForm, ProblemForm
from contracts.models import Coverage
from contracts.presenters import contracts, unserved
from contracts.presenters import due as due_words
from contracts.presenters.people import COLUMNS, Facts, line_maker, loaded
from contracts.presenters.worklists import CANDIDATE_HEADS, PROBLEM_HEADS, candidate_cells, people_of, problem_cells
from contracts.queries.contracts import ContractFilter
from contracts.queries.due import due
from contracts.queries.people import PeopleFilter
from contracts.queries.unserved import UnservedFilter
from residents.models import Resident
from teams.exports import ROWS_AT_ONCE, ExportKind, Sheet, chunks
from teams.models import User
from teams.permissions import Permission

TEXTS = {"id_number", "phone", "household", "number"}


def people_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Residents of the list with those filters, in all columns."""
    filters = PeopleFilter(QueryDict(query), user=user)
    codes = [column.code for column in COLUMNS]
    facts = Facts(filters.day, whole=whole)
    return Sheet(
        total=filters.qs.count(),
        header=[str(column.label) for column in COLUMNS],
        rows=_rows(loaded(filters.qs, filters.day), facts, codes),
        text_columns=frozenset(place for place, code in enumerate(codes) if code in TEXTS),
    )


def _rows(residents: QuerySet[Resident], facts: Facts, codes: list[str]) -> Iterator[list[object]]:
    lines = line_maker(facts, codes)
    chunk: list[Resident] = []
    for resident in residents.order_by("institution__code", "village__code", "pk").iterator(chunk_size=ROWS_AT_ONCE):
        chunk.append(resident)
        if len(chunk) == ROWS_AT_ONCE:
            yield from lines(chunk)
            chunk = []
    yield from lines(chunk)


def to_sign_sheet(user: User, query: str, whole: bool) -> Sheet:
    """People to be signed, with the filters of their page."""
    found = CandidateForm(user, QueryDict(query)).rows.select_related("village", "institution")
    rows = (
        candidate_cells(row, people.get(row.pk), whole=whole)
        for chunk in _chunks(found)
        for people in [people_of(user, (row.pk for row in chunk))]
        for row in chunk
    )
    return Sheet(found.count(), [str(head) for head in CANDIDATE_HEADS], rows, text_columns={1, 2})


def problems_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Data problems, with the filters of their page."""
    found = ProblemForm(user, QueryDict(query)).listed.select_related("institution", "team", "village")
    rows = (
        problem_cells(row, people.get(row.resident_id or 0), whole=whole)
        for chunk in _chunks(found)
        for people in [people_of(user, (row.resident_id for row in chunk))]
        for row in chunk
    )
    return Sheet(found.count(), [str(head) for head in PROBLEM_HEADS], rows, text_columns={1, 2})


def _chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    return chunks(rows.iterator(chunk_size=ROWS_AT_ONCE))


TO_SIGN = ExportKind("to_sign", _("To be signed"), Permission.CONTRACT_EDIT, to_sign_sheet)
PROBLEMS = ExportKind("problems", _("Data problems"), Permission.PEOPLE_READ, problems_sheet)


def contracts_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Contracts of the list with those filters, a line for each person covered, in all columns."""
    filters = ContractFilter(QueryDict(query), user=user)
    codes = [column.code for column in contracts.COLUMNS]
    rows = contracts.loaded(filters.day).filter(pk__in=filters.qs.order_by().values("pk"))
    return Sheet(
        total=filters.qs.count(),
        header=[str(column.label) for column in contracts.COLUMNS],
        rows=_contract_rows(rows, filters.day, codes, whole),
        text_columns=frozenset(place for place, code in enumerate(codes) if code in TEXTS),
    )


def _contract_rows(rows: QuerySet[Coverage], day: date, codes: list[str], whole: bool) -> Iterator[list[object]]:
    for coverage in rows.order_by("contract__number", "pk").iterator(chunk_size=ROWS_AT_ONCE):
        yield [cell.value for cell in contracts.cells(coverage, day, codes, whole=whole).values()]


PEOPLE = ExportKind("people", _("Residents"), Permission.PEOPLE_READ, people_sheet)
CONTRACTS = ExportKind("contracts", _("Contracts"), Permission.PEOPLE_READ, contracts_sheet)


def unserved_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Those signed and not served, with the filters of their page, in all columns but the next step's link."""
    filters = UnservedFilter(QueryDict(query), user=user)
    codes = [column.code for column in unserved.COLUMNS]
    rows = unserved.told(filters.qs).order_by("start_on", "pk").iterator(chunk_size=ROWS_AT_ONCE)
    lines = (unserved.cells(row, filters.day, codes, {}, whole=whole) for row in rows)
    return Sheet(
        total=filters.qs.count(),
        header=[str(column.label) for column in unserved.COLUMNS],
        rows=([cell.value for cell in line.values()] for line in lines),
        text_columns=frozenset(place for place, code in enumerate(codes) if code in TEXTS),
    )


UNSERVED = ExportKind("unserved", _("Signed but not served"), Permission.PEOPLE_READ, unserved_sheet)


def due_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Due work with the filters of its page, a row for each person, in the order of the page."""
    asked = QueryDict(query)
    form, by_village = DueForm(user, asked), asked.get("round") == "village"
    choice = form.choice
    total = due(choice, limit=0).total
    rows = (
        due_words.cells(person, known, whole=whole)
        for start in range(0, total, ROWS_AT_ONCE)
        for found in [due(choice, start=start, limit=ROWS_AT_ONCE, by_village=by_village)]
        for known in [due_words.look_up(found, form.items, user, choice.day)]
        for person in found.people
    )
    return Sheet(total, [str(head) for head in due_words.HEADS], rows, text_columns={1, 2})


DUE = ExportKind("due", _("Due work"), Permission.SERVICE_RECORD, due_sheet)
