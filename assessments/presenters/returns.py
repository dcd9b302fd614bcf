"""The monthly return as a table: one list of columns for the page and for the workbook that is filed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from assessments.queries.figures import Count
from assessments.queries.returns import Line, MonthlyReturn, categories_told
from assessments.queries.units import Selection
from assessments.tables import NO_FIGURE, count_text
from service_packages.models import Payer

Value = int | Decimal | None
PAPER_COLUMNS = 16  # as many as a sheet of A4 across holds beside the institutions


@dataclass(frozen=True)
class Column:
    """A column: its group's head, its own, and the value of a line. Rates are per cent with two places."""

    group: str
    label: str
    value: Callable[[Line], Value]
    is_money: bool = False
    is_rate: bool = False

    def text(self, line: Line) -> str:
        """The value as the page shows it."""
        value = self.value(line)
        if value is None:
            return NO_FIGURE
        if self.is_rate:
            return f"{value}%"
        return f"{value:,.2f}" if self.is_money else count_text(int(value))


def columns(selection: Selection) -> list[Column]:
    """The return's columns for the district's key populations and payers."""
    people, total = _("Population"), _("Everyone")
    found = [
        Column("", _("Teams"), lambda line: line.teams),
        Column(people, _("registered"), lambda line: line.count("coverage").denominator),
        Column(people, _("official population"), lambda line: line.resident),
        Column(total, _("signed"), lambda line: line.count("coverage").numerator),
        Column(total, _("rate"), lambda line: _rate(line.count("coverage")), is_rate=True),
        Column(total, _("rate on the official population"), lambda line: _rate(line.on_resident()), is_rate=True),
        Column(total, _("paid"), lambda line: line.count("paid_coverage").numerator),
        Column(total, _("paid rate"), lambda line: _rate(line.count("paid_coverage")), is_rate=True),
    ]
    for code in categories_told(selection):
        found += _of_category(code, selection.names[code])
    found += [_of_payer(payer) for payer in Payer]
    return found


def page_table(selection: Selection, made: MonthlyReturn) -> dict[str, Any]:
    """Groups (label, width), labels, lines (name, texts), and the total."""
    told = columns(selection)
    groups = [(group, len(list(those))) for group, those in groupby(told, key=lambda column: column.group)]
    lines = [(line.institution.name, [column.text(line) for column in told]) for line in made.lines]
    total = (_("Total"), [column.text(made.total) for column in told])
    return {"groups": groups, "labels": [column.label for column in told], "lines": lines, "total": total}


