"""Which rows a batch makes: told by the database, so that no loader needs to keep a list (docs/adr/0011)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pghistory
from django.db import connection, models

from teams.imports.kinds import Account
from teams.models import Import, ImportTrace

Table = type[models.Model]
Marks = Mapping[Table, int]  # the last id of each table that was given out before

# A row that can be seen though the transaction that made it is in progress was made by this very transaction: its
# savepoints, whose numbers rows carry as well, count as that. `xmin` is the low half of the transaction's number.
_MADE_HERE = """
    select array_agg(id order by id) from {table}
    where id > %(after)s and pg_xact_status((
        %(now)s + ((xmin::text::bigint - %(now)s + 2147483648) & 4294967295) - 2147483648
    )::text::xid8) = 'in progress'
"""


def mark(tables: Sequence[Table]) -> Marks:
    """Where the ids of the tables stand now; new rows get higher ones."""
    marks = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("select pg_get_serial_sequence(%s, %s)", [table._meta.db_table, table._meta.pk.column])
            (sequence,) = cursor.fetchone()
            cursor.execute(f"select last_value - case when is_called then 0 else 1 end from {sequence}")
            (marks[table],) = cursor.fetchone()
    return marks


def made_since(marks: Marks) -> dict[Table, list[int]]:
    """Ids of the rows that the present transaction made since the marks, and that are still there."""
    made = {}
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text::bigint")
        (now,) = cursor.fetchone()
        for table, after in marks.items():
            cursor.execute(_MADE_HERE.format(table=table._meta.db_table), {"after": after, "now": now})
            made[table] = cursor.fetchone()[0] or []
    return made


def keep(imported: Import, context: UUID, marks: Marks) -> None:
    """Keep what a batch made, in its own transaction; `context` is the row history's, for what it changed."""
    made = made_since(marks)
    ImportTrace.objects.bulk_create(
        ImportTrace(
            imported=imported,
            table=table._meta.label_lower,
            context=context,
            ids=[*made[table], *_made_and_removed(table, after, context)],
        )
        for table, after in marks.items()
    )


def _made_and_removed(table: Table, after: int, context: UUID) -> list[int]:
    """Ids of rows that the batch made and took away again: the history knows them, but they were never there."""
    tracked = getattr(table, "pgh_event_models", None)
    if not tracked:
        return []
    events = tracked["delete"].objects.filter(pgh_context_id=context, pgh_label="delete", pgh_obj_id__gt=after)
    return list(events.values_list("pgh_obj_id", flat=True))


def traced(by: Account, **details: object) -> pghistory.context:
    """For `with`: the history of the rows names the account and the import."""
    return pghistory.context(user=by.pk, by=str(by), source="import", **details)
