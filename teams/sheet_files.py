"""What a spreadsheet file must pass before it is opened: its kind, its size, what it would unpack to.

Pure: no models, no database. See docs/trust.md, "Faults".
"""

from __future__ import annotations

import os
import struct
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.errors import CodedError

ENDINGS = (".csv", ".xlsx", ".xls", ".ods")
MEGABYTE = 1024 * 1024

# Spreadsheets all the same: of WPS, with macros, binary, templates, of other programs.
_TO_SAVE_ANEW = (".et", ".ett", ".xlsm", ".xlsb", ".xlt", ".xltx", ".xltm", ".numbers", ".fods", ".dbf")

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DIRECTORY_END = struct.Struct("<4s4H2LH")
_DIRECTORY_END_64 = struct.Struct("<4sQ2H2L4Q")
_DIRECTORY_BYTES_PER_ENTRY = 1024


class SheetError(CodedError):
    """A file that cannot be read at all. `message` is one lazy line.

    `code` is missing, unreadable, too_large, encrypted, empty, unknown_columns, missing_columns or duplicate_columns.
    """


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. The first five are checked before it is opened, the last two bound the reading process."""

    file_bytes: int = 64 * MEGABYTE
    unpacked_bytes: int = 1024 * MEGABYTE
    ratio: int = 200  # of an entry that unpacks to more than `ratio_from_bytes`
    ratio_from_bytes: int = 10 * MEGABYTE
    entries: int = 10_000
    line_characters: int = 1_000_000
    memory_bytes: int = 3 * 1024 * MEGABYTE
    cpu_seconds: int = 300


def open_file(source: Path | BinaryIO, filename: str, limits: Limits) -> tuple[IO[bytes], bool]:
    """The file, ours to close, and whether it is a workbook (else it is text). Raises SheetError.

    What it holds decides, not its ending: a workbook saved under another ending is read all the same.
    """
    ending = Path(filename).suffix.lower()
    if ending in _TO_SAVE_ANEW:
        message = _("“{name}” is a spreadsheet of another kind: open it in its program and save it as .xlsx.")
        raise SheetError("unreadable", format_lazy(message, name=filename))
    if ending not in ENDINGS:
        message = _("“{name}” is not a spreadsheet: its name must end with .csv, .xlsx, .xls or .ods.")
        raise SheetError("unreadable", format_lazy(message, name=filename))
    file = _own_file(source, filename, limits)
    try:
        magic = file.read(len(_OLE))
        if not magic:
            raise empty(filename)
        is_archive = magic.startswith(_ZIP)
        if is_archive:
            check_archive(file, filename, limits)
        is_workbook = is_archive or magic == _OLE
        if not is_workbook and ending != ".csv":
            raise not_a_spreadsheet(filename)
    except SheetError:
        file.close()
        raise
    file.seek(0)
    return file, is_workbook


def empty(filename: str) -> SheetError:
    """The refusal of a file without a single value."""
    return SheetError("empty", format_lazy(_("“{name}” is empty."), name=filename))


def not_a_spreadsheet(filename: str) -> SheetError:
    """The refusal of a file whose content is something else than its ending says, or damaged."""
    message = _(
        "“{name}” is not a spreadsheet, or it is damaged: open it in the spreadsheet program and save it as .xlsx."
    )
    return SheetError("unreadable", format_lazy(message, name=filename))


def encrypted(filename: str) -> SheetError:
    """The refusal of a file that needs a password."""
    message = _("“{name}” is protected by a password: save it without one.")
    return SheetError("encrypted", format_lazy(message, name=filename))


def too_large(filename: str) -> SheetError:
    """The refusal of a file that would unpack to more than its due."""
    message = _("“{name}” unpacks to far too much: delete empty rows and columns around the table, or split the file.")
    return SheetError("too_large", format_lazy(message, name=filename))


def _own_file(source: Path | BinaryIO, filename: str, limits: Limits) -> IO[bytes]:
    """A file of our own, at its start: a path opened, anything else copied, for its owner may close it early.

    Unbuffered, so that the place in it is the descriptor's, which the reading process shares.
    """
    refusal = SheetError(
        "too_large",
        format_lazy(
            _("“{name}” is larger than {limit} MB: split it."), name=filename, limit=limits.file_bytes // MEGABYTE
        ),
    )
    if isinstance(source, Path):
        if not source.is_file():
            raise SheetError("missing", format_lazy(_("There is no file “{name}”."), name=filename))
        if source.stat().st_size > limits.file_bytes:
            raise refusal
        try:
            return source.open("rb", buffering=0)
        except OSError:
            raise SheetError("unreadable", format_lazy(_("“{name}” cannot be opened."), name=filename)) from None
    copy = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - the caller's to close
    source.seek(0)
    while chunk := source.read(MEGABYTE):
        copy.write(chunk)
        if copy.tell() > limits.file_bytes:
            copy.close()
            raise refusal
    copy.seek(0)
    return copy


def check_archive(file: IO[bytes], filename: str, limits: Limits) -> None:
    """Refuse a zip archive by its directory alone: a bomb, one with a password, one that is no workbook."""
    if _directory_bytes(file) > limits.entries * _DIRECTORY_BYTES_PER_ENTRY:
        raise too_large(filename)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries) or _is_encrypted_ods(archive):
                raise encrypted(filename)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise not_a_spreadsheet(filename) from None
    if len(entries) > limits.entries or sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise too_large(filename)
    large = (entry for entry in entries if entry.file_size > limits.ratio_from_bytes)
    if any(entry.file_size > limits.ratio * entry.compress_size for entry in large):
        raise too_large(filename)
    names = {entry.filename for entry in entries}
    if names.isdisjoint({"[Content_Types].xml", "content.xml"}):
        if any(name.lower().endswith((*ENDINGS, ".zip")) for name in names):
            message = _("“{name}” is an archive of files: unpack it and choose one of them.")
            raise SheetError("unreadable", format_lazy(message, name=filename))
        raise not_a_spreadsheet(filename)


def _directory_bytes(file: IO[bytes]) -> int:
    """The size that a zip archive's directory claims, known before a million entries of it are read into memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 0x10000 - 1024))
    tail = file.read()
    end, end_64 = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    with suppress(struct.error):  # cut short: zipfile will say so
        claimed = int(_DIRECTORY_END.unpack_from(tail, end)[5]) if end >= 0 else 0
        if claimed == 0xFFFFFFFF and end_64 >= 0:
            claimed = int(_DIRECTORY_END_64.unpack_from(tail, end_64)[8])
        return claimed
    return 0


def _is_encrypted_ods(archive: zipfile.ZipFile) -> bool:
    with suppress(KeyError), archive.open("META-INF/manifest.xml") as manifest:
        return b"encryption-data" in manifest.read(MEGABYTE)
    return False
