"""`export`: the whole list of residents as the worker writes it, encrypted part by part; nothing of it is kept."""

import time
from dataclasses import dataclass

from benchmarks.memory import watched
from teams.actions.exports import request_export, run
from teams.models import Export, User


@dataclass(frozen=True)
class Measured:
    """Rows, seconds, the size of the file, and memory in MB: before, and at the peak."""

    rows: int
    seconds: float
    megabytes: int
    before: int
    peak: int


def measure(form: str) -> Measured:
    """Write every resident to a file of the form, masked."""
    official = User.objects.filter(roles__contains=["official"]).first()
    assert official is not None
    export = request_export(kind="people", query="", form=form, whole=False, reason="", by=official)
    started = time.perf_counter()
    try:
        with watched() as peak:
            run(export_id=export.pk)
        seconds = time.perf_counter() - started
        export.refresh_from_db()
        assert export.status == Export.Status.DONE, export.error
        return Measured(export.rows, seconds, (export.size or 0) >> 20, peak.before, peak.most)
    finally:
        export.delete()
