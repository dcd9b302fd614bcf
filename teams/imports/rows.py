"""A row on its way in, what became of it, and the totals of many."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Rejection(Exception):
    """Why a row doesn't go in: the English name of the column to mend ('' for the whole row), and a sentence."""

    def __init__(self, column: str, message: str | Promise) -> None:
        super().__init__(column)
        self.column = column
        self.message = message


@dataclass(slots=True, eq=False)
class Row:
    """One row of a file: its number, its cells as read, their values by column, and what became of it.

    `doubt` is what contradicts a row that goes in all the same.
    """

    number: int
    cells: dict[str, object]
    values: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None
    column: str = ""
    message: str | Promise = ""
    doubt: str | Promise = ""

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def reject(self, column: str, message: str | Promise) -> None:
        """Refuse the row because of a column ('' for the whole row)."""
        self.outcome, self.column, self.message = Outcome.REJECTED, column, message

    def reset(self) -> None:
        """Forget what became of the row."""
        self.outcome, self.column, self.message, self.doubt = None, "", "", ""

    @property
    def is_in(self) -> bool:
        """Whether what the row says now stands in the database."""
        return self.outcome is not None and self.outcome != Outcome.REJECTED


@dataclass(slots=True)
class Totals:
    """How many rows went which way; `rows` is always their sum."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.created + self.updated + self.unchanged + self.rejected

    def count(self, rows: Iterable[Row]) -> None:
        """Count rows whose outcome is known."""
        for row in rows:
            assert row.outcome is not None
            setattr(self, row.outcome, getattr(self, row.outcome) + 1)
