"""`month`, `history`, `obligations`: computing months, beside a plain COPY of the rows that they make."""

import io
import statistics
import time
from collections.abc import Callable
from datetime import date

from django.db import connection, transaction

from assessments.actions import months
from assessments.models import Revision
from contracts.actions.ledger import make_obligations
from contracts.models import Coverage, Obligation
from residents.models import Resident

MONTH = date(2018, 11, 1)


def size() -> str:
    """What the month is computed from."""
    counts = (Resident.objects.count(), Coverage.objects.count(), Obligation.objects.count())
    return "{:,} residents, {:,} coverages, {:,} obligations".format(*counts)


def month(times: int) -> tuple[float, float]:
    """Median seconds of a whole month, and how many times as long as copying its resident rows in."""
    whole = median(times, lambda: months.compute(month=MONTH))
    revision = Revision.objects.filter(month__first_on=MONTH, status=Revision.Status.DONE).latest("number")
    return whole, whole / _copy_in(times, revision)


def history(months_back: int) -> float:
    """Seconds for so many months, one after the other."""
    started = time.perf_counter()
    for back in range(months_back):
        year, month_of_year = divmod(MONTH.year * 12 + MONTH.month - 1 - back, 12)
        months.compute(month=date(year, month_of_year + 1, 1))
    return time.perf_counter() - started


def obligations() -> float:
    """Seconds to make every obligation of the district from nothing; what there was stays."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("truncate contracts_obligation cascade")
        started = time.perf_counter()
        make_obligations(coverages=Coverage.objects.all())
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def median(times: int, work: Callable[[], object]) -> float:
    """The median of `times` runs, in seconds, after one that isn't counted."""
    work()
    seconds = []
    for _run in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _copy_in(times: int, revision: Revision) -> float:
    """Seconds to copy the rows in as the month must leave them: checked, indexed, analyzed."""
    rows = io.BytesIO()
    table = f"assessments_residentmonth_{revision.pk}"
    with connection.cursor() as cursor:
        cursor.copy_expert(f"copy {table} to stdout", rows)

        def copy() -> None:
            with transaction.atomic():
                cursor.execute("drop table if exists bench_copy")
                cursor.execute(f"create table bench_copy (like {table}, check (revision_id = {revision.pk}))")
                rows.seek(0)
                cursor.copy_expert("copy bench_copy from stdin", rows)
                cursor.execute("alter table bench_copy add primary key (revision_id, resident_id)")
                cursor.execute("create index on bench_copy (institution_id, resident_id)")
                cursor.execute("analyze bench_copy")

        seconds = median(times, copy)
        cursor.execute("drop table bench_copy")
    return seconds
