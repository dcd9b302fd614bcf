"""Tables are found and read in real files of all four formats, and what cannot be read says why in one line."""

import datetime
import io
import struct
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import odf.opendocument
import odf.table
import odf.text
import openpyxl
import pytest
import xlsxwriter
import xlwt
from django.utils import translation

from teams.sheets import Limits, SheetError, SheetRow, Table, column_letters, read_table

OCTOBER_31 = datetime.date(2018, 10, 31)
ID = "34120419900101123X"


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    required: bool = False


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


# All four formats


def test_xlsx_row_has_its_number_and_typed_cells(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW]})
    cells = {"id_number": ID, "name": "王芳", "birth_date": OCTOBER_31, "count": 3.0}
    assert read(path) == [SheetRow(2, cells)]


def test_xls_row_has_its_number_and_typed_cells(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", [HEADER, ROW], first_row=3)
    cells = {"id_number": ID, "name": "王芳", "birth_date": OCTOBER_31, "count": 3}
    assert read(path) == [SheetRow(5, cells)]


def test_ods_row_has_its_number_and_typed_cells(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "a.ods", [HEADER, ROW])
    cells = {"id_number": ID, "name": "王芳", "birth_date": OCTOBER_31, "count": 3.0}
    assert read(path) == [SheetRow(2, cells)]


def test_csv_row_has_its_number_and_texts(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", f"身份证号,姓名,出生日期,人数\r\n{ID},王芳,2018-10-31,3\r\n")
    cells = {"id_number": ID, "name": "王芳", "birth_date": "2018-10-31", "count": "3"}
    assert read(path) == [SheetRow(2, cells)]


def test_openpyxl_workbook_is_read(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(HEADER)
    workbook.active.append(ROW)
    workbook.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")[0].cells["birth_date"] == OCTOBER_31


def test_uploaded_file_object_is_read_and_stays_open(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW]})
    upload = io.BytesIO(path.read_bytes())
    with read_table(upload, "上传.xlsx", COLUMNS) as table:
        assert len(list(table.rows())) == 1
    assert not upload.closed


def test_workbook_under_another_workbooks_ending_is_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW]})
    assert len(read(path.rename(tmp_path / "a.xls"))) == 1


def test_id_typed_as_number_stays_a_number(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, (341204199001011234, "王芳")]})
    assert isinstance(read(path)[0].cells["id_number"], float)


def test_number_typed_as_text_stays_a_text(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.write_row(0, 0, HEADER)
        worksheet.write_string(1, 0, "0558")
    assert read(tmp_path / "a.xlsx")[0].cells["id_number"] == "0558"


def test_formula_is_read_as_its_value(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.write_row(0, 0, HEADER)
        worksheet.write_row(1, 0, ROW)
        worksheet.write_formula(1, 3, "=1+1", None, 2)
    assert read(tmp_path / "a.xlsx")[0].cells["count"] == 2.0


# The heading


def test_header_is_english_in_the_files_order(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "人数,姓名,身份证号\n")
    with read_table(path, path.name, COLUMNS) as table:
        assert table.header == ["count", "name", "id_number"]
        assert table.row_count == 0
        assert list(table.rows()) == []


@pytest.mark.parametrize(
    "heading",
    [
        "id_number",
        "ID_Number",
        " id number ",
        "身份证号*",
        "* 身份证号",
        "身份证号（必填）",
        "身份证号(必填)*",
        "身份证号 ＊",
        "ｉｄ＿ｎｕｍｂｅｒ",
        "身份证号 (id_number)",
        "\ufeff身份证号\u200b",
        '"身份证号\n（必填）"',
    ],
)
def test_heading_is_known_whatever_its_language_case_width_and_mark(tmp_path: Path, heading: str) -> None:
    path = write_csv(tmp_path / "a.csv", f"{heading},name\nA,B\n")
    assert read(path)[0].cells == {"id_number": "A", "name": "B"}


def test_title_rows_above_the_heading_are_skipped(tmp_path: Path) -> None:
    rows = [["颍泉区居民登记表"], [], ["填报单位：", "周棚", "", "姓名"], HEADER, ROW]
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": rows})
    assert [row.number for row in read(path)] == [5]


def test_heading_below_the_tenth_row_is_not_found(tmp_path: Path) -> None:
    rows = [["标题"]] * 10 + [HEADER, ROW]
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": rows})
    assert refusal(path)[0] == "missing_columns"


def test_merged_title_and_hidden_column_change_nothing(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"default_date_format": "yyyy-mm-dd"}) as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.merge_range(0, 0, 1, 3, "居民登记表")
        worksheet.set_column(1, 1, None, None, {"hidden": True})
        worksheet.write_row(2, 0, HEADER)
        worksheet.write_row(3, 0, ROW)
    assert read(tmp_path / "a.xlsx")[0].cells["name"] == "王芳"


def test_heading_of_two_rows_with_merged_cells_is_understood(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"default_date_format": "yyyy-mm-dd"}) as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.merge_range("B2:B3", "身份证号")
        worksheet.merge_range("C2:D2", "个人信息")
        worksheet.write_row("C3", ["姓名", "出生日期"])
        worksheet.write_row("B4", ROW[:3])
    assert read(tmp_path / "a.xlsx") == [SheetRow(4, {"id_number": ID, "name": "王芳", "birth_date": OCTOBER_31})]


