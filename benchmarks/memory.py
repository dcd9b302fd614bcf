"""How much memory work takes at its peak: the resident pages of this process and of those that it starts, added up.

`getrusage` would not do: what it tells of a child begins with the size of the parent that the child was made from.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

import psutil

EVERY_SECONDS = 0.1
MEGABYTE = 1024 * 1024


@dataclass
class Peak:
    """Megabytes: before the work, and the most that was seen during it. Pages that processes share count in each."""

    before: int = 0
    most: int = 0


@contextmanager
def watched() -> Iterator[Peak]:
    """Look again and again while the work goes on."""
    peak = Peak(before=_taken())
    ended = Event()

    def look() -> None:
        while not ended.wait(EVERY_SECONDS):
            peak.most = max(peak.most, _taken())

    watcher = Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _taken() -> int:
    own, taken = psutil.Process(), 0
    for process in (own, *own.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            taken += process.memory_info().rss
    return taken // MEGABYTE
