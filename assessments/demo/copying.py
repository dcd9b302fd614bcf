"""Rows on their way into the database: COPY in batches, and the load without keys that every bulk load does."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection, models

BATCH = 20_000
NULL = r"\N"

# Days are plain ordinals while people are drawn, and become text once: `iso(day)`.
_FIRST = date(1890, 1, 1).toordinal()
_ISO = [(date.fromordinal(_FIRST) + timedelta(days=n)).isoformat() for n in range(50_000)]


def iso(day: int) -> str:
    """The day of an ordinal as COPY text; 0 is no day."""
    return _ISO[day - _FIRST] if day else NULL


def hexed(data: bytes) -> str:
    """Bytes as COPY text."""
    return r"\\x" + data.hex()


class Copy:
    """Rows of one table. `rows.append(line)` with tab-separated text of `fields`, then `flush` now and then."""

    def __init__(self, model: type[models.Model], *fields: str) -> None:
        meta = model._meta
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(meta.get_field(field).column)) for field in fields)  # type: ignore[union-attr]
        self.statement = f"copy {quote(meta.db_table)} ({columns}) from stdin"
        self.rows: list[str] = []
        self.count = 0

    def flush(self, *, at_least: int = 1) -> None:
        """Send the rows that wait, once there are `at_least` so many."""
        if len(self.rows) < at_least:
            return
        self.count += len(self.rows)
        text = io.StringIO("\n".join(self.rows) + "\n")
        self.rows.clear()
        with connection.cursor() as cursor:
            cursor.copy_expert(self.statement, text)


@contextmanager
def without_keys(*tables: type[models.Model], but: tuple[str, ...] = ()) -> Iterator[None]:
    """Drop the tables' foreign keys, constraints and indexes but the primary keys, and make them again at the end.

    Indexes and unique constraints whose names begin with one of `but` stay: statements that write rest on them.

    As every restore of a backup does: checked once over all rows instead of row by row. Inside a transaction, so that
    a failure leaves everything as it was.
    """
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(_CONSTRAINTS, [names])
        constraints = [
            row for row in cursor.fetchall() if row[2].startswith("FOREIGN KEY") or not row[1].startswith(but)
        ]
        cursor.execute(_INDEXES, [names])
        indexes = [row for row in cursor.fetchall() if not row[0].startswith(but)]
        for table, name, _definition in constraints:
            cursor.execute(f'alter table {table} drop constraint "{name}"')
        for name, _definition in indexes:
            cursor.execute(f'drop index "{name}"')
    yield
    with connection.cursor() as cursor:
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'alter table {table} add constraint "{name}" {definition}')


# Foreign keys come back last, when the rows are known to be unique.
_CONSTRAINTS = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
from pg_constraint
where contype in ('f', 'u', 'x') and conrelid::regclass::text = any(%s)
order by contype = 'f', conname
"""
_INDEXES = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
from pg_index i
where i.indrelid::regclass::text = any(%s)
  and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
order by 1
"""
