"""Reads an opened spreadsheet file as plain numbered rows: CSV here, a workbook in a process of its own.

Pure: no models, no database. `teams.sheets` finds the heading and the columns in what this module reads.
"""

from __future__ import annotations

import codecs
import csv
import datetime
import json
import os
import re
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import IO, Any, Protocol

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams import workbook_reader
from teams.sheet_files import MEGABYTE, Limits, SheetError, encrypted, not_a_spreadsheet, too_large

Record = tuple[int, list[object]]  # the row's number as the spreadsheet program shows it, and its cells

_NEUTRALISED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
# An .xlsx with a password is an OLE file with this stream; an .xls has this record after its first.
_ENCRYPTED = re.compile(
    "EncryptedPackage".encode("utf-16-le") + rb"|\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00",
    re.DOTALL,
)
_LONGEST_ANSWER = 64 * MEGABYTE


class SourceSheet(Protocol):
    """A candidate for the table: one sheet of a workbook, or a CSV file split at one of the delimiters."""

    name: str
    first_column: int  # 0 for A: what the first cell of every record belongs to
    head: list[Record]

    def last_row(self) -> int:
        """The number of the last row."""

    def records(self) -> Iterator[Record]:
        """Every row with a value, the head's too. Once only."""


class Source(Protocol):
    """An opened file."""

    has_sheets: bool  # or one table only, which may be split in several ways

    def sheets(self) -> Iterator[SourceSheet]:
        """The visible sheets in their order."""

    def close(self) -> None:
        """Free the file and the process that reads it."""


class CsvSource:
    """A CSV file, streamed: UTF-8 with or without BOM, UTF-16 with BOM, or GB18030 as Chinese Excel saves it."""

    has_sheets = False

    def __init__(self, file: IO[bytes], filename: str, limits: Limits) -> None:
        self.file = file
        self.filename = filename
        self.limits = limits
        self.encoding = self._find_encoding()

    def sheets(self) -> Iterator[SourceSheet]:
        """The file split at commas, then at tabs and at semicolons for those whose heading has no commas."""
        by_commas = CsvSheet(self, ",")
        yield by_commas
        for delimiter in "\t;" if by_commas.head else "":
            yield CsvSheet(self, delimiter)

    def lines(self) -> Iterator[str]:
        """The lines from the start, none longer than the limit."""
        self.file.seek(0)
        limit = self.limits.line_characters
        with open(os.dup(self.file.fileno()), encoding=self.encoding, newline="") as text:
            while line := text.readline(limit + 1):
                if len(line) > limit:
                    message = _(
                        "“{name}” has a line of more than {limit} characters: it is not a table, or is damaged."
                    )
                    raise SheetError("too_large", format_lazy(message, name=self.filename, limit=limit))
                yield line

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _find_encoding(self) -> str:
        self.file.seek(0)
        if self.file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            candidates = ["utf-16"]
        else:
            candidates = ["utf-8-sig", "gb18030"]
        for encoding in candidates:
            with suppress(UnicodeDecodeError):
                return self._checked(encoding)
        raise not_a_spreadsheet(self.filename)

    def _checked(self, encoding: str) -> str:
        """The encoding, if the whole file is text in it: a fault at the end must show before the first row goes in."""
        decoder = codecs.getincrementaldecoder(encoding)()
        self.file.seek(0)
        while chunk := self.file.read(MEGABYTE):
            if "\0" in decoder.decode(chunk):
                raise not_a_spreadsheet(self.filename)
        decoder.decode(b"", final=True)
        return encoding


class CsvSheet:
    """A CSV file split at one delimiter."""

    name = ""
    first_column = 0

    def __init__(self, source: CsvSource, delimiter: str) -> None:
        self.source = source
        self.delimiter = delimiter
        self.head: list[Record] = []
        with suppress(SheetError):  # likely the wrong delimiter; `last_row` says it of the right one
            for record in islice(self.records(), workbook_reader.HEAD_ROWS):
                self.head.append(record)

    def last_row(self) -> int:
        """The number of the last row. Reads the file to its end, so that a broken line shows before any row goes in."""
        return sum(1 for _row in self._rows())

    def records(self) -> Iterator[Record]:
        """The rows with a value; the apostrophe that `teams.workbooks` sets before a formula's sign is taken off."""
        for number, row in enumerate(self._rows(), start=1):
            if any(row):
                yield number, [cell[1:] if cell[:1] == "'" and _NEUTRALISED.match(cell) else cell for cell in row]

    def _rows(self) -> Iterator[list[str]]:
        number = 1
        try:
            for row in csv.reader(self.source.lines(), delimiter=self.delimiter, strict=True):
                yield row
                number += 1
        except csv.Error:
            message = _("Row {number} of “{name}” cannot be read: is there a quotation mark without its partner?")
            raise SheetError("unreadable", format_lazy(message, number=number, name=self.source.filename)) from None