@pytest.mark.parametrize("ending", ["xlsx", "xls"])
def test_cell_merged_over_rows_counts_for_each_of_them(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    if ending == "xlsx":
        with xlsxwriter.Workbook(path) as workbook:
            sheet = workbook.add_worksheet()
            sheet.write_row(0, 0, HEADER)
            sheet.merge_range("D2:D4", 7)
            sheet.write_column("A2", ["A", "B"])
    else:
        old = xlwt.Workbook()
        sheet = old.add_sheet("居民")
        for column, text in enumerate(HEADER):
            sheet.write(0, column, text)
        sheet.write_merge(1, 3, 3, 3, 7)
        sheet.write(1, 0, "A")
        sheet.write(2, 0, "B")
        old.save(str(path))
    assert [(row.number, row.cells["count"]) for row in read(path)] == [(2, 7), (3, 7)]


def test_unknown_columns_are_all_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,name,住宅,微信\n")
    code, message = refusal(path)
    assert code == "unknown_columns"
    assert message == "“a.csv”: unknown columns: 住宅, 微信."


def test_missing_columns_are_all_named_in_both_languages(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "count,出生日期\n")
    assert refusal(path) == ("missing_columns", "“a.csv”: missing columns: 身份证号 (id_number), 姓名 (name).")


def test_misspelt_required_column_is_both_unknown_and_missing(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "身份证,姓名\n")
    code, message = refusal(path)
    assert code == "unknown_columns"
    assert message == "“a.csv”: unknown columns: 身份证; missing columns: 身份证号 (id_number)."


def test_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,姓名,name\n")
    assert refusal(path) == ("duplicate_columns", "“a.csv”: columns that stand twice: 姓名 (name).")


def test_file_without_any_known_heading_names_the_required_columns(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "foo,bar\n1,2\n")
    code, message = refusal(path)
    assert code == "missing_columns"
    assert "身份证号 (id_number), 姓名 (name)" in message


# Several sheets


def test_first_sheet_with_a_valid_heading_is_read(tmp_path: Path) -> None:
    sheets = {"说明": [["姓名"], ["怎样填写"]], "数据": [HEADER, ROW], "旧": [HEADER]}
    path = write_xlsx(tmp_path / "a.xlsx", sheets)
    with read_table(path, path.name, COLUMNS) as table:
        assert table.sheet == "数据"
        assert len(list(table.rows())) == 1


def test_sheets_without_heading_are_named(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"甲": [["x"]], "乙": [["y"]]})
    code, message = refusal(path)
    assert code == "missing_columns"
    assert message.endswith("looked for in the sheets 甲, 乙.")


def test_closest_of_several_sheets_is_the_one_complained_of(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"甲": [["姓名"]], "乙": [[*HEADER, "微信"]]})
    assert refusal(path) == ("unknown_columns", "“a.xlsx”, 乙: unknown columns: 微信.")


def test_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        hidden = workbook.add_worksheet("甲")
        hidden.write_row(0, 0, [*HEADER, "微信"])
        workbook.add_worksheet("乙").write_row(0, 0, HEADER)
        hidden.hide()
        workbook.worksheets()[1].activate()
    with read_table(tmp_path / "a.xlsx", "a.xlsx", COLUMNS) as table:
        assert table.sheet == "乙"


# The rows


def test_blank_rows_are_skipped_and_numbers_stay_the_programs(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,name\n\nA,B\n , \u3000\nC,D\n\n")
    assert [row.number for row in read(path)] == [3, 5]


def test_row_number_of_csv_counts_a_cell_with_line_breaks_once(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", 'id_number,name\n"A\nA",B\nC,D\n')
    assert [row.number for row in read(path)] == [2, 3]


@pytest.mark.parametrize("first", ["合计", "总 计", "合计："])
def test_totals_at_the_end_are_left_out(tmp_path: Path, first: str) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW, [first, "", "", 3], []]})
    assert [row.number for row in read(path)] == [2]


