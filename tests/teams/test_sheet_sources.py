"""Real files of all four formats are read, each cell with its type."""

import io
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from django.utils import translation

from teams.sheets import SheetError, SheetRow, read_table
from tests.teams.spreadsheets import (
    COLUMNS,
    HEADER,
    ID,
    OCTOBER_31,
    ROW,
    read,
    refusal,
    write_csv,
    write_ods,
    write_xls,
    write_xlsx,
)

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
