"""Work that does not wait for one another, two at a time: the database computes, Python only asks for it."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

AT_ONCE = 2

Work = Callable[[], object]


def side_by_side(works: Iterable[Work]) -> None:
    """Do all of it, each piece over a connection of its own. The first failure is raised, what has not begun is left.

    Inside a transaction, whose rows no other connection sees, one after the other.
    """
    if connection.in_atomic_block:
        for work in works:
            work()
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _done in pool.map(_and_disconnect, works):
            pass


def _and_disconnect(work: Work) -> None:
    try:
        work()
    finally:
        connection.close()
