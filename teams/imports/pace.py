"""How the worker's imports share a machine with those who wait for a page (docs/performance.md)."""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

PRESSURE = Path("/proc/pressure/cpu")  # total=: microseconds in which somebody was ready to run and had to wait
SCHEDULER = Path("/proc/self/schedstat")  # the same of this process alone: nanoseconds run, waited; turns
REST = 4
LONGEST_REST = 2.0  # seconds: an import goes on, however busy the machine is

T = TypeVar("T")


def seconds_waited() -> float:
    """For how long somebody on this machine waited for a processor.

    Of this process alone where the kernel doesn't watch over pressure, and 0.0 where only Linux could tell.
    """
    with contextlib.suppress(OSError):
        return int(PRESSURE.read_text().splitlines()[0].rpartition("total=")[2]) / 1e6
    with contextlib.suppress(FileNotFoundError):
        return int(SCHEDULER.read_text().split()[1]) / 1e9
    return 0.0


def paced(
    batches: Iterable[T],
    *,
    waited: Callable[[], float] = seconds_waited,
    rest: Callable[[float], None] = time.sleep,
) -> Iterator[T]:
    """The batches, with a rest after each during which somebody waited for a processor: `REST` times as long.

    The worker is niced (config/celery.py), so it waits for others; the database works for it as for everybody, so
    that others wait for it. On a machine that has nothing else to do, hardly anybody waits.
    """
    before = waited()
    for batch in batches:
        yield batch
        pause = min(REST * (waited() - before), LONGEST_REST)
        if pause > 0:
            rest(pause)
        before = waited()
