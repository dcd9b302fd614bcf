"""Months: asked for, computed whole or not at all, shown, frozen, computed again, by several at once, killed."""

from collections.abc import Callable, Iterator
from datetime import date
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from assessments import figures
from assessments.actions.freezing import freeze, rows_sha256
from assessments.actions.months import (
    LOCK_CLASS,
    PARENTS,
    compute,
    compute_revision,
    request,
)
from assessments.models import Figure, Month, ResidentMonth, Revision
from assessments.rules.months import BrokenInvariant
from residents.models import Resident
from teams.models import AuditEvent, Role
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.factories import make_institution, make_resident, make_team, make_village
from tests.processes import environment, held, program, wait_until, waiting
from tests.small_district import OCTOBER, REPORT, SmallDistrict, make_small_district


@pytest.fixture
def district(db: None) -> SmallDistrict:
    return make_small_district()


def tables() -> set[str]:
    """The tables of single revisions that are there; tests that commit leave some whose revision is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename from pg_tables where tablename ~ '_[0-9]+$' and tablename like 'assessments_%'"
            " and substring(tablename from '[0-9]+$')::bigint in (select id from assessments_revision)"
        )
        return {name for (name,) in cursor.fetchall()}


def tables_of(*revisions: Revision) -> set[str]:
    return {f"{parent}_{revision.pk}" for parent in PARENTS for revision in revisions}


def shown(month: date = OCTOBER) -> Revision:
    current = Month.objects.get(first_on=month).current
    assert current is not None
    return current


def coverage(revision: Revision) -> tuple[int, int]:
    row = Figure.objects.get(revision=revision, institution__code="B", team_key=0, indicator="coverage", category="all")
    return row.numerator, row.denominator


# --- Again and again ------------------------------------------------------------------------------------------------


def test_second_run_is_a_new_revision_with_the_same_rows_and_the_old_ones_are_dropped(district: SmallDistrict) -> None:
    first = compute(month=OCTOBER)
    before = rows_sha256(first)
    second = compute(month=OCTOBER)
    first.refresh_from_db()
    assert (second.number, rows_sha256(second), shown()) == (2, before, second)
    assert first.status == Revision.Status.DROPPED
    assert tables() == tables_of(second)


def test_later_fact_changes_the_next_revision_only_in_what_it_says(district: SmallDistrict) -> None:
    compute(month=OCTOBER)
    make_resident(village=district.village)
    assert coverage(compute(month=OCTOBER)) == (3, 6)


def test_request_joins_one_that_waits(district: SmallDistrict) -> None:
    assert request(month=OCTOBER) == request(month=OCTOBER)


def test_request_for_another_day_of_the_month_is_one_of_its_own(district: SmallDistrict) -> None:
    assert request(month=OCTOBER, as_of=date(2018, 10, 20)) != request(month=OCTOBER)


def test_queued_revision_is_computed_once(district: SmallDistrict) -> None:
    revision = request(month=OCTOBER)
    assert [compute_revision(revision=revision), compute_revision(revision=revision)] == [True, True]
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.COMPUTE).count() == 1


def test_computation_is_recorded_with_who_asked(district: SmallDistrict) -> None:
    auditor = make_account("auditor", Role.AUDITOR)
    compute(month=OCTOBER, by=auditor)
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.COMPUTE)
    assert (event.username, event.what) == ("auditor", "2018-10 r1 2018-10-31")


# --- What may be computed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "as_of", "code"),
    [
        (date(2018, 11, 1), None, "month.not_begun"),
        (OCTOBER, date(2018, 10, 21), "month.as_of_future"),
        (OCTOBER, date(2018, 9, 30), "month.as_of_outside"),
        (OCTOBER, date(2018, 11, 1), "month.as_of_outside"),
    ],
)
@pytest.mark.django_db
def test_day_outside_the_month_or_in_the_future_is_refused(
    settings: Settings, month: date, as_of: date | None, code: str
) -> None:
    settings.TODAY = date(2018, 10, 20)
    with pytest.raises(RuleViolation) as refused:
        request(month=month, as_of=as_of)
    assert refused.value.code == code
    assert not Month.objects.exists()


def test_running_month_is_provisional_until_its_last_day(district: SmallDistrict, settings: Settings) -> None:
    settings.TODAY = date(2018, 10, 20)
    assert (shown_as_of := compute(month=OCTOBER)).is_provisional
    assert shown_as_of.as_of == date(2018, 10, 20)
    settings.TODAY = date(2018, 11, 1)
    assert not compute(month=OCTOBER).is_provisional


# --- Frozen ---------------------------------------------------------------------------------------------------------


def test_frozen_month_stays_while_a_later_run_stands_beside_it(district: SmallDistrict) -> None:
    frozen = freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    make_resident(village=district.village)
    later = compute(month=OCTOBER)
    assert shown() == frozen
    assert (coverage(frozen), coverage(later)) == ((3, 5), (3, 6))
    assert rows_sha256(frozen) == frozen.sha256 != rows_sha256(later)
    assert tables() == tables_of(frozen, later)


def test_only_the_latest_run_is_kept_beside_a_frozen_month(district: SmallDistrict) -> None:
    frozen = freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    compute(month=OCTOBER)
    latest = compute(month=OCTOBER)
    assert tables() == tables_of(frozen, latest)


@pytest.mark.parametrize("statement", ["update {} set numerator = 0", "delete from {}", "truncate {}"])
def test_database_refuses_to_change_frozen_figures(district: SmallDistrict, statement: str) -> None:
    frozen = freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    table = f"assessments_figure_{frozen.pk}"
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert rows_sha256(frozen) == frozen.sha256


def refusal(revision: Revision) -> str:
    with pytest.raises(RuleViolation) as refused:
        freeze(revision=revision, by=SYSTEM)
    return refused.value.code


def test_month_is_frozen_when_it_is_over_and_then_once(district: SmallDistrict) -> None:
    early = compute(month=OCTOBER, as_of=date(2018, 10, 20))
    assert refusal(early) == "month.provisional"
    whole = freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    assert (refusal(whole), refusal(compute(month=OCTOBER))) == ("month.frozen_already", "month.not_current")


# --- Failure --------------------------------------------------------------------------------------------------------


@pytest.fixture
def miscount(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that counts more people above the line than below it."""
    count = figures.count

    def miscounted(revision_tables: figures.Tables, *arguments: object) -> None:
        count(revision_tables, *arguments)  # type: ignore[arg-type]
        with connection.cursor() as cursor:
            cursor.execute(
                f"update {revision_tables.figures} set numerator = denominator + 1"
                " where indicator = 'coverage' and category = 'all' and team_key = 0"
            )

    monkeypatch.setattr(figures, "count", miscounted)


