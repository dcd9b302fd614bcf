"""The table is found in its file: heading, sheet, rows."""

import subprocess
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from django.utils import translation

from teams.sheets import SheetError, SheetRow, Table, column_letters, read_table
from tests.teams.spreadsheets import COLUMNS, HEADER, ID, OCTOBER_31, ROW, Column, read, refusal, write_csv, write_xlsx

# The heading


def test_header_is_english_in_the_files_order(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "人数,姓名,身份证号\n")
    with read_table(path, path.name, COLUMNS) as table:
        assert table.header == ["count", "name", "id_number"]
        assert table.row_count == 0
        assert list(table.rows()) == []


def test_headings_are_as_they_stand_in_the_file(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "人数,* 姓名,id_number\n")
    with read_table(path, path.name, COLUMNS) as table:
        assert table.headings == ["人数", "* 姓名", "id_number"]


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
    assert refusal(path) == ("unknown_columns", "“a.xlsx”, sheet 乙: unknown columns: 微信.")


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


def test_column_letters_are_the_programs() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_message_is_translated_when_it_is_shown(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as caught:
        read(tmp_path / "没有.csv")
    with translation.override("en"):
        assert str(caught.value) == "There is no file “没有.csv”."


# Lists as people keep them

SYNONYMS = (
    Column("id_number", "身份证号", required=True, synonyms=("身份证号码", "证件号码")),
    Column("phone", "联系电话", synonyms=("手机号", "联系方式")),
)


@pytest.mark.parametrize("heading", ["证件号码", "身份证\n号码", "＊身份证号码（必填）", "证 件 号 码"])
def test_heading_is_known_by_its_other_names(tmp_path: Path, heading: str) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": [[heading, "手机号"], [ID, "1"]]})
    assert read(path, SYNONYMS)[0].cells == {"id_number": ID, "phone": "1"}


def test_two_names_of_one_column_stand_twice(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "身份证号,手机号,联系方式\n")
    assert refusal(path, SYNONYMS) == ("duplicate_columns", "“a.csv”: columns that stand twice: 联系电话 (phone).")


def test_list_with_title_subtotals_and_signatures_is_read_without_them(tmp_path: Path) -> None:
    rows = [
        ["伍明镇姜堂村居民登记表（2018年）"],
        ["填报单位：伍明镇卫生院", "", "填报日期：2018年10月31日"],
        HEADER,
        ROW,
        HEADER,  # where a printed page begins
        ROW,
        ["合计", "2人", "", "6"],
        ["制表人：王芳", "", "审核人：李四"],
        ["备注：名单截至十月底"],
    ]
    path = write_xlsx(tmp_path / "a.xlsx", {"居民": rows})
    assert [row.number for row in read(path)] == [4, 6]


@pytest.mark.parametrize("first", ["合计（人）", "总计：2人", "全村合计", "共计2户"])
def test_totals_are_known_by_their_other_names(tmp_path: Path, first: str) -> None:
    assert len(read(write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW, [first]]}))) == 1


def test_sheets_that_would_do_as_well_are_named(tmp_path: Path) -> None:
    sheets = {"说明": [["怎样填写"]], "姜堂村": [HEADER, ROW], "李庄村": [HEADER, ROW], "空": [HEADER]}
    path = write_xlsx(tmp_path / "a.xlsx", sheets)
    with read_table(path, path.name, COLUMNS) as table:
        assert (table.sheet, table.others) == ("姜堂村", ["李庄村"])
        assert [row.cells["name"] for row in table.rows()] == ["王芳"]


def test_sheet_with_rows_goes_before_one_with_a_heading_only(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"样表": [HEADER], "数据": [HEADER, ROW]})
    with read_table(path, path.name, COLUMNS) as table:
        assert (table.sheet, table.others) == ("数据", [])
