"""The file of refused rows: the shape of the file that was read, and a column more that tells why."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from teams.imports.engine import REASON
from teams.imports.kinds import Kind
from teams.workbooks import Format, write_rows

Cells = Sequence[object]  # of one refused row in the order of the header, and why it was refused

_WIDTH, _REASON_WIDTH = 18, 60  # of the columns, in characters


def rejects_path(source: Path) -> Path:
    """Where the refused rows of a file go: `residents.rejects.xlsx` beside it, or here where that folder is closed."""
    ending = ".csv" if source.suffix.lower() == ".csv" else ".xlsx"
    folder = source.parent if os.access(source.parent, os.W_OK) else Path()
    return folder / f"{source.stem}.rejects{ending}"


def save_rejects(
    target: Path, kind: Kind, header: Sequence[str], headings: Sequence[str], rows: Iterator[Cells]
) -> Path | None:
    """Write the refused rows, or remove what an earlier run left when there is none. The path when written."""
    first = next(rows, None)
    if first is None:
        target.unlink(missing_ok=True)
        return None
    form: Format = "csv" if target.suffix == ".csv" else "xlsx"
    write_rejects(target, kind, header, headings, chain([first], rows), form)
    return target


def write_rejects(
    target: Path | BinaryIO,
    kind: Kind,
    header: Sequence[str],
    headings: Sequence[str],
    rows: Iterable[Cells],
    form: Format = "xlsx",
) -> None:
    """Write refused rows. `header` has the English names of the columns, `headings` their texts as they stood.

    A column of reasons from an earlier round gives way to the new one.
    """
    kept = [place for place, name in enumerate(header) if name != REASON.name]
    columns = [kind.column(header[place]) for place in kept]
    write_rows(
        target,
        [*(headings[place] for place in kept), REASON.label],
        ([*(row[place] for place in kept), row[-1]] for row in rows),
        format=form,
        text_columns={number for number, column in enumerate(columns) if column and column.kind == "text"},
        sheet=kind.title,
        widths=[*(_WIDTH for _place in kept), _REASON_WIDTH],
    )