class WorkbookSource:
    """An .xlsx, .xls or .ods file, read by `teams.workbook_reader` in a process with limits of its own."""

    has_sheets = True

    def __init__(self, file: IO[bytes], filename: str, limits: Limits) -> None:
        self.file = file
        self.filename = filename
        descriptor = file.fileno()
        command = [sys.executable, "-I", workbook_reader.__file__]
        command += [str(number) for number in (descriptor, limits.memory_bytes, limits.cpu_seconds)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a backtrace may quote cells
            pass_fds=[descriptor],
        )
        self._end = weakref.finalize(self, _end, self.process, file)
        self.names = self._visible_sheets()

    def close(self) -> None:
        """End the reading process and close the file."""
        self._end()

    def sheets(self) -> Iterator[SourceSheet]:
        """The visible worksheets."""
        for index, name in self.names:
            yield WorkbookSheet(self, index, name)

    def open_sheet(self, index: int) -> Any:
        """Let the reading process hold this sheet and no other; what it says of it."""
        self.opened = index
        return self.ask(index)

    def ask(self, request: object) -> Any:
        """Send a request to the reading process; its answer."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # it died; the answer tells
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        return self.next_answer()

    def next_answer(self) -> Any:
        """The next line of the reading process. Raises SheetError when it has ended instead, or says far too much."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline(_LONGEST_ANSWER)
        if line.endswith(b"\n"):
            return json.loads(line)
        raise self._failure(too_long=bool(line))

    def _visible_sheets(self) -> list[tuple[int, str]]:
        try:
            answer = self.next_answer()
            if "error" in answer:
                raise encrypted(self.filename) if self._is_encrypted(answer) else not_a_spreadsheet(self.filename)
        except SheetError:
            self.close()
            raise
        return [(index, name) for index, (name, visible) in enumerate(answer["sheets"]) if visible]

    def _is_encrypted(self, answer: dict[str, str]) -> bool:
        """The reader cannot tell an encrypted file from a damaged one in every format: look for the marks."""
        self.file.seek(0)
        return answer["error"] == "encrypted" or _ENCRYPTED.search(self.file.read()) is not None

    def _failure(self, *, too_long: bool) -> SheetError:
        if not too_long:
            code = self.process.wait()
            too_long = code < 0 or code == workbook_reader.TOO_LARGE
        self.close()
        return too_large(self.filename) if too_long else not_a_spreadsheet(self.filename)


class WorkbookSheet:
    """One sheet of a workbook."""

    def __init__(self, source: WorkbookSource, index: int, name: str) -> None:
        self.source = source
        self.index = index
        self.name = name
        answer = source.open_sheet(index)
        self.first_column: int = answer["first_column"]
        self.head: list[Record] = [_decoded(row) for row in answer["head"]]
        self._last_row: int = answer["last_row"]

    def last_row(self) -> int:
        """The number of the last row."""
        return self._last_row

    def records(self) -> Iterator[Record]:
        """The rows with a value."""
        if self.source.opened != self.index:  # others were looked at meanwhile
            self.source.open_sheet(self.index)
        row = self.source.ask("rows")
        while row is not None:
            yield _decoded(row)
            row = self.source.next_answer()


def _end(process: subprocess.Popen[bytes], file: IO[bytes]) -> None:
    process.kill()
    process.communicate()
    file.close()


def _decoded(row: list[Any]) -> Record:
    number, cells = row
    return number, [_FROM_TEXT[cell[0]](cell[1]) if type(cell) is list else cell for cell in cells]


_FROM_TEXT: dict[str, Callable[[Any], object]] = {
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": lambda seconds: datetime.timedelta(seconds=seconds),
}
