"""What cannot be read, or would cost too much, is refused with one line that says why."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from teams.sheets import Limits, SheetError, read_table
from tests.teams.spreadsheets import COLUMNS, HEADER, ROW, Rows, read, refusal, write_csv, write_xls, write_xlsx

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


# Files of other programs, and malicious ones


@pytest.mark.parametrize("name", ["a.et", "a.xlsm", "a.xlsb", "a.numbers"])
def test_spreadsheet_of_another_kind_is_refused_with_the_remedy(tmp_path: Path, name: str) -> None:
    write_xlsx(tmp_path / "a.xlsx", {"居民": [HEADER, ROW]}).rename(tmp_path / name)
    code, message = refusal(tmp_path / name)
    assert (code, message.split(": ")[1]) == ("unreadable", "open it in its program and save it as .xlsx.")


def patched(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """A workbook with something else in one of its parts."""
    write_xlsx(path.with_name("good.xlsx"), {"居民": [HEADER, ROW]})
    with zipfile.ZipFile(path.with_name("good.xlsx")) as good, zipfile.ZipFile(path, "w") as other:
        for entry in good.infolist():
            content = good.read(entry)
            other.writestr(entry.filename, content.replace(old, new) if part in entry.filename else content)
    return path


def test_sheet_that_claims_a_giant_size_is_read_as_large_as_it_is(tmp_path: Path) -> None:
    path = patched(tmp_path / "a.xlsx", "sheet1", b'ref="A1:D2"', b'ref="A1:XFD1048576"')
    assert len(read(path)) == 1


@pytest.mark.parametrize("entity", [b'"' + b"a" * 1000 + b'"', b'SYSTEM "file:///etc/passwd"'])
def test_entities_are_never_expanded(tmp_path: Path, entity: bytes) -> None:
    path = patched(tmp_path / "a.xlsx", "sharedStrings", "王芳".encode(), b"&x;")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            declared = content.replace(b"<sst", b"<!DOCTYPE x [<!ENTITY x " + entity + b">]><sst", 1)
            archive.writestr(name, declared if "sharedStrings" in name else content)
    try:
        names = [str(row.cells["name"]) for row in read(path)]
    except SheetError as error:
        assert error.code == "unreadable"
    else:
        assert all(len(name) < 10 for name in names)
