"""Puts a table in: batch by batch, each in one transaction, so that a killed run leaves whole batches or none.

Trying a table (`rehearse`) is the same with every batch taken back: what it tells is what putting it in would do.
"""

import logging
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.blocks import claim_block
from teams.cells import CellError, is_blank
from teams.imports.columns import text
from teams.imports.kinds import Account, Kind, Loader
from teams.imports.rows import Row
from teams.sheets import SheetRow, Table, read_table

log = logging.getLogger(__name__)

# The column that the file of refused rows has more: when the mended file is imported, it is passed over.
REASON = text("reason", "原因", 32_767, synonyms=("拒绝原因", "错误原因"))
# Lists number their rows; nobody's data.
SERIAL = text("serial", "序号", 32_767, synonyms=("行号", "No."))
_ASIDE = frozenset({REASON.name, SERIAL.name})
# A group that is larger than so many batches is split after all: it is no household.
LARGEST_GROUP = 10
ATTEMPTS = 3
_CLASHES = ("40001", "40P01")  # serialisation failure, deadlock


@dataclass(frozen=True)
class Batch:
    """Rows that go in together, or are refused."""

    rows: list[Row]

    @property
    def refused(self) -> list[Row]:
        """Those that were refused."""
        return [row for row in self.rows if not row.is_in]


def open_table(source: Path | BinaryIO, filename: str, kind: Kind) -> Table:
    """The table of a file of the kind. Raises SheetError."""
    return read_table(source, filename, (*kind.columns, REASON, SERIAL))


def load(
    table: Table,
    kind: Kind,
    *,
    by: Account,
    on_batch: Callable[[Batch], None] | None = None,
    skip: int = 0,
    refused: Set[int] = frozenset(),
) -> Iterator[Batch]:
    """Put the table's rows in and yield each batch after its commit. `on_batch` is called within its transaction.

    The first `skip` rows are passed over: an earlier run put them in, but for those whose numbers are in `refused`.
    Raises SheetError when the file breaks off, and what the database raises.
    """
    loader = kind.loader(by)
    claim_block(*kind.models)
    rows = _rows(table)
    _pass_over(islice(rows, skip), loader, kind, refused)
    for batch in _batches((_read(row, kind) for row in rows), kind):
        _put_in(batch, loader, on_batch)
        loader.remember([row for row in batch.rows if row.is_in])
        yield batch


def rehearse(table: Table, kind: Kind, *, by: Account, on_batch: Callable[[Batch, Loader], None]) -> Iterator[Batch]:
    """Like `load`, but each batch is taken back before the next: nothing goes in. `on_batch` is called after that.

    Each batch is compared with what is stored, not with the batches before it. Locks last as long as a batch.
    """
    loader = kind.loader(by)
    claim_block(*kind.models)
    for batch in _batches((_read(row, kind) for row in _rows(table)), kind):
        _put_in(batch, loader, lambda _batch: take_back())
        on_batch(batch, loader)
        loader.remember([row for row in batch.rows if row.is_in])
        yield batch


def take_back() -> None:
    """Let the present transaction come to nothing, after the checks that the database leaves to its end."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
    transaction.set_rollback(True)


def _rows(table: Table) -> Iterator[SheetRow]:
    """The rows that say something: a list may be numbered further down than it is filled in."""
    for row in table.rows():
        if row.surplus or any(not is_blank(cell) for name, cell in row.cells.items() if name not in _ASIDE):
            yield row


def _pass_over(rows: Iterator[SheetRow], loader: Loader, kind: Kind, refused: Set[int]) -> None:
    for row in rows:
        if loader.remembers and row.number not in refused:
            loader.remember([_read(row, kind)])


def _read(sheet_row: SheetRow, kind: Kind) -> Row:
    """The row with its cells read; refused when one cannot be."""
    row = Row(sheet_row.number, sheet_row.cells)
    cells = sheet_row.cells
    for column in kind.columns:
        try:
            row.values[column.name] = column.read(cells.get(column.name))
        except CellError as error:
            row.reject(column.name, error.message)
            return row
    if sheet_row.surplus:
        message = _("A value stands in column {columns}, which has no heading: the row may have slipped sideways.")
        row.reject("", format_lazy(message, columns=", ".join(sheet_row.surplus)))
    return row


def _batches(rows: Iterator[Row], kind: Kind) -> Iterator[Batch]:
    batch: list[Row] = []
    for row in rows:
        if _is_full(batch, row, kind):
            yield Batch(batch)
            batch = []
        batch.append(row)
    if batch:
        yield Batch(batch)


def _is_full(batch: list[Row], following: Row, kind: Kind) -> bool:
    if kind.batch_rows is None or len(batch) < kind.batch_rows:
        return False
    if len(batch) >= kind.batch_rows * LARGEST_GROUP:
        return True
    group = _group(batch[-1], kind)
    return not group or group != _group(following, kind)


def _group(row: Row, kind: Kind) -> str:
    """What keeps the row with its neighbours; from the cell itself, for the row may be refused."""
    return str(row.cells.get(kind.group) or "").strip() if kind.group else ""


def _put_in(batch: Batch, loader: Loader, on_batch: Callable[[Batch], None] | None) -> None:
    """Load a batch in one transaction; once more when somebody else wrote the same rows at the same time."""
    good = [row for row in batch.rows if row.outcome is None]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                loader.load(good)
                if on_batch:
                    on_batch(batch)
            return
        except (IntegrityError, OperationalError) as error:
            if attempt == ATTEMPTS or not _is_clash(error):
                raise
            log.info("a batch of %d rows clashed with other work and is put in again", len(batch.rows))
            for row in good:
                row.reset()


def _is_clash(error: IntegrityError | OperationalError) -> bool:
    return isinstance(error, IntegrityError) or getattr(error.__cause__, "pgcode", None) in _CLASHES
