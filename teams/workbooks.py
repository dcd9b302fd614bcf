"""Writes spreadsheets: rows as .csv or .xlsx, and the templates that clerks fill in. See docs/formats.md.

Pure: no models, no database. What is written here `teams.sheets` reads back: texts as texts, also those that look
like a number or a formula. No text ever becomes a formula, a number or a link (docs/trust.md, "Faults").
"""

from __future__ import annotations

import csv
import datetime
import math
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import xlsxwriter
import xlsxwriter.utility
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from teams.errors import CodedError

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Format = Literal["csv", "xlsx"]

# No formula, number or link out of a text, and no temporary file left behind when the rows fail.
_OPTIONS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
# `teams.sheets` takes one apostrophe off; one more is set before texts that begin with some already, so none is lost.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNCLEAN = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile(r"\r\n?")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_FIRST_DAY = datetime.date(1900, 3, 1)  # before, spreadsheet programs disagree on the serial number
_DIGITS = 15  # that a spreadsheet's number keeps
_LONGEST_NAME = 31
_WIDEST = 40

_DATE = "yyyy-mm-dd"
_DATETIME = "yyyy-mm-dd hh:mm:ss"


class WorkbookError(CodedError):
    """Something that the format cannot hold. `code` is too_many_rows or too_long_text."""


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of a template. `choices` are {code: Chinese label}; of a list, several may stand in one cell."""

    name: str
    label: str
    required: bool = False
    explanation: _StrOrPromise = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["text", "date", "number"] = "text"
    is_list: bool = False


def write_rows(
    target: Path | BinaryIO,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    format: Format,
    text_columns: AbstractSet[int] = frozenset(),
    sheet: _StrOrPromise = "Sheet1",
    widths: Sequence[float] = (),
) -> int:
    """Write a table, row by row in constant memory; returns the number of rows written.

    `text_columns` are positions whose values are texts whatever they look like (codes, identity numbers, phones);
    `widths` are in characters, by position. A path is replaced when the last row is written, never before. Control
    characters are left out and line ends become \\n. Raises WorkbookError: too_many_rows, too_long_text.
    """
    with _delivered(target) as path:
        if format == "csv":
            return _write_csv(path, header, rows)
        return _write_xlsx(path, header, rows, text_columns, str(sheet), widths)


def write_template(
    target: Path | BinaryIO,
    columns: Sequence[TemplateColumn],
    sample: Mapping[str, object],
    *,
    format: Format = "xlsx",
    sheet: _StrOrPromise = "数据",
) -> None:
    """Write a file to fill in: the Chinese headings and a sample row (by English name), which can be imported as it is.

    An .xlsx also offers lists to choose from, and explains the columns in Chinese and English on a second sheet.
    """
    values = [sample.get(column.name) for column in columns]
    labels = [column.label for column in columns]
    with _delivered(target) as path:
        if format == "csv":
            _write_csv(path, labels, [values])
            return
        with xlsxwriter.Workbook(path, _OPTIONS) as workbook:
            table = workbook.add_worksheet(_sheet_name(str(sheet)))
            _write_explanations(workbook, columns)
            choices = _write_choices(workbook, columns)
            _write_form(workbook, table, columns, values, choices)


@contextmanager
def _delivered(target: Path | BinaryIO) -> Iterator[Path]:
    """A place to write to, whose content reaches the target only when it is complete."""
    beside = target.parent if isinstance(target, Path) else None
    with tempfile.TemporaryDirectory(dir=beside, prefix=".writing-") as folder:
        path = Path(folder) / "table"
        yield path
        if isinstance(target, Path):
            path.replace(target)
            return
        with path.open("rb") as file:
            shutil.copyfileobj(file, target)


def _clean(text: str) -> str:
    if _UNCLEAN.search(text) is None:
        return text
    return _UNSTORABLE.sub("", _LINE_ENDS.sub("\n", text))


# CSV


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_csv_cell(text) for text in header])
        for row in rows:
            writer.writerow([_csv_cell(value) for value in row])
            count += 1
    return count


def _csv_cell(value: object) -> object:
    if isinstance(value, int | float | Decimal | datetime.date) or value is None:
        return _text_of(value)  # a number below zero is no formula
    text = _clean(str(value))
    return "'" + text if _FORMULA.match(text) else text


def _text_of(value: object) -> str:
    """A value as text, exact: what a text column of .xlsx and every column of .csv holds."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**_DIGITS else str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime.datetime):
        return _local(value).isoformat(sep=" ", timespec="seconds")
    return str(value)  # dates are ISO


