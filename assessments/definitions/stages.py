"""A month's texts cut at their WITHs. One SELECT says what the rows are; PostgreSQL makes a table of each WITH instead,
for it uses one processor only where a statement reads a WITH twice, and plans without knowing how many rows it has."""

import re
from collections.abc import Sequence

from django.db import connection
from django.db.backends.utils import CursorWrapper

# The texts of this folder are laid out so: `name as (` and `)` stand at the left edge, each on a line of its own.
NAMED = re.compile(r"^(?:with )?(\w+) as \(\n(.*?)\n\),?\n", re.MULTILINE | re.DOTALL)


class Stages:
    """The tables made of the WITHs of one revision's texts. What both texts have word for word is made once."""

    def __init__(self, prefix: str) -> None:
        """Tables are called as their WITH, after `prefix`."""
        self.prefix = prefix
        self._made: dict[str, str] = {}

    def make(self, text: str) -> str:
        """Make the tables of `text` that are not there yet. Returns the SELECT that reads them."""
        stages, rows = cut(text, self.prefix)
        with connection.cursor() as cursor:
            for table, select in stages:
                if table not in self._made:
                    _make(cursor, table, select)
                if self._made.setdefault(table, select) != select:
                    raise ValueError(f"two different SELECTs are called {table}")
        return rows

    def drop(self) -> None:
        """Drop the tables."""
        with connection.cursor() as cursor:
            cursor.execute(f"drop table {', '.join(self._made)}")


def _make(cursor: CursorWrapper, table: str, select: str) -> None:
    """A table that the next statements read. Not a temporary one: those are read by one processor only."""
    cursor.execute(f"drop table if exists {table}")
    cursor.execute(f"create unlogged table {table} as {select}")
    cursor.execute("set local default_statistics_target = 10")  # enough to see how many rows there are
    cursor.execute(f"analyze {table}")
    cursor.execute("set local default_statistics_target to default")


def cut(text: str, prefix: str) -> tuple[Sequence[tuple[str, str]], str]:
    """The WITHs of `text` as (table, SELECT) in their order, and the SELECT that reads the tables.

    A table is called as its WITH, after `prefix`.
    """
    named = NAMED.findall(text)
    reading = re.compile(rf"\b(from|join) ({'|'.join(name for name, _select in named)})\b")

    def over_tables(select: str) -> str:
        return reading.sub(rf"\1 {prefix}\2", select)

    return [(prefix + name, over_tables(select)) for name, select in named], over_tables(NAMED.sub("", text))
