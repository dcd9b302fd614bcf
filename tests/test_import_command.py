"""`python manage.py import_data`: exit codes, totals, and the file of refused rows (docs/formats.md, commands)."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from residents.models import Resident
from teams.models import AuditEvent, Division
from tests.factories import centre, make_id_number
from tests.importing import assert_both_languages
from tests.teams.spreadsheets import write_ods, write_xls, write_xlsx

pytestmark = pytest.mark.django_db

HEADER = ("区划代码", "名称", "级别")
GOOD = ("341204", "颍泉区", "county")
BAD = ("3412040", "颍泉区", "galaxy")
Rows = Sequence[Sequence[object]]


def write_csv(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


WRITERS: dict[str, Callable[[Path, Rows], object]] = {
    "csv": write_csv,
    "xlsx": lambda path, rows: write_xlsx(path, {"数据": rows}),
    "xls": write_xls,
    "ods": write_ods,
}


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("import_data", *map(str, arguments), stdout=out)
    return out.getvalue()


def totals(*arguments: object) -> dict[str, object]:
    return json.loads(run(*arguments, "--json"))


def refusal(*arguments: object) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert caught.value.returncode == 1
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("ending", WRITERS)
def test_good_rows_go_in_and_refused_ones_are_written_beside(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"divisions.{ending}"
    WRITERS[ending](path, [HEADER, GOOD, BAD])
    rejects = tmp_path / f"divisions.rejects.{'csv' if ending == 'csv' else 'xlsx'}"
    assert totals("divisions", path) == {
        "rows": 2,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
        "rejects_file": str(rejects),
    }
    header, row = read(rejects)
    assert header == [*HEADER, "原因"]
    assert row[:3] == list(BAD)
    assert row[3].startswith("第 3 行 级别 (level)：")
    assert_both_languages(row[3])


def read(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    sheet = openpyxl.load_workbook(path).active
    return [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def test_same_file_again_changes_nothing_and_writes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "divisions.csv"
    write_csv(path, [HEADER, GOOD])
    run("divisions", path)
    again = totals("divisions", path)
    assert (again["rows"], again["unchanged"], again["rejects_file"]) == (1, 1, None)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["divisions.csv"]


def test_stale_file_of_refused_rows_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "divisions.csv"
    write_csv(path, [HEADER, BAD])
    run("divisions", path)
    write_csv(path, [HEADER, GOOD])
    run("divisions", path)
    assert not (tmp_path / "divisions.rejects.csv").exists()


def test_mended_file_of_refused_rows_goes_in(tmp_path: Path) -> None:
    write_csv(tmp_path / "divisions.csv", [HEADER, BAD, ("1", "", "county")])
    run("divisions", tmp_path / "divisions.csv")
    mended = tmp_path / "divisions.rejects.csv"
    mended.write_text(mended.read_text("utf-8").replace("galaxy", "county"), "utf-8")
    assert totals("divisions", mended)["created"] == 1
    header, row = read(tmp_path / "divisions.rejects.rejects.csv")
    assert header == [*HEADER, "原因"]
    assert row[3].startswith("第 3 行 名称 (name)：")


def test_closed_folder_sends_the_refused_rows_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    write_csv(tmp_path / "divisions.csv", [HEADER, BAD])
    assert totals("divisions", tmp_path / "divisions.csv")["rejects_file"] == "divisions.rejects.csv"
    assert (here / "divisions.rejects.csv").exists()


def test_summary_is_in_both_languages(tmp_path: Path) -> None:
    write_csv(tmp_path / "divisions.csv", [HEADER, GOOD, BAD])
    first, second = run("divisions", tmp_path / "divisions.csv").splitlines()
    assert_both_languages(first)
    assert "Rows: 2 (1 created, 0 updated, 0 unchanged, 1 rejected)." in first
    assert "divisions.rejects.csv" in second


def test_unknown_kind_lists_the_kinds(tmp_path: Path) -> None:
    message = refusal("people", tmp_path / "people.csv")
    assert_both_languages(message)
    assert (
        "divisions, institutions, populations, targets, staff, teams, residents, registers, packages, payer_shares"
        in message
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("区划代码", "名称", "级别", "海拔", "面积"), GOOD], "unknown columns: 海拔, 面积"),
        ([("区划代码", "名称"), GOOD[:2]], "missing columns: 级别 (level)"),
    ],
)
def test_file_with_wrong_columns_goes_in_not_at_all(tmp_path: Path, rows: Rows, words: str) -> None:
    write_csv(tmp_path / "divisions.csv", rows)
    message = refusal("divisions", tmp_path / "divisions.csv", "--json")
    assert words in message
    assert_both_languages(message)
    assert not Division.objects.exists()


def test_missing_file_and_file_of_something_else_are_refused(tmp_path: Path) -> None:
    assert_both_languages(refusal("divisions", tmp_path / "none.csv"))
    (tmp_path / "divisions.xlsx").write_bytes(b"%PDF-1.7")
    assert_both_languages(refusal("divisions", tmp_path / "divisions.xlsx"))


def test_row_that_slipped_sideways_is_refused(tmp_path: Path) -> None:
    (tmp_path / "divisions.csv").write_text("code,name,level\n341204,颍泉区,county,\n1,甲,乙,county\n", "utf-8")
    assert totals("divisions", tmp_path / "divisions.csv")["rejected"] == 1


def test_reasons_hold_no_identity_though_the_columns_are_swapped(tmp_path: Path) -> None:
    centre()
    number = make_id_number()
    header = ("id_number", "name", "institution_code", "birth_date")
    write_csv(tmp_path / "residents.csv", [header, (number, "张秀英", "C", number)])
    run("residents", tmp_path / "residents.csv")
    _header, row = read(tmp_path / "residents.rejects.csv")
    assert number in row
    assert number not in row[-1]
    assert not Resident.objects.exists()


def test_import_is_audited_by_kind_and_hash(tmp_path: Path) -> None:
    write_csv(tmp_path / "divisions.csv", [HEADER, GOOD])
    run("divisions", tmp_path / "divisions.csv")
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.IMPORT)
    assert re.fullmatch(r"divisions sha256:[0-9a-f]{64}", event.what)
    assert event.username == "system"
