"""Reads a table out of a spreadsheet file: .csv, .xlsx, .xls or .ods. See docs/formats.md.

Pure: no models, no database. The cells keep the type that the file gives them, so that an identity number typed as a
number can be told from one typed as text; `teams.cells` turns them into values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.cells import is_blank, normalise
from teams.sheet_files import Limits, SheetError, empty, open_file
from teams.sheet_sources import CsvSource, Record, Source, SourceSheet, WorkbookSource

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

__all__ = ["ColumnSpec", "Limits", "SheetError", "SheetRow", "Table", "column_letters", "read_table"]

_MARKS = re.compile(r"^\*+|\*+$|\((?:必填|选填|必填项|required|optional)\)\*?$")
# 合计, 全村合计, 总计:, 合计 3 人, 共计(人) …; below the totals who drew up the list: 制表人:张三, 备注:…
_TOTALS = re.compile(
    r"(?:[本全][页表县镇乡村组])?(?:合计|总计|小计|共计|累计|totals?)(?:\([^)]*\))?:?[\d,.]*[人户条份例]?"
)
_FOOTER = re.compile(r"(?:制表|填表|填报|编制|审核|复核|统计|负责|经办|单位|备注|说明|注)[^:]{0,8}:")
_NUMBER = re.compile(r"[+-]?[\d,]*\.?\d+(?:%|[人户条份例元])?", re.ASCII)


class ColumnSpec(Protocol):
    """What reading needs to know of a column: `name` is the English heading, `label` the Chinese one, `synonyms` are
    others under which the same thing is found in lists."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def required(self) -> bool: ...

    @property
    def synonyms(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row below the heading.

    `number` is the row's as the spreadsheet program shows it, `cells` holds a cell (or '') for each column of the
    header by its English name. `surplus` names the columns (A, B, …) that hold a value under no heading: the row may
    have slipped sideways, by an unquoted comma for one, and must not be trusted.
    """

    number: int
    cells: dict[str, object]
    surplus: tuple[str, ...] = ()


class Table:
    """A table whose heading is understood. Close it, or use it in a `with`; its rows can be read once.

    `others` are the names of further sheets that would do as well and are not read.
    """

    def __init__(self, source: Source, sheet: SourceSheet, heading: Heading, others: Sequence[str] = ()) -> None:
        self.sheet = sheet.name  # '' for CSV
        self.others = list(others)
        self.header = list(heading.columns.values())
        self.headings = [heading.texts[index] for index in heading.columns]  # as they stand in the file
        # The rows below the heading, blank ones too: for a progress bar.
        self.row_count: int | None = max(0, sheet.last_row() - heading.row)
        self._source = source
        self._heading = heading
        self._records: Iterator[Record] | None = sheet.records()
        self._unnamed: dict[int, list[int]] = {}  # by the width of a row: the positions under no heading

    def rows(self) -> Iterator[SheetRow]:
        """The rows, lazily, without blank ones and without the totals at the end. Raises SheetError, RuntimeError."""
        if self._records is None:
            raise RuntimeError("the rows of a Table can be read once")
        records, self._records = self._records, None
        return self._read(records)

    def close(self) -> None:
        """Free the file and the process that reads it."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, records: Iterator[Record]) -> Iterator[SheetRow]:
        totals: list[SheetRow] = []
        for number, cells in records:
            if number <= self._heading.row or all(is_blank(cell) for cell in cells) or self._is_heading(cells):
                continue
            row = self._row(number, cells)
            if _is_totals(cells) or _is_footer(cells):
                totals.append(row)  # only at the end are they left out
                continue
            yield from totals
            totals = []
            yield row
        self.close()

    def _is_heading(self, cells: Sequence[object]) -> bool:
        """Whether the heading stands here again, as where a printed page begins."""
        texts = self._heading.texts
        first = next(iter(texts))
        if len(cells) <= first or str(cells[first]).strip() != texts[first]:
            return False
        return all(str(cell).strip() == texts.get(index, "") for index, cell in enumerate(cells))

    def _row(self, number: int, cells: Sequence[object]) -> SheetRow:
        columns = self._heading.columns
        width = len(cells)
        if width not in self._unnamed:
            self._unnamed[width] = [index for index in range(width) if index not in columns]
        values = {name: cells[index] if index < width else "" for index, name in columns.items()}
        offset = self._heading.first_column
        surplus = [column_letters(offset + index) for index in self._unnamed[width] if not is_blank(cells[index])]
        return SheetRow(number, values, tuple(surplus))


@dataclass(frozen=True, slots=True)
class Heading:
    """A row that may be the heading: its number, English names and own texts by position, what is wrong with it."""

    row: int
    first_column: int
    columns: dict[int, str]
    texts: dict[int, str]
    unknown: Sequence[str]
    duplicates: Sequence[str]
    missing: Sequence[ColumnSpec]

    @property
    def is_valid(self) -> bool:
        return not (self.unknown or self.duplicates or self.missing)

    def error(self, filename: str, sheet: str) -> SheetError:
        """Everything that is wrong with it, in one line; the code is that of the first."""
        faults: list[tuple[str, _StrOrPromise, Sequence[str]]] = [
            ("unknown_columns", _("unknown columns: {names}"), [_cut(name) for name in self.unknown]),
            ("missing_columns", _("missing columns: {names}"), [_named(column) for column in self.missing]),
            ("duplicate_columns", _("columns that stand twice: {names}"), [_cut(name) for name in self.duplicates]),
        ]
        faults = [fault for fault in faults if fault[2]]
        message: _StrOrPromise = f"“{filename}”"
        if sheet:
            message = format_lazy(_("“{name}”, sheet {sheet}"), name=filename, sheet=sheet)
        for position, (_code, text, names) in enumerate(faults):
            sentence = format_lazy(text, names=", ".join(names))
            chained = _("{before}; {fault}") if position else _("{place}: {fault}")
            message = format_lazy(chained, before=message, place=message, fault=sentence)
        return SheetError(faults[0][0], format_lazy(_("{sentence}."), sentence=message))


def read_table(
    source: Path | BinaryIO, filename: str, columns: Sequence[ColumnSpec], *, limits: Limits | None = None
) -> Table:
    """Open a spreadsheet file and find its table: the first visible sheet with a valid heading in its first 10 rows and
    a row below it, or else the first with a valid heading.

    A heading is the English name, the Chinese label or a synonym, whatever its case, width and spaces and with or
    without a mark such as * or （必填）. `filename` is for the ending and the messages. Raises SheetError: missing,
    unreadable, too_large, encrypted, empty, unknown_columns, missing_columns, duplicate_columns.
    """
    limits = limits or Limits()
    file, is_workbook = open_file(source, filename, limits)
    opened: Source | None = None
    try:
        opened = WorkbookSource(file, filename, limits) if is_workbook else CsvSource(file, filename, limits)
        return _find_table(opened, filename, columns)
    except BaseException:  # Ctrl-C too: neither the file nor the child process that reads it stays behind
        if opened is not None:
            opened.close()
        file.close()
        raise


def column_letters(index: int) -> str:
    """A column as spreadsheet programs name it: 0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        index, letter = divmod(index, 26)
        letters = chr(ord("A") + letter) + letters
        index -= 1
    return letters


def _find_table(source: Source, filename: str, columns: Sequence[ColumnSpec]) -> Table:
    known = {alias: column for column in columns for alias in _aliases(column)}
    found: list[tuple[Heading, SourceSheet]] = []
    sheets = []
    for sheet in source.sheets():
        sheets.append(sheet)
        heading = _find_heading(sheet, columns, known)
        if heading is not None:
            found.append((heading, sheet))
            if heading.is_valid and not source.has_sheets:
                break
    if valid := [(heading, sheet) for heading, sheet in found if heading.is_valid]:
        filled = [(heading, sheet) for heading, sheet in valid if sheet.head[-1][0] > heading.row]
        heading, sheet = (filled or valid)[0]
        return Table(source, sheet, heading, [other.name for _heading, other in filled[1:]])
    if found:
        heading, sheet = max(found, key=lambda each: len(each[0].columns))
        raise heading.error(filename, sheet.name if len(sheets) > 1 else "")
    if sheets:
        sheets[0].last_row()  # of a broken CSV file this tells which row is
    if not any(sheet.head for sheet in sheets):
        raise empty(filename)
    raise _no_heading(filename, [sheet.name for sheet in sheets if sheet.name], columns)


def _no_heading(filename: str, sheets: Sequence[str], columns: Sequence[ColumnSpec]) -> SheetError:
    required = ", ".join(_named(column) for column in columns if column.required)
    if len(sheets) > 1:
        message = _("“{name}” has no heading row with the columns {columns}; looked for in the sheets {sheets}.")
    else:
        message = _("“{name}” has no heading row with the columns {columns}.")
    return SheetError(
        "missing_columns", format_lazy(message, name=filename, columns=required, sheets=", ".join(sheets))
    )


def _find_heading(sheet: SourceSheet, columns: Sequence[ColumnSpec], known: Mapping[str, ColumnSpec]) -> Heading | None:
    """Of the first rows, the one with the most known headings; None when there is none."""
    best: Heading | None = None
    for number, cells in sheet.head:
        heading = _heading_of(number, cells, sheet.first_column, columns, known)
        if heading.columns and (best is None or len(heading.columns) > len(best.columns)):
            best = heading
    return best


def _heading_of(
    number: int,
    cells: Sequence[object],
    first_column: int,
    columns: Sequence[ColumnSpec],
    known: Mapping[str, ColumnSpec],
) -> Heading:
    found: dict[int, str] = {}
    texts: dict[int, str] = {}
    unknown: list[str] = []
    duplicates: list[str] = []
    for index, cell in enumerate(cells):
        if is_blank(cell):
            continue
        column = known.get(_heading_key(str(cell)))
        if column is None:
            unknown.append(normalise(str(cell)))
        elif column.name in found.values():
            duplicates.append(_named(column))
        else:
            found[index] = column.name
            texts[index] = str(cell).strip()
    missing = [column for column in columns if column.required and column.name not in found.values()]
    return Heading(number, first_column, found, texts, unknown, list(dict.fromkeys(duplicates)), missing)


def _aliases(column: ColumnSpec) -> Iterator[str]:
    for text in (column.name, column.label, _named(column), *column.synonyms):
        yield _heading_key(text)


def _heading_key(text: str) -> str:
    """What is left of a heading when its case, width, spaces and marks make no difference."""
    key = re.sub(r"[\s_]+", "", normalise(text)).casefold()
    bare = _MARKS.sub("", key)
    while bare != key:
        key, bare = bare, _MARKS.sub("", bare)
    return key


def _named(column: ColumnSpec) -> str:
    """A column in both languages: 身份证号 (id_number)."""
    return f"{column.label} ({column.name})"


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _is_totals(cells: Sequence[object]) -> bool:
    first, *others = [cell for cell in cells if not is_blank(cell)]
    if not isinstance(first, str) or not _TOTALS.fullmatch(re.sub(r"\s+", "", normalise(first)).casefold()):
        return False
    return all(_is_number(cell) for cell in others)


def _is_footer(cells: Sequence[object]) -> bool:
    """Whether a row says who drew up the list, or notes something: each of its cells does, or is a short text."""
    first, *others = [cell for cell in cells if not is_blank(cell)]
    if not isinstance(first, str) or not _FOOTER.match(re.sub(r"\s+", "", normalise(first))):
        return False
    return all(isinstance(cell, str) for cell in others)


def _is_number(cell: object) -> bool:
    if isinstance(cell, str):
        return _NUMBER.fullmatch(re.sub(r"\s+", "", normalise(cell))) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)
