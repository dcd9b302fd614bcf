"""How the database is to go about a statement, where its statistics can mislead it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper


@contextmanager
def whole_tables() -> Iterator[CursorWrapper]:
    """A cursor whose statements read tables once, from end to end, and never look their rows up one by one.

    For joins of a whole month: after a large import, and until its tables are analyzed, they seem so small that looking
    up looks cheap, and a second becomes minutes.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_nestloop = off")
        yield cursor
        cursor.execute("set local enable_nestloop to default")
