"""What is written is read back as it was, in every program, and nothing in it is ever executed."""

import csv
import datetime
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from teams import cells
from teams.sheets import SheetRow, column_letters, read_table
from teams.workbooks import Format, TemplateColumn, WorkbookError, write_rows, write_template

OCTOBER_31 = datetime.date(2018, 10, 31)
NOON = datetime.datetime.fromisoformat("2018-10-31T12:00:00")
FORMATS: tuple[Format, ...] = ("csv", "xlsx")


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    required: bool = False
    synonyms: tuple[str, ...] = ()


def columns_for(header: Sequence[str]) -> list[Column]:
    return [Column(text, text, required=True) for text in header]


def written(format: Format, rows: Sequence[Sequence[object]], text_columns: frozenset[int] = frozenset()) -> io.BytesIO:
    target = io.BytesIO()
    header = [f"c{index}" for index in range(len(rows[0]))]
    assert write_rows(target, header, rows, format=format, text_columns=text_columns) == len(rows)
    return target


def read_back(target: io.BytesIO, format: Format, header: Sequence[str]) -> list[SheetRow]:
    with read_table(target, f"a.{format}", columns_for(header)) as table:
        return list(table.rows())


def opened(target: io.BytesIO | Path) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(target).worksheets[0]


def csv_lines(target: io.BytesIO) -> list[str]:
    return target.getvalue().decode("utf-8-sig").splitlines()


# Round trip


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=25)
@example(texts=["=1+1", "'=1+1", "''@x", "'90s", "-5", "\t=x", "\r=x", "＝１"])
@example(texts=["_x0041_", "_x005F_", " 两端 ", "a\r\nb\rc\n", '"引号", 逗号', "&amp;<x>", "007", "1e5", "x" * 32_767])
@example(
    texts=["http://example.org", "#DIV/0!", "TRUE", "2018-10-31", "\U0001f600", "\ufeff甲", "a\x00\x1fb\ud800\uffff"]
)
@given(texts=st.lists(st.text(), min_size=1, max_size=30))
def test_text_is_read_back_as_it_was_written(format: Format, texts: list[str]) -> None:
    target = written(format, [("key", text) for text in texts], frozenset({1}))
    storable = [
        "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or is_storable(c))
        for text in texts
    ]
    assert [row.cells["c1"] for row in read_back(target, format, ["c0", "c1"])] == storable


def is_storable(character: str) -> bool:
    return character >= " " and not "\ud800" <= character <= "\udfff" and character not in "\ufffe\uffff"


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=15)
@given(
    rows=st.lists(
        st.tuples(
            st.dates(min_value=datetime.date(1900, 1, 1)),
            st.integers(-(2**31) + 1, 2**31 - 1),
            st.decimals(-9_999_999, 9_999_999, places=2),
            st.booleans(),
        ),
        min_size=1,
    )
)
def test_values_are_parsed_back_as_they_were_written(
    format: Format, rows: list[tuple[datetime.date, int, Decimal, bool]]
) -> None:
    read = read_back(written(format, rows), format, ["c0", "c1", "c2", "c3"])
    parsed = [
        (
            cells.parse_date(row.cells["c0"]),
            cells.parse_integer(row.cells["c1"]),
            cells.parse_decimal(row.cells["c2"], negative=True),
            cells.parse_boolean(row.cells["c3"]),
        )
        for row in read
    ]
    assert parsed == rows


@pytest.mark.parametrize("format", FORMATS)
def test_code_in_a_text_column_is_read_back_whole(format: Format) -> None:
    target = written(format, [("34120419900101123X", 341204199001011234, "0558", None)], frozenset({0, 1, 2, 3}))
    row = read_back(target, format, ["c0", "c1", "c2", "c3"])[0]
    assert list(row.cells.values()) == ["34120419900101123X", "341204199001011234", "0558", ""]


# CSV


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "＝"])
def test_csv_text_that_could_be_a_formula_is_neutralised(sign: str) -> None:
    assert csv_lines(written("csv", [(f"{sign}cmd", 1)]))[1] == f"'{sign}cmd,1"


