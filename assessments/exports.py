"""The `kpis` file of docs/formats: one line per figure of a month's current revision."""

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.indicators import BY_CODE
from assessments.models import Figure, Month, Revision
from assessments.tables import Cell, Table
from teams.exports import ExportKind, Sheet
from teams.models import User
from teams.models.accounts import SYSTEM, SystemAccount
from teams.permissions import Permission
from teams.rates import rate
from teams.rules import RuleViolation
from teams.workbooks import write_rows

# A web process writes so many lines in a tenth of a second; more are the worker's.
LINES_AT_ONCE = 1000
KPI_TEXTS = frozenset(range(5))
COLUMNS = ("month", "institution_code", "team_code", "category", "indicator", "numerator", "denominator", "rate")


def current_revision(month: CalendarMonth) -> Revision:
    """The revision whose figures are shown. Raises `RuleViolation` when the month was never computed."""
    row = Month.objects.filter(first_on=month.first).select_related("current").first()
    if row is None or row.current is None:
        raise RuleViolation("month.not_computed", _("This month has not been computed yet."))
    return row.current


def kpi_rows(month: CalendarMonth, user: User | SystemAccount = SYSTEM) -> Iterator[tuple[object, ...]]:
    """Lines in the order of the columns; `rate` is a Decimal of 2 places, rounded half up, or None for no figure."""
    figures = (
        Figure.objects.visible_to(user)
        .filter(revision=current_revision(month))
        .annotate(code=F("institution__code"), team_code=Coalesce(F("team__code"), Value("")))
        .values_list("code", "team_code", "category", "indicator", "numerator", "denominator")
    )
    # Ordered here, by code points: the same on every server whatever its collation.
    for code, team, category, indicator, numerator, denominator in sorted(figures):
        value = rate(numerator, denominator, BY_CODE[indicator].unit)
        yield str(month), code, team, category, indicator, numerator, denominator, value


def kpi_sheet(user: User, query: str, whole: bool) -> Sheet:
    """The figures of the query's month that the account sees, for the worker. Raises RuleViolation as
    `CalendarMonth.parse` and `current_revision` do."""
    month = CalendarMonth.parse(QueryDict(query).get("month", ""))
    rows = [list(row) for row in kpi_rows(month, user)]
    return Sheet(len(rows), list(COLUMNS), iter(rows), KPI_TEXTS)


KPIS = ExportKind("kpis", _("Figures"), Permission.FIGURE_READ, kpi_sheet, has_people=False)


def kpi_file(month: CalendarMonth, user: User) -> BytesIO | None:
    """The month's figures of the account's scope as .xlsx in memory; None when they are too many to wait for."""
    seen = Figure.objects.visible_to(user).filter(revision=current_revision(month))
    if seen.count() > LINES_AT_ONCE:
        return None
    file = BytesIO()
    write_rows(file, COLUMNS, kpi_rows(month, user), format="xlsx", text_columns=KPI_TEXTS)
    file.seek(0)
    return file


def table_file(table: Table) -> BytesIO:
    """A page's table as .xlsx in memory: what the page shows, to the digit; the total comes first."""
    file = BytesIO()
    lines = [row for row in (table.total, *table.rows) if row]
    texts = {0, *(place for place, column in enumerate(table.columns, 1) if not column.numeric)}
    cells = ((row.name, *_shown(row.cells, texts)) for row in lines)
    header = [table.head, *(column.label for column in table.columns)]
    write_rows(file, header, cells, format="xlsx", text_columns=texts, sheet=table.title[:31])
    file.seek(0)
    return file


def _shown(cells: Sequence[Cell], texts: set[int]) -> Iterator[Decimal | str]:
    return (cell.text if place in texts else cell.shown for place, cell in enumerate(cells, 1))


def write_kpis(month: CalendarMonth, out: Path) -> int:
    """Write the month's figures to `out` (.csv or .xlsx by its ending). Returns the number of lines."""
    rows = list(kpi_rows(month))
    if out.suffix.lower() == ".csv":
        # Codes and numbers only: plain UTF-8 without a mark, which every program reads.
        with out.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    else:
        write_rows(out, COLUMNS, rows, format="xlsx", text_columns=KPI_TEXTS)
    return len(rows)
