"""What an import keeps of each batch: totals that always balance, refused rows, and what it made."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import F
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.imports.engine import REASON, Batch
from teams.imports.refused import merged, pack, unpack
from teams.imports.rows import Outcome, Row, Totals
from teams.imports.texts import in_chinese, in_english, kept, place_named
from teams.imports.traces import Table as DatabaseTable
from teams.imports.traces import keep, mark
from teams.models import Import, ImportReject, ImportRound
from teams.sheets import Table

# So many rows are named by their numbers.
MOST_NAMED = 20
COUNTS = ("rows", *(outcome.value for outcome in Outcome))


class Placed(NamedTuple):
    """Rows of a batch: those that take the place of one refused before, and those read for the first time."""

    corrected: list[tuple[Row, ImportReject]]
    first: list[Row]


class Notes:
    """The notes of one file of an import, in the worker."""

    def __init__(
        self, imported: Import, table: Table, tables: Sequence[DatabaseTable] = (), context: UUID | None = None
    ) -> None:
        self.imported = imported
        self.table = table
        self.round = imported.rounds.latest("number")
        self.context = context
        self.tables = tables
        self.marks = mark(tables)
        self.doubted: dict[str | Promise, list[int]] = defaultdict(list)

    def count(self, batch: Batch) -> None:
        """Keep what a check found."""
        for row in batch.rows:
            if row.doubt:
                self.doubted[row.doubt].append(row.number)
        self._add(batch.rows)
        self._refuse(batch.refused)

    @property
    def doubts(self) -> str:
        """What contradicts rows that go in, in both languages; "" for none."""
        told = [_doubt_words(doubt, numbers) for doubt, numbers in self.doubted.items()]
        return kept(format_lazy(" ".join(["{}"] * len(told)), *told)) if told else ""

    def take(self, batch: Batch) -> None:
        """Keep what a batch did, in its own transaction. Getting here ends a row of attempts."""
        placed = self._placed(batch.rows)
        in_now = [(row, reject) for row, reject in placed.corrected if row.is_in]
        self._add(placed.first, mended=[row for row, _reject in in_now], attempts=0)
        self._refuse(row for row in placed.first if not row.is_in)
        ImportReject.objects.filter(pk__in=[reject.pk for _row, reject in in_now]).delete()
        for row, reject in placed.corrected:
            if not row.is_in:
                self._refuse_again(row, reject)
        self._add_to_round(batch)
        if self.context:
            keep(self.imported, self.context, self.marks)
            self.marks = mark(self.tables)

    def _placed(self, rows: Sequence[Row]) -> Placed:
        """Each corrected row with the refused one whose place its cell of reasons names."""
        if self.round.number == 1:
            return Placed([], list(rows))
        open_places = self._open_rejects(place_named(row.cells.get(REASON.name)) for row in rows)
        corrected, first = [], []
        for row in rows:
            place = place_named(row.cells.get(REASON.name))
            reject = open_places.get(place) if place else None
            if place and reject and _is_alike(row, reject):
                corrected.append((row, reject))
                del open_places[place]
            else:
                first.append(row)
        return Placed(corrected, first)

    def _open_rejects(self, places: Iterable[tuple[int, int] | None]) -> dict[tuple[int, int], ImportReject]:
        numbers = {place[1] for place in places if place}
        rejects = self.imported.rejects.filter(row_number__in=numbers)
        return {(reject.round_number, reject.row_number): reject for reject in rejects}

    def _add(self, rows: Iterable[Row], mended: Iterable[Row] = (), **fields: object) -> None:
        """Count rows; a mended one leaves the rejected."""
        totals, corrected = Totals(), Totals()
        totals.count(rows)
        corrected.count(mended)
        changes = {name: getattr(totals, name) + getattr(corrected, name) for name in COUNTS}
        changes["rows"] -= corrected.rows
        changes["rejected"] -= corrected.rows
        Import.objects.filter(pk=self.imported.pk).update(**_added(changes), **fields)

    def _add_to_round(self, batch: Batch) -> None:
        totals = Totals()
        totals.count(batch.rows)
        self.round.refused += [row.number for row in batch.refused]
        ImportRound.objects.filter(pk=self.round.pk).update(
            **_added({name: getattr(totals, name) for name in COUNTS}), refused=self.round.refused
        )

    def _refuse(self, rows: Iterable[Row]) -> None:
        ImportReject.objects.bulk_create(
            ImportReject(
                imported=self.imported,
                round_number=self.round.number,
                row_number=row.number,
                column=row.column,
                reason=in_chinese(row.message),
                reason_en=in_english(row.message),
                cells=pack(row.cells, self.table.header, self.table.headings),
            )
            for row in rows
        )

    def _refuse_again(self, row: Row, reject: ImportReject) -> None:
        reject.column = row.column
        reject.reason, reject.reason_en = in_chinese(row.message), in_english(row.message)
        reject.cells = merged(reject, row.cells, self.table.header, self.table.headings)
        reject.save(update_fields=["column", "reason", "reason_en", "cells"])


def _doubt_words(doubt: str | Promise, numbers: Sequence[int]) -> Promise:
    named, more = ", ".join(map(str, numbers[:MOST_NAMED])), len(numbers) - MOST_NAMED
    if more > 0:
        return format_lazy(_("Rows {rows} and {more} more: {doubt}"), rows=named, more=more, doubt=doubt)
    return format_lazy(_("Rows {rows}: {doubt}"), rows=named, doubt=doubt)


def _added(changes: Mapping[str, int]) -> dict[str, object]:
    return {name: F(name) + number for name, number in changes.items()}


def _is_alike(row: Row, reject: ImportReject) -> bool:
    """Whether half of the cells are the same: a row number out of another file's reasons leads nowhere."""
    before = {cell.name: _text(cell.value) for cell in unpack(reject) if cell.name != REASON.name}
    filled = [name for name, text in before.items() if text]
    return 2 * sum(before[name] == _text(row.cells.get(name)) for name in filled) >= len(filled)


def _text(cell: object) -> str:
    return str(cell if cell is not None else "").strip()