def test_csv_heading_that_could_be_a_formula_is_neutralised() -> None:
    target = io.BytesIO()
    write_rows(target, ["=1"], [], format="csv")
    assert csv_lines(target) == ["'=1"]


def test_csv_number_below_zero_is_left_a_number() -> None:
    assert csv_lines(written("csv", [(-5, -5.5, Decimal("-0.10"))]))[1] == "-5,-5.5,-0.10"


def test_csv_values_are_exact_and_iso() -> None:
    row = (
        Decimal("1E+3"),
        5.0,
        None,
        OCTOBER_31,
        NOON,
        True,
        0.1,
        datetime.time(8, 5),
        gettext_lazy("“{name}” is empty."),
    )
    with translation.override("en"):
        line = csv_lines(written("csv", [row]))[1]
    assert line == "1000,5,,2018-10-31,2018-10-31 12:00:00,TRUE,0.1,08:05:00,“{name}” is empty."


def test_csv_begins_with_a_mark_for_excel_and_ends_lines_as_windows_does() -> None:
    content = written("csv", [("甲",)]).getvalue()
    assert content == b"\xef\xbb\xbfc0\r\n\xe7\x94\xb2\r\n"


def test_csv_stamp_with_a_zone_is_written_as_local_time() -> None:
    stamp = datetime.datetime(2018, 10, 31, 16, tzinfo=datetime.UTC)
    assert csv_lines(written("csv", [(stamp,)]))[1] == "2018-11-01 00:00:00"


# XLSX


def test_xlsx_text_is_never_a_formula_number_or_link() -> None:
    sheet = opened(written("xlsx", [("=1+1", "123", "http://example.org", "@SUM(1)")]))
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [
        ("=1+1", "s"),
        ("123", "s"),
        ("http://example.org", "s"),
        ("@SUM(1)", "s"),
    ]
    assert sheet["C2"].hyperlink is None


def test_xlsx_values_have_their_types_and_formats() -> None:
    sheet = opened(written("xlsx", [(OCTOBER_31, NOON, Decimal("12.10"), 5, True, None, float("nan"))]))
    assert [cell.value for cell in sheet[2][:5]] == [
        datetime.datetime.combine(OCTOBER_31, datetime.time()),
        NOON,
        12.1,
        5,
        True,
    ]
    assert [cell.number_format for cell in sheet[2][:4]] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "0.00", "General"]


def test_xlsx_number_of_more_digits_than_a_spreadsheet_keeps_is_a_text() -> None:
    sheet = opened(written("xlsx", [(341204199001011234, Decimal("1234567890123456.78"))]))
    assert [cell.value for cell in sheet[2]] == ["341204199001011234", "1234567890123456.78"]


def test_xlsx_text_column_is_text_below_the_last_row_too() -> None:
    sheet = opened(written("xlsx", [("0558", "x")], frozenset({0})))
    assert sheet["A2"].number_format == "@"
    assert sheet.column_dimensions["A"].number_format == "@"
    assert sheet.column_dimensions["B"].number_format == "General"


def test_xlsx_heading_is_bold_frozen_and_filtered() -> None:
    sheet = opened(written("xlsx", [("a", "b")]))
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"


def test_xlsx_sheet_name_and_widths_are_as_asked() -> None:
    target = io.BytesIO()
    write_rows(target, ["甲", "乙"], [], format="xlsx", sheet="2018/10: 指标" + "长" * 40, widths=[33])
    sheet = opened(target)
    assert sheet.title.startswith("2018 10  指标")
    assert sheet.column_dimensions["A"].width == pytest.approx(33.7, abs=0.1)


def test_xlsx_text_over_the_limit_is_refused() -> None:
    with pytest.raises(WorkbookError) as caught:
        written("xlsx", [("x" * 32_768,)])
    assert caught.value.code == "too_long_text"


def test_xlsx_over_the_last_row_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlsxwriter.worksheet.Worksheet.__init__", limited(10), raising=True)
    with pytest.raises(WorkbookError) as caught:
        written("xlsx", [("x",)] * 10)
    assert caught.value.code == "too_many_rows"


def limited(rows: int) -> object:
    from xlsxwriter.worksheet import Worksheet

    original = Worksheet.__init__

    def init(self: Worksheet) -> None:
        original(self)
        self.xls_rowmax = rows

    return init


