"""Ask for a month and compute it. A month is written whole or not at all (trust.md, faults)."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max
from django.utils import timezone

from assessments import definitions, figures
from assessments.calendar import CalendarMonth
from assessments.definitions.stages import Stages
from assessments.models import Month, Places, Revision, Tally
from assessments.queries.late import known_by_now
from assessments.queries.places import places_on
from assessments.rules.months import check_can_compute, check_can_compute_otherwise, check_rows, people_born_by
from residents.categories import Category, categories
from teams.actions import audit
from teams.locks import alone
from teams.models import AuditEvent, User
from teams.models.accounts import SYSTEM, SystemAccount
from teams.policy import policy_on

log = logging.getLogger(__name__)
Account = User | SystemAccount

LOCK_CLASS = 0x5359  # the first key of this project's advisory locks on months
# A revision's tables are written and analyzed once, then only read: nothing for PostgreSQL to clean up afterwards.
WRITTEN_ONCE = "with (autovacuum_enabled = off)"
RESIDENTS, COVERAGES = "assessments_residentmonth", "assessments_coveragemonth"
ANSWERS, FIGURES = "assessments_answermonth", "assessments_figure"
PARENTS = (RESIDENTS, COVERAGES, ANSWERS, FIGURES)


@transaction.atomic
def request(
    *, month: date, as_of: date | None = None, settings_on: date | None = None, by: Account = SYSTEM
) -> Revision:
    """A queued revision of the month as of `as_of` (default: its report date); joins one that waits or runs already.

    Settings and definitions are those of the report date, or of the day `settings_on`, to be compared with a frozen
    month. Raises `RuleViolation` for a month that hasn't begun, a date outside the month or in the future, other
    settings for a month that isn't frozen.
    """
    calendar = CalendarMonth.of(month)
    day = as_of or calendar.report_date()
    check_can_compute(calendar, day)
    row, _created = Month.objects.get_or_create(first_on=calendar.first)
    row = Month.objects.select_for_update().get(pk=row.pk)
    if settings_on:
        check_can_compute_otherwise(row)
    basis = {"settings_on": settings_on.isoformat()} if settings_on else {}
    under_way = row.revisions.filter(status__in=[Revision.Status.QUEUED, Revision.Status.RUNNING])
    waiting = under_way.filter(as_of=day, basis=basis).first()
    if waiting:
        return waiting
    last = row.revisions.aggregate(last=Max("number"))["last"] or 0
    version = definitions.version_on(settings_on or day)
    return row.revisions.create(number=last + 1, as_of=day, definitions=version, basis=basis, by_id=by.pk)


def compute(
    *, month: date, as_of: date | None = None, settings_on: date | None = None, by: Account | None = None
) -> Revision:
    """Request the month and compute it now. Returns the finished revision; raises what went wrong."""
    revision = request(month=month, as_of=as_of, settings_on=settings_on, by=by or SYSTEM)
    with alone(*_lock(revision.month), wait=True):
        revision.refresh_from_db()
        # Another run may have computed it meanwhile, or even a later one that has replaced it.
        if revision.status not in (Revision.Status.DONE, Revision.Status.DROPPED):
            _compute(revision)
    return revision


def compute_revision(*, revision: Revision) -> bool:
    """Compute a queued revision unless its month is being computed by somebody else. Returns whether it is done."""
    with alone(*_lock(revision.month)) as is_alone:
        if not is_alone:
            return False
        revision.refresh_from_db()
        if revision.status in (Revision.Status.QUEUED, Revision.Status.RUNNING):
            _compute(revision)
    return revision.status == Revision.Status.DONE


def _compute(revision: Revision) -> None:
    """Build, check and swap in one transaction; a failure is kept on the revision and raised again."""
    _note(revision, status=Revision.Status.RUNNING, known_to=known_by_now(), started_at=_now(), error="")
    started = time.monotonic()
    try:
        with transaction.atomic():
            _build(revision)
    except Exception as failure:  # whatever it was, the page of the month says that it failed
        _note(revision, status=Revision.Status.FAILED, finished_at=timezone.now(), error=_first_line(failure))
        log.exception("month %s failed, the old figures stay", revision)
        raise
    log.info("month %s as of %s computed in %.1f s", revision, revision.as_of, time.monotonic() - started)
    drop_replaced(month=revision.month)


def _build(revision: Revision) -> None:
    tables = figures.Tables(revision.pk)
    policy, known = policy_on(revision.settings_on or revision.as_of), categories()
    definition = definitions.Definition(revision.as_of, policy, known)
    revision.basis |= {"policy": policy, "categories": {row.code: row.bit for row in known}}
    _prepare_planner()
    people = people_born_by(revision.as_of)
    step, stages = partial(_step, revision), Stages(f"assessments_month_{revision.pk}_")
    step(Revision.Step.RESIDENTS, lambda: _make_residents(tables, revision, definition, stages))
    step(Revision.Step.COVERAGES, lambda: _make_coverages(tables, revision, definition, stages))
    stages.drop()
    step(Revision.Step.FIGURES, lambda: _make_figures(tables, revision, known))
    step(Revision.Step.CHECKS, lambda: check_rows(tables, revision.as_of, people))
    step(Revision.Step.SWAP, lambda: _swap(tables, revision))


def _prepare_planner() -> None:
    """For this transaction: room to hash a district's rows, and no row-by-row loops over them (joins by two keys, as
    the portable text has them, look far more selective to the planner than they are). A month reads a good part of
    every table, which costs less in the order of its pages than by an index."""
    with connection.cursor() as cursor:
        cursor.execute("set local work_mem = '256MB'")
        cursor.execute("set local enable_nestloop = off")
        cursor.execute("set local random_page_cost = 4")
        cursor.execute("set local jit = off")
        # The joins by two keys look small to it as well, too small to be worth a second processor.
        cursor.execute("set local parallel_setup_cost = 0")
        cursor.execute("set local parallel_tuple_cost = 0.01")
        cursor.execute("set local min_parallel_table_scan_size = '1MB'")


def _make_residents(
    tables: figures.Tables, revision: Revision, definition: definitions.Definition, stages: Stages
) -> None:
    rows = stages.make(definition.resident_rows())
    _make_rows(tables.residents, RESIDENTS, revision, definitions.RESIDENT_COLUMNS, rows)


def _make_coverages(
    tables: figures.Tables, revision: Revision, definition: definitions.Definition, stages: Stages
) -> None:
    narrow = (
        "(select resident_id as resident, person, county, institution_id as institution, village_id as village,"
        f" categories, coverage_id as coverage from {tables.residents})"
    )
    rows = stages.make(definition.coverage_rows(narrow))
    _make_rows(tables.coverages, COVERAGES, revision, definitions.COVERAGE_COLUMNS, rows)


def _step(revision: Revision, name: Revision.Step, work: Callable[[], None]) -> None:
    started = time.monotonic()
    with connection.cursor() as cursor:
        # Nothing of this transaction is seen before its end, but what the session calls itself is: for progress bars.
        cursor.execute("select set_config('application_name', %s, true)", [revision.session_name(name)])
    work()
    log.debug("month %s: %s took %.2f s", revision, name, time.monotonic() - started)


def _make_rows(table: str, parent: str, revision: Revision, columns: Mapping[str, str], select: str) -> None:
    """A table like `parent` with the rows of `select`, made in one go (so that PostgreSQL may use all processors)."""
    values = ", ".join(f"m.{name}::{kind} as {name}" for name, kind in columns.items())
    with connection.cursor() as cursor:
        # A run that was killed left nothing; one that failed after a crash of the server might have.
        cursor.execute(f"drop table if exists {table}")
        cursor.execute(
            f"create table {table} {WRITTEN_ONCE} as select {revision.pk}::bigint as revision_id, {values}"
            f" from ({select}) m({', '.join(columns)})"
        )
        _like(cursor, table, parent, revision)
        # Lists of people open by institution, in this order.
        cursor.execute(f"create index on {table} (institution_id, {next(iter(columns))})")
        cursor.execute(f"analyze {table}")


def _make_figures(tables: figures.Tables, revision: Revision, known: Sequence[Category]) -> None:
    answers = figures.answer_rows(tables, revision.as_of)
    _make_rows(tables.answers, ANSWERS, revision, definitions.ANSWER_COLUMNS, answers)
    # Read after the rows were: every unit in them has its place.
    places = Places.objects.create(revision=revision, pairs=places_on(revision.as_of).pairs)
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists {tables.figures}")
        cursor.execute(f"create table {tables.figures} (like {FIGURES}) {WRITTEN_ONCE}")
        _like(cursor, tables.figures, FIGURES, revision)
    figures.count(tables, places, known)


def _like(cursor: CursorWrapper, table: str, parent: str, revision: Revision) -> None:
    """Give the table what attaching it asks for, in one pass over its rows."""
    cursor.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and attnotnull", [parent]
    )
    required = ", ".join(f"alter column {name} set not null" for (name,) in cursor.fetchall())
    cursor.execute(f"alter table {table} {required}, add constraint {table}_own check (revision_id = {revision.pk})")


def _swap(tables: figures.Tables, revision: Revision) -> None:
    """Attach the finished tables and show them, unless the month is frozen: then the revision stands beside it."""
    keys = {
        tables.residents: "revision_id, resident_id",
        tables.coverages: "revision_id, coverage_id",
        tables.answers: "revision_id, kind, answer_id",
        tables.figures: "revision_id, institution_id, team_key, category, indicator",
    }
    with connection.cursor() as cursor:
        for parent, (name, key) in zip(PARENTS, keys.items(), strict=True):
            cursor.execute(f"alter table {name} add primary key ({key})")
            cursor.execute(f"alter table {parent} attach partition {name} for values in ({revision.pk})")
            cursor.execute(f"alter table {name} drop constraint {name}_own")
    revision.status, revision.finished_at, revision.error = Revision.Status.DONE, timezone.now(), ""
    revision.has_answers = True
    revision.save(update_fields=["status", "finished_at", "error", "basis", "has_answers"])
    month = Month.objects.select_for_update().get(pk=revision.month_id)
    if month.current is None or month.current.frozen_at is None:
        month.current = revision
        month.save(update_fields=["current"])
    audit.record(kind=AuditEvent.Kind.COMPUTE, by=revision.by or SYSTEM, what=f"{revision} {revision.as_of}")


def drop_replaced(*, month: Month) -> None:
    """Drop the rows of revisions that are neither current, nor frozen, nor the latest beside a frozen one."""
    latest = month.revisions.filter(status=Revision.Status.DONE).order_by("-number").first()
    current = Month.objects.get(pk=month.pk).current_id
    replaced = month.revisions.filter(status=Revision.Status.DONE, frozen_at=None).exclude(
        pk__in=[pk for pk in (current, latest and latest.pk) if pk]
    )
    for revision in replaced:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                # Somebody may be reading a long list: rather leave the old rows to the next run than block readers.
                cursor.execute("set local lock_timeout = '3s'")
                for parent in PARENTS:
                    cursor.execute(f"drop table if exists {parent}_{revision.pk}")
                Tally.objects.filter(revision=revision).delete()
                Places.objects.filter(revision=revision).delete()
                Revision.objects.filter(pk=revision.pk).update(status=Revision.Status.DROPPED)
        except OperationalError:
            log.warning("the rows of %s are being read; the next run drops them", revision)


def _lock(month: Month) -> tuple[int, int]:
    """One computation of a month at a time, whoever starts it."""
    return LOCK_CLASS, month.first_on.toordinal()


def _note(revision: Revision, **values: object) -> None:
    for name, value in values.items():
        setattr(revision, name, value)
    revision.save(update_fields=list(values))


def _now() -> datetime:
    """The database's own time, by which facts are entered: what came later is not in the revision."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        (now,) = cursor.fetchone()
    return now


def _first_line(failure: Exception) -> str:
    return (str(failure).strip().splitlines() or [""])[0][:500] or type(failure).__name__
