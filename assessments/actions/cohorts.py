"""Following those who signed: the whole district anew, in place of what was counted before; done by the worker."""

from datetime import date
from pathlib import Path

from django.db import connection, transaction

from assessments.calendar import CalendarMonth
from assessments.models import CohortRow
from assessments.queries.cohorts import grouped
from teams.clock import today

LOCK = 0x636F686F7274  # "cohort" as a number
# How many months of signing are followed, the present one included: enough for a year after each of the last twelve.
MONTHS = 25
SQL = Path(__file__).parent.parent / "sql" / "cohorts.sql"


def count_cohorts(day: date | None = None) -> int:
    """Write the rows as of the day (today) and group them for their page; how many. 0 when somebody else is at it."""
    written = _write(day or today())
    grouped()
    return written


def _write(day: date) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        # Room to hash a district, and no loops over its rows, which the planner thinks are few.
        cursor.execute("set local work_mem = '128MB'")
        cursor.execute("set local enable_nestloop = off")
        CohortRow.objects.all().delete()
        since = CalendarMonth.of(day).plus(1 - MONTHS).first
        cursor.execute(SQL.read_text(encoding="utf-8"), {"day": day, "since": since})
        return int(cursor.rowcount)
