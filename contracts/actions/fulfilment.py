"""Counting the promises of the whole district anew, with who was not served; done by the worker."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from contracts.models import Coverage, FulfilmentCell, Unserved
from contracts.queries.fulfilment import COLUMNS, Promises, cells
from contracts.queries.unserved import terms_on, with_reason
from residents.categories import categories
from teams.clock import today

LOCK = 0x70726F6D697365  # "promise" as a number
KEYS = "team_id, institution_id, village_id, categories, version_id, item_id"


def count_promises(day: date | None = None) -> int:
    """Write the counts as of the day (today), in place of those before; how many rows. 0 when somebody else counts."""
    day = day or today()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        # Room to hash a district, and no loops over its rows, which the planner thinks are few.
        cursor.execute("set local work_mem = '128MB'")
        text, parameters = cells(Promises(day), categories())
        columns = f"{KEYS}, {', '.join(COLUMNS)}"
        FulfilmentCell.objects.all().delete()
        table = FulfilmentCell._meta.db_table
        # One statement, so that nothing can be entered between the counts and the names behind them.
        cursor.execute(
            f"{text}, counted as (insert into {table} (day, {columns}) select %(day)s, {columns} from cell)"
            " select coverage_id, team_id, institution_id, village_id from expected where is_unserved",
            parameters,
        )
        _keep_unserved(day, cursor.fetchall())
    return FulfilmentCell.objects.count()


def _keep_unserved(day: date, rows: Iterable[tuple[int, int, int, int | None]]) -> None:
    """Write down who was not served and why; rows are a coverage with its team, institution and village."""
    found = {coverage: places for coverage, *places in rows}
    told = with_reason(Coverage.objects.filter(pk__in=list(found)), terms_on(day))
    Unserved.objects.all().delete()
    made = (
        Unserved(
            coverage_id=key, day=day, reason=reason, tried_on=tried_on, **dict(zip(_PLACES, found[key], strict=True))
        )
        for key, reason, tried_on in told.values_list("pk", "reason", "tried_on")
    )
    Unserved.objects.bulk_create(made, batch_size=5000)


_PLACES = ("team_id", "institution_id", "village_id")
