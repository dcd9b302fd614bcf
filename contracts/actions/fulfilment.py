"""Counting the promises of the whole district anew, beside what was counted before; done by the worker."""

from datetime import date

from django.db import connection, transaction

from contracts.models import FulfilmentCell
from contracts.queries.fulfilment import COLUMNS, Promises, cells
from residents.categories import categories
from teams.clock import today

LOCK = 0x70726F6D697365  # "promise" as a number


def count_promises(day: date | None = None) -> int:
    """Write the counts as of the day (today), in place of those before; how many rows. 0 when somebody else counts."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        # Room to hash a district, and no loops over its rows, which the planner thinks are few.
        cursor.execute("set local work_mem = '128MB'")
        promises = Promises(day or today())
        text, parameters = cells(promises, categories())
        keys = "team_id, institution_id, village_id, categories, version_id, item_id"
        columns = f"{keys}, {', '.join(COLUMNS)}"
        FulfilmentCell.objects.all().delete()
        table = FulfilmentCell._meta.db_table
        cursor.execute(f"insert into {table} (day, {columns}) {text} select %(day)s, {columns} from cell", parameters)
        return int(cursor.rowcount)
