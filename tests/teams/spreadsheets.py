"""Real spreadsheet files of all four formats, made for the tests of reading them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import odf.opendocument
import odf.table
import odf.text
import pytest
import xlsxwriter
import xlwt
from django.utils import translation

from teams.sheets import Limits, SheetError, SheetRow, read_table

OCTOBER_31 = datetime.date(2018, 10, 31)
ID = "34120419900101123X"


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    required: bool = False
    synonyms: tuple[str, ...] = ()


COLUMNS = (
    Column("id_number", "身份证号", required=True),
    Column("name", "姓名", required=True),
    Column("birth_date", "出生日期"),
    Column("count", "人数"),
)
HEADER = ("身份证号", "姓名", "出生日期", "人数")
ROW = (ID, "王芳", OCTOBER_31, 3)
Rows = Sequence[Sequence[object]]


def write_xlsx(path: Path, sheets: dict[str, Rows]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        for name, rows in sheets.items():
            worksheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                worksheet.write_row(number, 0, row)
    return path


def write_xls(path: Path, rows: Rows, first_row: int = 0) -> Path:
    workbook = xlwt.Workbook()
    worksheet = workbook.add_sheet("居民")
    date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows, start=first_row):
        for column, value in enumerate(row):
            style = date if isinstance(value, datetime.date) else xlwt.Style.default_style
            worksheet.write(number, column, value, style)
    workbook.save(str(path))
    return path


def write_ods(path: Path, rows: Rows) -> Path:
    document = odf.opendocument.OpenDocumentSpreadsheet()
    table = odf.table.Table(name="居民")
    for row in rows:
        line = odf.table.TableRow()
        for value in row:
            line.addElement(ods_cell(value))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def ods_cell(value: object) -> odf.table.TableCell:
    if isinstance(value, datetime.date):
        cell = odf.table.TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, int | float):
        cell = odf.table.TableCell(valuetype="float", value=str(value))
    else:
        cell = odf.table.TableCell(valuetype="string")
    cell.addElement(odf.text.P(text=str(value)))
    return cell


def write_csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, columns: Sequence[Column] = COLUMNS, limits: Limits | None = None) -> list[SheetRow]:
    with read_table(path, path.name, columns, limits=limits) as table:
        return list(table.rows())


def refusal(path: Path, columns: Sequence[Column] = COLUMNS, limits: Limits | None = None) -> tuple[str, str]:
    """The code and the English message with which a file is refused."""
    with pytest.raises(SheetError) as caught:
        read(path, columns, limits)
    with translation.override("en"):
        message = str(caught.value)
    assert "\n" not in message
    return caught.value.code, message
