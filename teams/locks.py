"""Locks on work rather than on rows: held by a connection, so that they go with it when a worker is killed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, OperationalError, connection


@contextmanager
def alone(*key: int, wait: bool = False) -> Iterator[bool]:
    """Whether nobody else is at the work of that key, one number or two, until the block ends.

    With `wait` it is waited for.
    """
    places = ", ".join("%s" for _number in key)
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_{'' if wait else 'try_'}advisory_lock({places})", key)
        got = wait or cursor.fetchone()[0]
    try:
        yield got
    finally:
        # Without a connection there is no lock either.
        with suppress(OperationalError, InterfaceError):
            if got:
                with connection.cursor() as cursor:
                    cursor.execute(f"select pg_advisory_unlock({places})", key)