def test_totals_of_csv_are_left_out(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", 'id_number,name,count\nA,B,1200\n合计,,"1,200"\n')
    assert [row.number for row in read(path)] == [2]


def test_totals_in_the_middle_or_with_text_stay(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,name,count\n合计,,1\nA,B,1\n合计,王芳,1\n")
    assert [row.number for row in read(path)] == [2, 3, 4]


def test_short_row_is_filled_with_blanks(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,name,count\nA\n")
    assert read(path)[0].cells == {"id_number": "A", "name": "", "count": ""}


def test_value_under_no_heading_is_told_by_its_column(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,name\nA,B,,C\nD,E,,\n")
    assert [row.surplus for row in read(path)] == [("D",), ()]


def test_value_under_no_heading_is_told_by_its_column_when_the_table_stands_aside(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.write_row("C2", ["id_number", "name"])
        worksheet.write_row("C3", ["A", "B", "漏"])
    assert read(tmp_path / "a.xlsx") == [SheetRow(3, {"id_number": "A", "name": "B"}, ("E",))]


def test_rows_can_be_read_once(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,name\nA,B\n")
    with read_table(path, path.name, COLUMNS) as table:
        list(table.rows())
        with pytest.raises(RuntimeError):
            table.rows()


def test_row_count_is_known_before_the_rows_are_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [["标题"], HEADER, ROW, ROW]})
    with read_table(path, path.name, COLUMNS) as table:
        assert table.row_count == 2


def reader_of(table: Table) -> subprocess.Popen[bytes]:
    process: subprocess.Popen[bytes] = table._source.process  # type: ignore[attr-defined]
    return process


def test_reading_process_ends_with_the_last_row(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW]})
    table = read_table(path, path.name, COLUMNS)
    assert reader_of(table).poll() is None
    list(table.rows())
    assert reader_of(table).poll() is not None


def test_reading_process_ends_when_the_table_is_left_half_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, *[ROW] * 5000]})
    with read_table(path, path.name, COLUMNS) as table:
        next(table.rows())
    assert reader_of(table).poll() is not None


# CSV as it comes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_each_encoding_of_chinese_excel(tmp_path: Path, encoding: str) -> None:
    path = write_csv(tmp_path / "a.csv", "身份证号,姓名\nA,王芳\n", encoding)
    assert read(path)[0].cells["name"] == "王芳"


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_csv_is_split_at_tabs_or_semicolons_when_the_heading_is(tmp_path: Path, delimiter: str) -> None:
    path = write_csv(tmp_path / "a.csv", f"身份证号{delimiter}姓名\nA,B{delimiter}王芳\n")
    assert read(path)[0].cells == {"id_number": "A,B", "name": "王芳"}


def test_apostrophe_before_a_formulas_sign_is_taken_off(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,name\n'=1+1,'90s\n")
    assert read(path)[0].cells == {"id_number": "=1+1", "name": "'90s"}


@pytest.mark.parametrize(
    ("broken", "row"), [('"A"x,B\n', 3), ('A,"B\nC,D\n', 3), ("A," + "B" * 200_000 + "\n", 3), ('A,B\n"C"x,D\n', 4)]
)
def test_broken_csv_is_refused_before_its_first_row(tmp_path: Path, broken: str, row: int) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,name\nA,B\n" + broken)
    with pytest.raises(SheetError) as caught, translation.override("en"):
        read_table(path, path.name, COLUMNS)
    assert caught.value.code == "unreadable"
    with translation.override("en"):
        assert f"Row {row} " in str(caught.value)


def test_csv_broken_in_its_first_row_says_so(tmp_path: Path) -> None:
    assert "Row 1 " in refusal(write_csv(tmp_path / "a.csv", '"id_number"x,name\n'))[1]


def test_csv_line_of_a_million_characters_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "id_number,name\n" + "A," * 500_001)
    assert refusal(path)[0] == "too_large"


@pytest.mark.parametrize("content", [b"id_number,name\n\xff\xff\n", b"id_number,name\nA\x00,B\n"])
def test_csv_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert refusal(tmp_path / "a.csv")[0] == "unreadable"


# Files that cannot be read


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.csv") == ("missing", "There is no file “a.csv”.")
    assert refusal(tmp_path.parent / (tmp_path.name + ".csv"))[0] == "missing"


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.xls", "a.ods"])
def test_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert refusal(tmp_path / name)[0] == "empty"


def test_file_of_blanks_is_refused_as_empty(tmp_path: Path) -> None:
    assert refusal(write_csv(tmp_path / "a.csv", "\n,,\n"))[0] == "empty"
    assert refusal(write_xlsx(tmp_path / "a.xlsx", {"甲": [], "乙": []}))[0] == "empty"


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods"])
@pytest.mark.parametrize(
    "content",
    [b"id_number,name\n", b"<html><table>", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600],
)
def test_something_else_under_a_workbooks_ending_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name)[0] == "unreadable"


