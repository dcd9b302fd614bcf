"""Refused rows of an import as they are kept: encrypted, with the headings under which their cells stood."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from teams import cipher
from teams.imports.kinds import Kind
from teams.imports.texts import worded_reason
from teams.logs import without_identities
from teams.models import ImportReject

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
    return cipher.encrypt(json.dumps(kept, default=str, ensure_ascii=False), field=FIELD)


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


def download_row(reject: ImportReject, kind: Kind) -> list[object]:
    """The cells, and why the row was refused, for the file to mend."""
    reason = worded_reason(reject.row_number, kind, reject.column, reject.reason)
    return [*(cell.value for cell in unpack(reject)), reason]