def _local(value: datetime.datetime) -> datetime.datetime:
    return value if timezone.is_naive(value) else timezone.make_naive(value)


# XLSX


def _write_xlsx(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    text_columns: AbstractSet[int],
    sheet: str,
    widths: Sequence[float],
) -> int:
    options = _OPTIONS | {"constant_memory": True, "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(path, options) as workbook:
        worksheet = workbook.add_worksheet(_sheet_name(sheet))
        cells = _CellWriter(workbook, worksheet)
        for column, text in enumerate(header):
            width = widths[column] if column < len(widths) else _width(text)
            worksheet.set_column(column, column, width, cells.format("@") if column in text_columns else None)
        worksheet.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True})
        for column, text in enumerate(header):
            cells.write_text(0, column, text, bold)
        count = 0
        for count, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                cells.write(count, column, value, is_text=column in text_columns)
        worksheet.autofilter(0, 0, count, max(0, len(header) - 1))
    return count


class _CellWriter:
    """Writes values into the cells of one sheet, each as its own type."""

    def __init__(self, workbook: Any, worksheet: Any, style: Mapping[str, object] | None = None) -> None:
        self.workbook = workbook
        self.worksheet = worksheet
        self.style = dict(style or {})
        self.formats: dict[str, Any] = {}

    def format(self, pattern: str) -> Any:
        """The style with a number format, made once."""
        if pattern not in self.formats:
            self.formats[pattern] = self.workbook.add_format(self.style | {"num_format": pattern})
        return self.formats[pattern]

    def write(self, row: int, column: int, value: object, *, is_text: bool = False) -> None:
        """Write a value; nothing for None, '' and numbers that are none."""
        if isinstance(value, str):
            self.write_text(row, column, value, self.format("@" if is_text else "General"))
        elif value is None or (isinstance(value, float | Decimal) and not math.isfinite(value)):
            return
        elif is_text:
            self.write_text(row, column, _text_of(value), self.format("@"))
        elif isinstance(value, bool):
            self._check(self.worksheet.write_boolean(row, column, value, self.format("General")))
        elif isinstance(value, int | float | Decimal):
            self._write_number(row, column, value)
        else:
            self._write_other(row, column, value)

    def write_text(self, row: int, column: int, value: str, style: Any) -> None:
        """Write a text as a text."""
        text = _clean(value)
        if text:
            self._check(self.worksheet.write_string(row, column, text, style))

    def _write_number(self, row: int, column: int, value: float | Decimal) -> None:
        if not isinstance(value, float) and len(Decimal(value).normalize().as_tuple().digits) > _DIGITS:
            self.write_text(row, column, _text_of(value), self.format("@"))  # as a number it would lose digits
            return
        places = max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) else 0
        style = self.format("0." + "0" * places if places else "General")
        self._check(self.worksheet.write_number(row, column, float(value), style))

    def _write_other(self, row: int, column: int, value: object) -> None:
        if isinstance(value, datetime.datetime) and value.date() >= _FIRST_DAY:
            self._check(self.worksheet.write_datetime(row, column, _local(value), self.format(_DATETIME)))
        elif isinstance(value, datetime.date) and not isinstance(value, datetime.datetime) and value >= _FIRST_DAY:
            self._check(self.worksheet.write_datetime(row, column, value, self.format(_DATE)))
        elif isinstance(value, datetime.time):
            self._check(self.worksheet.write_datetime(row, column, value, self.format("hh:mm:ss")))
        elif isinstance(value, datetime.timedelta):
            self._check(self.worksheet.write_datetime(row, column, value, self.format("[h]:mm:ss")))
        else:
            self.write_text(row, column, _text_of(value), self.format("General"))

    @staticmethod
    def _check(result: int) -> None:
        """The library answers what it could not write with a number, and goes on."""
        if result == -1:
            message = _("An .xlsx file holds at most 1,048,576 rows: export fewer, or as .csv.")
            raise WorkbookError("too_many_rows", message)
        if result:
            message = _("A cell of an .xlsx file holds at most 32,767 characters: export as .csv.")
            raise WorkbookError("too_long_text", message)


