"""`signals`: the whole district looked through for signs of false signing, as every night."""

import time

from assessments.actions import screening
from assessments.leads import all_signals
from benchmarks.memory import watched


def measure() -> tuple[int, float, int]:
    """How many signals there are; seconds, and this process's memory at its peak in MB."""
    started = time.perf_counter()
    with watched() as peak:
        assert screening.screen(screening_id=screening.request().pk)
    return len(all_signals()), time.perf_counter() - started, peak.most