def test_rows_that_contradict_themselves_are_never_shown(
    district: SmallDistrict, request: pytest.FixtureRequest
) -> None:
    good = compute(month=OCTOBER)
    request.getfixturevalue("miscount")
    with pytest.raises(BrokenInvariant, match="above their denominators"):
        compute(month=OCTOBER)
    failed = Revision.objects.latest("number")
    assert (failed.status, failed.error) == (Revision.Status.FAILED, "3 numerators are above their denominators")
    assert shown() == good
    assert coverage(good) == (3, 5)
    assert tables() == tables_of(good)


def test_month_is_computed_again_after_a_failure(
    district: SmallDistrict, miscount: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BrokenInvariant):
        compute(month=OCTOBER)
    monkeypatch.undo()
    assert coverage(compute(month=OCTOBER)) == (3, 5)


def while_counting(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    """Do `work` between the rows of a month and its checks."""
    count = figures.count
    monkeypatch.setattr(figures, "count", lambda *arguments: (count(*arguments), work()))


def test_month_computed_while_people_are_registered_is_whole(
    district: SmallDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = Resident.objects.count()
    while_counting(monkeypatch, make_resident)
    revision = compute(month=OCTOBER)
    assert (ResidentMonth.objects.filter(revision=revision).count(), Resident.objects.count()) == (people, people + 1)


def test_month_that_lost_somebody_is_never_shown(district: SmallDistrict, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"delete from assessments_residentmonth_{Revision.objects.latest('pk').pk} where age > 60")

    while_counting(monkeypatch, lose)
    with pytest.raises(BrokenInvariant, match="residents and should have"):
        compute(month=OCTOBER)


# --- How many queries -----------------------------------------------------------------------------------------------


def test_queries_of_a_computation_do_not_grow_with_teams_and_institutions(district: SmallDistrict) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            compute(month=OCTOBER)
        return len(captured)

    queries()
    few = queries()  # like the next one, it drops the rows before it
    for _ in range(5):
        institution = make_institution()
        make_team(institution=institution, villages=[village := make_village()])
        make_resident(institution=institution, village=village)
    assert queries() == few


# --- Several at once, and killed ------------------------------------------------------------------------------------


@pytest.fixture
def committed(transactional_db: None) -> Iterator[SmallDistrict]:
    """The small district where other connections see it; its tables go with it."""
    yield make_small_district()
    with connection.cursor() as cursor:
        for name in tables():
            cursor.execute(f"drop table {name}")


def test_two_who_compute_a_month_at_once_compute_it_once(committed: SmallDistrict) -> None:
    revisions: list[Revision] = []

    def run() -> None:
        try:
            revisions.append(compute(month=OCTOBER))
        finally:
            connection.close()

    threads = [Thread(target=run), Thread(target=run)]
    with held("residents_resident") as release:
        for thread in threads:
            thread.start()
        wait_until(lambda: waiting("relation") and waiting("advisory"), "one computes and the other waits for it")
        release()
    for thread in threads:
        thread.join()
    assert [revision.pk for revision in revisions] == [shown().pk] * 2
    assert Revision.objects.count() == 1
    assert coverage(shown()) == (3, 5)


def test_worker_leaves_a_month_alone_that_somebody_else_computes(committed: SmallDistrict) -> None:
    revision = request(month=OCTOBER)
    done: list[bool] = []

    def run() -> None:
        try:
            done.append(compute_revision(revision=Revision.objects.select_related("month").get(pk=revision.pk)))
        finally:
            connection.close()

    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s, %s)", [LOCK_CLASS, OCTOBER.toordinal()])
        thread = Thread(target=run)
        thread.start()
        thread.join()
        cursor.execute("select pg_advisory_unlock(%s, %s)", [LOCK_CLASS, OCTOBER.toordinal()])
    revision.refresh_from_db()
    assert (done, revision.status) == ([False], Revision.Status.QUEUED)


def test_computation_killed_half_way_leaves_nothing_and_the_next_one_works(committed: SmallDistrict) -> None:
    good = compute(month=OCTOBER)
    with (
        held("contracts_obligation") as release,
        program("manage.py", "compute_kpis", "--month", "2018-10", env=environment()) as command,
    ):
        wait_until(lambda: waiting("relation"), "the command has written the residents' rows and waits")
        command.kill()
        release()
    with connection.cursor() as cursor:  # the session of a killed process ends with its query
        cursor.execute("select pg_advisory_lock(%s, %s)", [LOCK_CLASS, OCTOBER.toordinal()])
        cursor.execute("select pg_advisory_unlock(%s, %s)", [LOCK_CLASS, OCTOBER.toordinal()])
    assert tables() == tables_of(good)
    assert (shown(), coverage(good)) == (good, (3, 5))
    killed = Revision.objects.latest("number")
    assert killed.status == Revision.Status.RUNNING
    assert compute(month=OCTOBER) == killed
    assert (shown(), coverage(killed)) == (killed, (3, 5))


def test_rows_of_a_month_are_those_born_by_its_report_date(district: SmallDistrict) -> None:
    make_resident(born=date(2018, 11, 1))
    revision = compute(month=OCTOBER)
    born = ResidentMonth.objects.filter(revision=revision).values_list("resident_id", flat=True)
    assert revision.as_of == REPORT
    assert set(born) == {resident.pk for resident in district.residents}