def _sheet_name(name: str) -> str:
    return _SHEET_NAME.sub(" ", _clean(name)).strip()[:_LONGEST_NAME] or "Sheet1"


def _width(text: str) -> float:
    """Room for a heading and its filter button; a Chinese character is two wide."""
    characters = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    return min(max(characters + 4, 10), _WIDEST)


# Templates


def _write_form(
    workbook: Any,
    worksheet: Any,
    columns: Sequence[TemplateColumn],
    values: Sequence[object],
    choices: Mapping[str, str],
) -> None:
    patterns = {"text": "@", "date": _DATE, "number": "General"}
    optional = workbook.add_format({"bold": True})
    required = workbook.add_format({"bold": True, "font_color": "red"})
    cells = _CellWriter(workbook, worksheet)
    samples = _CellWriter(workbook, worksheet, {"italic": True, "font_color": "#808080"})
    for position, (column, value) in enumerate(zip(columns, values, strict=True)):
        worksheet.set_column(position, position, max(_width(column.label), 14), cells.format(patterns[column.kind]))
        cells.write_text(0, position, column.label, required if column.required else optional)
        samples.write(1, position, value, is_text=column.kind == "text")
        if column.name in choices:
            message = "请从列表中选择。 Choose from the list."
            rule = {
                "validate": "list",
                "source": choices[column.name],
                "error_type": "warning",
                "error_message": message,
            }
            worksheet.data_validation(1, position, worksheet.xls_rowmax - 1, position, rule)
    worksheet.freeze_panes(1, 0)


def _write_choices(workbook: Any, columns: Sequence[TemplateColumn]) -> dict[str, str]:
    """The labels to choose from, on a hidden sheet (an inline list ends at 255 characters); the reference of each."""
    offered = [column for column in columns if column.choices and not column.is_list]
    if not offered:
        return {}
    worksheet = workbook.add_worksheet("选项")
    worksheet.hide()
    references = {}
    for position, column in enumerate(offered):
        worksheet.write_column(0, position, list(column.choices.values()))
        end = xlsxwriter.utility.xl_rowcol_to_cell(len(column.choices) - 1, position, row_abs=True, col_abs=True)
        start = xlsxwriter.utility.xl_rowcol_to_cell(0, position, row_abs=True, col_abs=True)
        references[column.name] = f"='选项'!{start}:{end}"
    return references


def _write_explanations(workbook: Any, columns: Sequence[TemplateColumn]) -> None:
    """The second sheet: what each column is for, in both languages."""
    worksheet = workbook.add_worksheet("说明")
    bold = workbook.add_format({"bold": True})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    headings = ("列名 Column", "英文列名 Name", "必填 Required", "可填内容 Accepted values", "说明", "Explanation")
    for position, (text, width) in enumerate(zip(headings, (18, 24, 14, 40, 44, 44), strict=True)):
        worksheet.set_column(position, position, width, wrapped)
        worksheet.write_string(0, position, text, bold)
    for row, column in enumerate(columns, start=1):
        required = "是 Yes" if column.required else "否 No"
        texts = (column.label, column.name, required, _accepted(column), *_in_both_languages(column.explanation))
        for position, text in enumerate(texts):
            worksheet.write_string(row, position, text, wrapped)
    worksheet.freeze_panes(1, 0)


def _accepted(column: TemplateColumn) -> str:
    several = "；多个用 ; 分隔 (several: separated by ;)" if column.is_list else ""
    if column.choices:
        return "；".join(f"{label} ({code})" for code, label in column.choices.items()) + several
    texts = {"text": "文本 Text", "date": "日期 Date: 2018-10-31", "number": "数字 Number"}
    return texts[column.kind] + several


def _in_both_languages(text: _StrOrPromise) -> tuple[str, str]:
    with translation.override("zh-hans"):
        chinese = str(text)
    with translation.override("en"):
        return chinese, str(text)
