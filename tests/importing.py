"""Puts tables in as a clerk would, and tells what became of the rows."""

import io
import re
from dataclasses import dataclass, field

from django.utils import translation

from teams.imports import find_kind
from teams.imports.engine import load, open_table
from teams.imports.kinds import Account
from teams.imports.rows import Totals
from teams.imports.texts import both
from teams.models.accounts import SYSTEM


@dataclass
class Loaded:
    """(created, updated, unchanged, rejected), and row number -> (column, English reason)."""

    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    refusals: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def refused(self) -> dict[int, str]:
        """Row number -> column of the rows that were refused."""
        return {number: column for number, (column, _reason) in self.refusals.items()}


def put(kind: str, *lines: str, by: Account = SYSTEM) -> Loaded:
    """Import a CSV file of these lines, the heading first."""
    totals, loaded = Totals(), Loaded()
    known = find_kind(kind)
    with open_table(io.BytesIO("\n".join(lines).encode()), "file.csv", known) as table, translation.override("en"):
        for batch in load(table, known, by=by):
            totals.count(batch.rows)
            loaded.refusals |= {row.number: (row.column, str(row.message)) for row in batch.refused}
            for row in batch.refused:
                assert re.match("[^/]*[\u4e00-\u9fff].* / .*[a-z]", both(row.message)), "in Chinese and English"
    loaded.counts = (totals.created, totals.updated, totals.unchanged, totals.rejected)
    return loaded


def assert_both_languages(text: str) -> None:
    """`中文 / English`."""
    chinese, slash, english = text.partition(" / ")
    assert slash
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert re.search("[a-z]{3}", english)
