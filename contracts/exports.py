"""The list of residents as a file."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contracts.presenters.people import COLUMNS, PLACES, Facts, line_maker
from contracts.queries.people import PeopleFilter
from residents.models import Resident
from teams.exports import ExportKind, Sheet
from teams.models import User
from teams.permissions import Permission

ROWS_AT_ONCE = 2000
TEXTS = {"id_number", "phone", "household"}


def people_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Residents of the list with those filters, in all columns."""
    filters = PeopleFilter(QueryDict(query), user=user)
    codes = [column.code for column in COLUMNS]
    facts = Facts(filters.day, whole=whole)
    return Sheet(
        total=filters.qs.count(),
        header=[str(column.label) for column in COLUMNS],
        rows=_rows(filters.qs.select_related(*PLACES), facts, codes),
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


PEOPLE = ExportKind("people", _("Residents"), Permission.PEOPLE_READ, people_sheet)
