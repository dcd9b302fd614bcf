"""The people behind a figure, and those who make the difference between two computations of a month, as files."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.forms.people import (
    asked_difference,
    asked_figure,
    asked_indicator,
    asked_part,
    asked_people,
    asked_words,
)
from assessments.presenters.months import difference_cells, difference_heads
from assessments.presenters.people import people_cells, people_heads
from assessments.queries.differences import all_moved, moved
from assessments.queries.late import reasons_of
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


def _whole(user: User, rows: Iterable[Any], whole: bool) -> set[int]:
    """Ids of those whose numbers stand whole: who moved away since the month is no longer the account's to look at."""
    ids = [row.resident_id for row in rows if whole]
    return set(Resident.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


FIGURE_PEOPLE = ExportKind("figure_people", _("People behind a figure"), Permission.PEOPLE_READ, people_sheet)
DIFFERENCE = ExportKind("difference_people", _("Who stands otherwise"), Permission.PEOPLE_READ, difference_sheet)
