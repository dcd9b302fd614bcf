"""`city`: the district eight times over, in a database of its own, and its month there.

Only what a month reads is copied, with other ids and other people; institutions, teams and packages are shared. The
tables are not logged and have no history, for nobody writes to them.
"""

import time
from collections.abc import Mapping, Sequence

from django.db import connection

from assessments.actions import months
from assessments.models import ResidentMonth
from benchmarks.month import MONTH

DATABASE = "bench_city"
COPIES = 8
# Ids of a copy begin so much higher: counties of its own, by the block that an id lies in.
APART = 100_000_000_000
# The columns that tell one copy from the next.
TABLES: Mapping[str, Sequence[str]] = {
    "residents_resident": ("id", "person", "household_id", "merged_into_id"),
    "residents_transfer": ("id", "resident_id"),
    "residents_register": ("id", "resident_id"),
    "contracts_contract": ("id", "representative_id", "previous_id"),
    "contracts_coverage": ("id", "contract_id", "resident_id"),
    "contracts_coveragepackage": ("id", "coverage_id"),
    "contracts_suspension": ("id", "coverage_id"),
    "contracts_obligation": ("id", "coverage_id", "resident_id", "held_id", "met_by_id"),
    "contracts_service": ("id", "resident_id"),
    "contracts_visit": ("id", "resident_id"),
}


def month() -> tuple[int, float]:
    """Residents in the city's month, and the seconds that it took; the city is made first and dropped afterwards."""
    district = connection.settings_dict["NAME"]
    _run(f"drop database if exists {DATABASE}")
    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    _run(f"create database {DATABASE} template {district} strategy file_copy")
    connection.close()
    try:
        connection.settings_dict["NAME"] = DATABASE
        _grow()
        started = time.perf_counter()
        revision = months.compute(month=MONTH)
        seconds = time.perf_counter() - started
        return ResidentMonth.objects.filter(revision=revision).count(), seconds
    finally:
        connection.close()
        connection.settings_dict["NAME"] = district
        _run(f"drop database {DATABASE}")


def _grow() -> None:
    """Put the copies in the tables' place, with the views over them."""
    with connection.cursor() as cursor:
        cursor.execute("select viewname, definition from pg_views where schemaname = 'public'")
        views = cursor.fetchall()
        for table, keys in TABLES.items():
            cursor.execute("select attname from pg_attribute where attrelid = %s::regclass and attnum > 0", [table])
            names = [name for (name,) in cursor.fetchall() if not name.startswith(".")]
            columns = ", ".join(f"o.{name} + k * {APART} as {name}" if name in keys else f"o.{name}" for name in names)
            cursor.execute(
                f"create unlogged table new_{table} as select {columns}"
                f" from {table} o cross join generate_series(0, {COPIES - 1}) k"
            )
        for table in TABLES:
            cursor.execute(f"drop table {table} cascade")
            cursor.execute(f"alter table new_{table} rename to {table}")
            cursor.execute(f"alter table {table} add primary key (id)")
        cursor.execute("create index contracts_obligation_due on contracts_obligation (due_on)")
        cursor.execute("create index contracts_coverage_end on contracts_coverage (end_on)")
        for name, definition in views:
            cursor.execute(f"create or replace view {name} as {definition}")
        cursor.execute("analyze")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
