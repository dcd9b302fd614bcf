"""How the worker's imports share a machine with those who wait for a page (docs/performance.md)."""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

SCHEDULER = Path("/proc/self/schedstat")  # nanoseconds run, nanoseconds waited for a processor, turns
REST = 4
LONGEST_REST = 2.0  # seconds: an import goes on, however busy the machine is

T = TypeVar("T")


def seconds_waited() -> float:
    """For how long this process was ready to run and waited for a processor; always 0.0 where only Linux could tell."""
    try:
        return int(SCHEDULER.read_text().split()[1]) / 1e9
    except FileNotFoundError:
        return 0.0


def paced(
    batches: Iterable[T],
    *,
    waited: Callable[[], float] = seconds_waited,
    rest: Callable[[float], None] = time.sleep,
) -> Iterator[T]:
    """The batches, with a rest after each that had to wait for a processor: `REST` times as long as it waited.

    The worker itself waits when others want the processor, for it is niced (config/celery.py); what it asks of the
    database is not. On a machine that has nothing else to do, nothing is waited for.
    """
    before = waited()
    for batch in batches:
        yield batch
        pause = min(REST * (waited() - before), LONGEST_REST)
        if pause > 0:
            rest(pause)
        before = waited()
