"""Reads one workbook in a process of its own: `python workbook_reader.py FD MEMORY_BYTES CPU_SECONDS`.

A workbook of a few kilobytes can claim a cell at the far corner of its sheet, and the native reader then asks for
hundreds of gigabytes and aborts. Here only this process dies, under its own limits, and `teams.sheet_sources` says why.

Lines of JSON. First out: {"sheets": [[name, visible], …]}, or {"error": "unreadable" | "encrypted"} and the end.
In: the index of a sheet; out: {"last_row": n, "first_column": n, "head": rows}. In: "rows"; out: each row, then null.
A row is [number, cells]: the number as the spreadsheet program shows it, the cells of the used columns; dates and times
are [type, ISO text]. Rows without any value are left out. This file imports nothing of the project: it starts fast.
"""

import datetime
import json
import os
import resource
import sys
from collections.abc import Iterator
from typing import Any

HEAD_ROWS = 10
TOO_LARGE = 3  # exit status, where the limits did not end the process by a signal


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """Cap what this process may use; no core file, which would hold identities."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def encode_cell(cell: object) -> list[str | float]:
    """What JSON has no type for, as a pair."""
    if isinstance(cell, datetime.timedelta):
        return ["timedelta", cell.total_seconds()]
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return [type(cell).__name__, cell.isoformat()]
    raise TypeError(type(cell).__name__)


def numbered_rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """The rows that hold a value. A cell merged over several rows gives it to each that has values of its own."""
    first_column = sheet.start[1] if sheet.start else 0
    last_rows = {}
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        if bottom > top and left >= first_column:
            last_rows[top, left - first_column] = bottom
    tops = {top for top, _column in last_rows}
    open_merges: dict[int, tuple[int, Any]] = {}
    for index, row in enumerate(sheet.iter_rows()):
        if all(cell == "" for cell in row):
            continue
        for column, (bottom, value) in list(open_merges.items()):
            if index > bottom:
                del open_merges[column]
            else:
                row[column] = value if row[column] == "" else row[column]
        if index in tops:
            open_merges |= {c: (last_rows[index, c], row[c]) for c in range(len(row)) if (index, c) in last_rows}
        yield index + 1, row


def head_of(sheet: Any) -> dict[str, object]:
    """The size of a sheet and its first rows, in which the heading is looked for."""
    head = [row for row, _stop in zip(numbered_rows(sheet), range(HEAD_ROWS), strict=False)]
    first_column = sheet.start[1] if sheet.start else 0
    return {"last_row": sheet.end[0] + 1 if sheet.end else 0, "first_column": first_column, "head": head}


def answer(workbook: Any) -> None:
    """Answer the requests of standard input until it ends."""
    encode = json.JSONEncoder(default=encode_cell, check_circular=False).encode
    sheet: Any = None
    for request in map(json.loads, sys.stdin):
        if request == "rows":
            for row in numbered_rows(sheet):
                sys.stdout.write(encode(row) + "\n")
            print("null", flush=True)
        else:
            sheet = None  # frees the one before
            sheet = workbook.get_sheet_by_index(request)
            print(encode(head_of(sheet)), flush=True)


def main() -> None:
    """Open the workbook on the inherited file descriptor and serve it."""
    descriptor, memory_bytes, cpu_seconds = (int(argument) for argument in sys.argv[1:])
    limit_resources(memory_bytes, cpu_seconds)
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    with os.fdopen(descriptor, "rb") as file:
        try:
            workbook = CalamineWorkbook.from_filelike(file)
        except PasswordError:
            print('{"error": "encrypted"}')
            return
        except CalamineError:
            print('{"error": "unreadable"}')
            return
    sheets = [
        [sheet.name, sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet]
        for sheet in workbook.sheets_metadata
    ]
    print(json.dumps({"sheets": sheets}), flush=True)
    try:
        answer(workbook)
    except MemoryError:
        sys.exit(TOO_LARGE)
    except BaseException as error:  # a panic of the native reader is no Exception
        if "capacity overflow" in str(error):
            sys.exit(TOO_LARGE)
        raise


if __name__ == "__main__":
    main()
