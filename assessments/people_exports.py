"""People as files: those behind a figure, a difference between computations of a month, a cohort, and money."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from assessments.forms.people import (
    asked_basis,
    asked_cell,
    asked_difference,
    asked_figure,
    asked_indicator,
    asked_part,
    asked_people,
    asked_words,
)
from assessments.models import Line
from assessments.presenters.months import difference_cells, difference_heads
from assessments.presenters.people import (
    basis_heads,
    basis_person,
    cohort_cells,
    cohort_heads,
    people_cells,
    people_heads,
)
from assessments.queries.cohorts import cohort_people
from assessments.queries.differences import all_moved, moved
from assessments.queries.late import reasons_of
from assessments.queries.units import select_today
from residents.models import Resident
from teams.exports import ROWS_AT_ONCE, ExportKind, Sheet, chunks
from teams.models import User
from teams.permissions import Permission


def people_sheet(user: User, query: str, whole: bool) -> Sheet:
    """The list that the page shows with that address: a line for each row of the figure."""
    asked = QueryDict(query)
    selection, known = asked_figure(user, asked, asked.get("indicator", ""))
    part = asked_part(asked, selection, known)
    found = asked_people(selection, known, part, asked_words(asked))
    lines = (
        line
        for rows in chunks(found.iterator(chunk_size=ROWS_AT_ONCE))
        for line in people_cells(rows, selection, known, part, whole=_whole(user, rows, whole))
    )
    return Sheet(found.count(), people_heads(known, part), lines, text_columns={1})


def difference_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Whoever stands otherwise in the figure that the address names, with the reasons."""
    asked = QueryDict(query)
    selection, then, now = asked_difference(user, asked)
    known = asked_indicator(selection, asked.get("indicator", ""))
    total, _first = moved(then, now, selection, known, limit=1)
    lines = (
        line
        for rows in chunks(all_moved(then, now, selection, known))
        for line in difference_cells(rows, reasons_of(rows, then, now, known), known, whole=_whole(user, rows, whole))
    )
    return Sheet(total, difference_heads(), lines, text_columns={1})


def cohort_sheet(user: User, query: str, whole: bool) -> Sheet:
    """The list that a cell of the cohorts opens with that address."""
    asked = QueryDict(query)
    found = cohort_people(select_today(user, asked), *asked_cell(asked))
    lines = (
        cohort_cells(row, whole=seen)
        for rows in chunks(found.iterator(chunk_size=ROWS_AT_ONCE))
        for seen in [_whole(user, rows, whole)]
        for row in rows
    )
    return Sheet(found.count(), cohort_heads(), lines, text_columns={1})


def basis_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Whom the basis of the line that the address names counts in its month."""
    asked = QueryDict(query)
    number = asked.get("line", "")
    lines_seen = Line.objects.visible_to(user).select_related("round")
    line = get_object_or_404(lines_seen, pk=number if number.isdecimal() else 0)
    found = asked_basis(user, line, asked.get("month", ""))
    lines = (
        list(basis_person(row, whole=seen).values())
        for rows in chunks(found.iterator(chunk_size=ROWS_AT_ONCE))
        for seen in [_whole(user, rows, whole)]
        for row in rows
    )
    return Sheet(found.count(), basis_heads(), lines, text_columns={1})


def _whole(user: User, rows: Iterable[Any], whole: bool) -> set[int]:
    """Ids of those whose numbers stand whole: who moved away since the month is no longer the account's to look at."""
    ids = [row.resident_id for row in rows if whole]
    return set(Resident.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


FIGURE_PEOPLE = ExportKind("figure_people", _("People behind a figure"), Permission.PEOPLE_READ, people_sheet)
COHORT_PEOPLE = ExportKind("cohort_people", _("People of a cohort"), Permission.PEOPLE_READ, cohort_sheet)
BASIS_PEOPLE = ExportKind("basis_people", _("Covered people behind a statement"), Permission.PEOPLE_READ, basis_sheet)
DIFFERENCE = ExportKind("difference_people", _("Who stands otherwise"), Permission.PEOPLE_READ, difference_sheet)