def paper_tables(table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The table in parts no wider than a sheet; a group stays together, and every part names the institutions."""
    parts: list[list[tuple[str, int]]] = [[]]
    for group in table["groups"]:
        if _width(parts[-1]) + group[1] > PAPER_COLUMNS:
            parts.append([])
        parts[-1].append(group)
    start = 0
    for part in parts:
        span = slice(start, start + _width(part))
        lines, total = [(name, texts[span]) for name, texts in table["lines"]], table["total"]
        yield {"groups": part, "labels": table["labels"][span], "lines": lines, "total": (total[0], total[1][span])}
        start = span.stop


def _width(groups: Sequence[tuple[str, int]]) -> int:
    return sum(width for _label, width in groups)


def missing_text(made: MonthlyReturn) -> str:
    """Whose official population the return lacks, in a sentence; empty when it has them all."""
    names = [institution.name for institution in made.without_population]
    if not names:
        return ""
    return _("No official population was entered for: %(names)s.") % {"names": _(", ").join(names)}


def nobody_texts(selection: Selection, made: MonthlyReturn) -> list[str]:
    """The key populations in which an institution has nobody on file, so that it has no rate: a sentence each."""
    said = []
    for code in categories_told(selection):
        without = [line.institution.name for line in made.lines if not line.count("coverage", code).denominator]
        if without:
            values = {"category": selection.names[code], "names": _(", ").join(without)}
            said.append(_("Nobody on file in “%(category)s”: %(names)s.") % values)
    return said


def workbook(selection: Selection, made: MonthlyReturn) -> BytesIO:
    """The return as a form to file: title, unit and day, grouped heads, lines, total, signatures."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _Sheet(book, columns(selection)).write(selection, made)
    book.close()
    file.seek(0)
    return file


class _Sheet:
    """Writes the one sheet; rows are counted from 0."""

    HEAD = 2

    def __init__(self, book: xlsxwriter.Workbook, told: Sequence[Column]) -> None:
        self.told, self.sheet = told, book.add_worksheet(_("Monthly return"))
        frame = {"border": 1, "font_size": 10, "valign": "vcenter"}
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.head = book.add_format(frame | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#E8EDF4"})
        self.name = book.add_format(frame)
        self.plain = book.add_format({"font_size": 10})
        formats = {"whole": "#,##0", "rate": "0.00", "money": "#,##0.00"}
        self.numbers = {name: book.add_format(frame | {"num_format": text}) for name, text in formats.items()}

    def write(self, selection: Selection, made: MonthlyReturn) -> None:
        self._set_up()
        revision = selection.revision
        assert revision is not None and selection.calendar is not None
        self.sheet.merge_range(0, 0, 0, len(self.told), _("Monthly return of family-doctor contracts"), self.title)
        self.sheet.write(1, 0, f"{selection.unit.name}  {selection.calendar.label}", self.plain)
        state = _("provisional") if revision.is_provisional else _("frozen") if revision.frozen_at else ""
        as_of = _("as of %(day)s") % {"day": revision.as_of.isoformat()}
        self.sheet.write(1, 8, f"{as_of}  {state}  {_('revision')} {revision.number}", self.plain)
        self._write_heads()
        lines = [(line.institution.name, line) for line in made.lines] + [(_("Total"), made.total)]
        for row, (name, line) in enumerate(lines, start=self.HEAD + 2):
            self._write_line(row, name, line)
        end = self.HEAD + 2 + len(lines)
        self.sheet.write(end, 0, " ".join([missing_text(made), *nobody_texts(selection, made)]).strip(), self.plain)
        signatures = (_("Filled in by:"), _("Checked by:"), _("Unit's leader:"), _("Date:"))
        for position, words in enumerate(signatures):
            self.sheet.write(end + 2, position * 6, words, self.plain)

    def _set_up(self) -> None:
        self.sheet.set_landscape()
        self.sheet.set_paper(8)  # A3
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(self.HEAD, self.HEAD + 1)
        self.sheet.freeze_panes(self.HEAD + 2, 1)
        self.sheet.set_column(0, 0, 26)
        self.sheet.set_column(1, len(self.told), 10)
        self.sheet.set_row(0, 30)
        self.sheet.set_row(self.HEAD + 1, 32)

    def _write_heads(self) -> None:
        self.sheet.merge_range(self.HEAD, 0, self.HEAD + 1, 0, _("Institution"), self.head)
        start = 0
        while start < len(self.told):
            group = self.told[start].group
            end = start
            while end + 1 < len(self.told) and self.told[end + 1].group == group:
                end += 1
            if start == end:
                self.sheet.write(self.HEAD, start + 1, group, self.head)
            else:
                self.sheet.merge_range(self.HEAD, start + 1, self.HEAD, end + 1, group, self.head)
            start = end + 1
        for position, column in enumerate(self.told, start=1):
            self.sheet.write(self.HEAD + 1, position, column.label, self.head)

    def _write_line(self, row: int, name: str, line: Line) -> None:
        self.sheet.write_string(row, 0, name, self.name)
        for position, column in enumerate(self.told, start=1):
            value = column.value(line)
            kind = "rate" if column.is_rate else "money" if column.is_money else "whole"
            if value is None:
                self.sheet.write_string(row, position, NO_FIGURE, self.name)
            else:
                self.sheet.write_number(row, position, value, self.numbers[kind])


def _of_category(code: str, name: str) -> list[Column]:
    found = [Column(name, _("members"), lambda line: line.count("coverage", code).denominator)]
    if code in ("elderly", "hypertension", "diabetes", "mental_disorder", "tuberculosis"):
        found.append(Column(name, _("managed"), lambda line: line.count("managed", code).numerator))
    found.append(Column(name, _("signed"), lambda line: line.count("coverage", code).numerator))
    found.append(Column(name, _("rate"), lambda line: _rate(line.count("coverage", code)), is_rate=True))
    return found


def _of_payer(payer: Payer) -> Column:
    def value(line: Line) -> Decimal:
        return line.payers.get(payer.value, Decimal("0.00"))

    return Column(_("Fees a year by payer (yuan)"), str(payer.label), value, is_money=True)


def _rate(count: Count | None) -> Decimal | None:
    return count.rate(2) if count else None