def test_unknown_ending_is_refused(tmp_path: Path) -> None:
    code, message = refusal(write_csv(tmp_path / "a.txt", "id_number,name\n"))
    assert code == "unreadable"
    assert ".csv, .xlsx, .xls or .ods" in message


def test_damaged_sheet_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW]})
    damaged = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(damaged, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, content[:-60] if "sheet1" in entry.filename else content)
    assert refusal(damaged)[0] == "unreadable"


def test_archive_of_spreadsheets_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("居民.xlsx", b"PK")
    code, message = refusal(tmp_path / "a.xlsx")
    assert code == "unreadable"
    assert "unpack it" in message


def test_xls_with_a_password_is_refused(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", [HEADER, ROW])
    content = bytearray(path.read_bytes())
    content[512 + 20 : 512 + 22] = b"\x2f\x00"  # FILEPASS in place of the record after the first
    path.write_bytes(content)
    assert refusal(path)[0] == "encrypted"


def test_xlsx_with_a_password_is_refused(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", [HEADER, ROW])
    container = path.read_bytes().replace("Workbook".encode("utf-16-le"), "Xorkbook".encode("utf-16-le"))
    (tmp_path / "a.xlsx").write_bytes(container + "EncryptedPackage".encode("utf-16-le"))
    assert refusal(tmp_path / "a.xlsx")[0] == "encrypted"


def test_ods_with_a_password_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("content.xml", b"secret")
        archive.writestr("META-INF/manifest.xml", b"<manifest:encryption-data/>")
    assert refusal(tmp_path / "a.ods")[0] == "encrypted"


def test_zip_entry_with_a_password_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", b"secret")
    content = bytearray((tmp_path / "a.xlsx").read_bytes())
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.xlsx").write_bytes(content)
    assert refusal(tmp_path / "a.xlsx")[0] == "encrypted"


# Files that would cost too much


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_file_over_the_limit_is_refused_unopened(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x" * 2_000_000)
    limits = Limits(file_bytes=1024 * 1024)
    code, message = refusal(tmp_path / name, limits=limits)
    assert (code, message) == ("too_large", f"“{name}” is larger than 1 MB: split it.")
    with pytest.raises(SheetError, match="MB"):
        read_table(io.BytesIO(b"x" * 2_000_000), name, COLUMNS, limits=limits)


def write_bomb(path: Path, megabytes: int, rows: Rows = (HEADER, ROW)) -> Path:
    """A good workbook with an entry that is much smaller packed than unpacked."""
    write_xlsx(path, {"居民": rows})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", b"\0" * megabytes * 1024 * 1024)
    return path


def test_zip_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    assert refusal(write_bomb(tmp_path / "a.xlsx", 11))[0] == "too_large"


def test_small_entry_may_be_packed_well(tmp_path: Path) -> None:
    assert len(read(write_bomb(tmp_path / "a.xlsx", 5))) == 1


def test_zip_bomb_is_refused_by_its_total(tmp_path: Path) -> None:
    path = write_bomb(tmp_path / "a.xlsx", 5)
    assert refusal(path, limits=Limits(unpacked_bytes=5_000_000))[0] == "too_large"


def test_archive_of_too_many_entries_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW]})
    assert refusal(path, limits=Limits(entries=5))[0] == "too_large"


def test_archive_with_a_giant_directory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW]})
    content = bytearray(path.read_bytes())
    struct.pack_into("<L", content, content.rfind(b"PK\x05\x06") + 12, 50_000_000)
    path.write_bytes(content)
    assert refusal(path)[0] == "too_large"


def test_cell_at_the_far_corner_is_refused_and_kills_nobody(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.write_row(0, 0, HEADER)
        worksheet.write(1_048_575, 16_383, "x")
    assert refusal(tmp_path / "a.xlsx")[0] == "too_large"


def test_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW]})
    bomb = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if "sharedStrings" in entry.filename:
                content = content.replace("王芳".encode(), b"x" * 200_000_000)
            new.writestr(entry.filename, content)
    content = bytearray(bomb.read_bytes())
    entry_at = content.rfind(b"xl/sharedStrings.xml") - 46
    struct.pack_into("<L", content, entry_at + 24, 1000)
    bomb.write_bytes(content)
    assert refusal(bomb, limits=Limits(memory_bytes=300_000_000))[0] in ("too_large", "unreadable")


def test_column_letters_are_the_programs() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_message_is_translated_when_it_is_shown(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as caught:
        read(tmp_path / "没有.csv")
    with translation.override("en"):
        assert str(caught.value) == "There is no file “没有.csv”."