# Files


def broken_rows() -> Iterator[tuple[str]]:
    yield ("a",)
    raise LookupError("the query failed")


@pytest.mark.parametrize("format", FORMATS)
def test_file_is_replaced_whole_or_not_at_all(tmp_path: Path, format: Format) -> None:
    path = tmp_path / f"a.{format}"
    path.write_text("old")
    with pytest.raises(LookupError):
        write_rows(path, ["甲"], broken_rows(), format=format)
    assert path.read_text() == "old"
    write_rows(path, ["甲"], [("a",)], format=format)
    assert path.read_bytes() != b"old"
    assert list(tmp_path.iterdir()) == [path]


# Templates

TEMPLATE = (
    TemplateColumn("id_number", "身份证号", required=True, explanation=gettext_lazy("“{name}” is empty.")),
    TemplateColumn("sex", "性别", choices={"male": "男", "female": "女"}),
    TemplateColumn("birth_date", "出生日期", kind="date"),
    TemplateColumn("count", "人数", kind="number", required=True),
    TemplateColumn("categories", "适用人群", choices={"elderly": "老年人", "diabetes": "糖尿病"}, is_list=True),
)
SAMPLE = {
    "id_number": "341204199001011234",
    "sex": "男",
    "birth_date": OCTOBER_31,
    "count": 3,
    "categories": "老年人;糖尿病",
}


@pytest.mark.parametrize("format", FORMATS)
def test_template_is_read_back_with_its_sample(tmp_path: Path, format: Format) -> None:
    path = tmp_path / f"模板.{format}"
    write_template(path, TEMPLATE, SAMPLE, format=format)
    with read_table(path, path.name, [Column(each.name, each.label, each.required) for each in TEMPLATE]) as table:
        (row,) = table.rows()
    assert table.header == [column.name for column in TEMPLATE]
    assert row.cells["id_number"] == "341204199001011234"
    assert cells.parse_date(row.cells["birth_date"]) == OCTOBER_31
    assert cells.parse_integer(row.cells["count"]) == 3


def test_template_marks_required_columns_and_the_sample(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx", TEMPLATE, SAMPLE)
    sheet = opened(tmp_path / "a.xlsx")
    assert [(cell.value, cell.font.bold, cell.font.color and cell.font.color.rgb) for cell in sheet[1][:2]] == [
        ("身份证号", True, "FFFF0000"),
        ("性别", True, sheet["B1"].font.color and sheet["B1"].font.color.rgb),
    ]
    assert sheet["B1"].font.color is None or sheet["B1"].font.color.rgb != "FFFF0000"
    assert sheet["A2"].font.italic
    assert sheet["A2"].number_format == "@"
    assert sheet["C2"].number_format == "yyyy-mm-dd"


def test_template_offers_choices_from_a_hidden_sheet(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx", TEMPLATE, SAMPLE)
    workbook = openpyxl.load_workbook(tmp_path / "a.xlsx")
    (rule,) = workbook.worksheets[0].data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("B2:B1048576", "'选项'!$A$1:$A$2")
    assert [cell.value for cell in workbook["选项"]["A"]] == ["男", "女"]
    assert workbook["选项"].sheet_state == "hidden"


def test_template_explains_each_column_in_both_languages(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx", TEMPLATE, SAMPLE)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["说明"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0][:3] == ["身份证号", "id_number", "是 Yes"]
    assert rows[0][5] == "“{name}” is empty."
    assert rows[1][3] == "男 (male)；女 (female)"
    assert rows[4][3] == "老年人 (elderly)；糖尿病 (diabetes)；多个用 ; 分隔 (several: separated by ;)"


def test_letters_of_columns_agree_with_other_programs() -> None:
    assert [column_letters(index - 1) for index in (1, 27, 703)] == [
        openpyxl.utils.get_column_letter(index) for index in (1, 27, 703)
    ]


def test_csv_is_valid_for_any_reader() -> None:
    target = written("csv", [('a"b', "c,d\ne")])
    lines = target.getvalue().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(lines, newline="")))[1] == ['a"b', "c,d\ne"]
