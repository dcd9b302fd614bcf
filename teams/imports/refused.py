"""Refused rows of an import as they are kept: encrypted, with the headings under which their cells stood."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from teams import cipher
from teams.imports.kinds import Kind
from teams.imports.texts import worded_reason
from teams.logs import without_identities
from teams.models import Import, ImportReject

FIELD = "import_cells"
LONGEST_SHOWN = 60


class Cell(NamedTuple):
    """A cell of a refused row: the English name of its column, the heading in the file, the value."""

    name: str
    heading: str
    value: object


def pack(cells: Mapping[str, object], header: Sequence[str], headings: Sequence[str]) -> bytes:
    """The cells of a row, encrypted."""
    kept = [Cell(name, heading, cells[name]) for name, heading in zip(header, headings, strict=True)]
    return _encrypted(kept)


def merged(reject: ImportReject, cells: Mapping[str, object], header: Sequence[str], headings: Sequence[str]) -> bytes:
    """The cells of a corrected version over those of the row before, encrypted: its file may have fewer columns."""
    kept = {cell.name: cell for cell in unpack(reject)}
    kept |= {name: Cell(name, heading, cells[name]) for name, heading in zip(header, headings, strict=True)}
    return _encrypted(list(kept.values()))


def unpack(reject: ImportReject) -> list[Cell]:
    """The cells that `pack` kept."""
    return [Cell(*cell) for cell in json.loads(cipher.decrypt(reject.cells, field=FIELD))]


def shown_value(reject: ImportReject, kind: Kind) -> str:
    """What stands in the cell that was refused, for a page: identities masked, '' for a whole row."""
    column = kind.column(reject.column)
    value = next((cell.value for cell in unpack(reject) if cell.name == reject.column), "")
    text = str(value if value is not None else "")
    hidden = column.mask(text) if column and column.mask else without_identities(text)
    return hidden[:LONGEST_SHOWN]


def shown_reason(reject: ImportReject, language: str) -> str:
    """Why it was refused, in the reader's language."""
    return reject.reason_en if language == "en" and reject.reason_en else reject.reason


def headings_of(imported: Import) -> dict[str, str]:
    """English name -> heading of the columns that the files of an import had."""
    headings: dict[str, str] = {}
    for reject in imported.rejects.order_by("round_number", "row_number").distinct("round_number"):
        for cell in unpack(reject):
            headings.setdefault(cell.name, cell.heading)
    return headings


def download_row(reject: ImportReject, kind: Kind, names: Iterable[str]) -> list[object]:
    """The cells of those columns, and why the row was refused, for the file to mend."""
    texts = dict.fromkeys(text for text in (reject.reason, reject.reason_en) if text)
    reason = worded_reason(reject.row_number, kind, reject.column, " / ".join(texts), reject.round_number)
    cells = {cell.name: cell.value for cell in unpack(reject)}
    return [*(cells.get(name) for name in names), reason]


def _encrypted(cells: Sequence[Cell]) -> bytes:
    return cipher.encrypt(json.dumps(cells, default=str, ensure_ascii=False), field=FIELD)
