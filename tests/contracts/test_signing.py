"""Signing: what one contract makes, what is refused, two clerks at once; ending and suspending."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.actions import signing
from contracts.actions.ending import resume, suspend, terminate
from contracts.actions.signing import sign
from contracts.models import Contract, Coverage, LifecycleEntry, Suspension
from residents.models import Resident
from service_packages.models import PackageVersion
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.factories import (
    make_contract,
    make_coverage,
    make_household,
    make_institution,
    make_package,
    make_resident,
    make_service,
    make_team,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = date(2018, 10, 20)


def _sign(
    *, members: Iterable[Resident] | None = None, versions: Sequence[PackageVersion] | None = None, **changes: Any
) -> Contract:
    """Sign the members, by default one, each with the same packages, by default one, for the year 2018."""
    fields: dict[str, Any] = {
        "number": "K-1",
        "signed_on": date(2018, 1, 1),
        "start_on": date(2018, 1, 1),
        "end_on": date(2018, 12, 31),
        "by": SYSTEM,
    }
    chosen = dict.fromkeys(
        [make_resident()] if members is None else members, [make_package()] if versions is None else versions
    )
    return sign(members=chosen, **fields | {"team": changes.get("team") or make_team()} | changes)


@contextmanager
def _refused(code: str, match: str | None = None) -> Iterator[None]:
    with pytest.raises(RuleViolation, match=match) as refused:
        yield
    assert refused.value.code == code


# --- What one contract makes ----------------------------------------------------------------------------------------


def test_household_is_covered_by_one_contract() -> None:
    household = make_household()
    members = [make_resident(household=household) for _ in range(4)]
    contract = _sign(members=members, versions=[make_package(items={"BP": 4}), make_package(items={"EXAM": 1})])

    assert set(contract.coverages.values_list("resident", flat=True)) == {member.pk for member in members}
    assert all(coverage.packages.count() == 2 for coverage in contract.coverages.all())
    assert all(coverage.obligations.count() == 5 for coverage in contract.coverages.all())


def test_signing_meets_obligations_with_services_given_already() -> None:
    resident = make_resident()
    make_service(resident, "BP", date(2018, 2, 1))
    contract = _sign(members=[resident], versions=[make_package(items={"BP": 1})])

    assert contract.coverages.get().obligations.get().met_on == date(2018, 2, 1)


def test_each_member_holds_the_own_packages() -> None:
    [old, young], [basic, extra] = [make_resident(), make_resident()], [make_package(), make_package()]
    contract = sign(
        team=make_team(),
        signed_on=date(2018, 1, 1),
        start_on=date(2018, 1, 1),
        end_on=date(2018, 12, 31),
        members={old: [basic, extra], young: [basic]},
        by=SYSTEM,
    )

    held = {row.resident: {each.version for each in row.packages.all()} for row in contract.coverages.all()}
    assert held == {old: {basic, extra}, young: {basic}}


def test_contract_without_a_number_gets_the_next_of_its_institution_and_year() -> None:
    team = make_team(institution=make_institution(code="341204W1"))
    first = _sign(number="", team=team)
    make_contract(number="341204W1-2018-00002")

    assert [first.number, _sign(number="", team=team).number] == ["341204W1-2018-00001", "341204W1-2018-00003"]
    assert _sign(number="", team=make_team()).number.endswith("-2018-00001")


def test_household_is_signed_with_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    members, versions, team = [make_resident() for _ in range(4)], [make_package() for _ in range(3)], make_team()

    with django_assert_max_num_queries(36):
        _sign(members=members, versions=versions, team=team)


# --- What is refused ------------------------------------------------------------------------------------------------


def test_overlap_is_refused_naming_the_other_contract_and_its_days() -> None:
    other = make_coverage(contract=make_contract(number="K-9"), terminated_on=date(2018, 7, 1))

    with _refused("contract.overlap", match=r"K-9.*2018-01-01.*2018-06-30"):
        _sign(members=[other.resident], start_on=date(2018, 6, 30), end_on=date(2019, 6, 29))
    _sign(members=[other.resident], start_on=date(2018, 7, 1), end_on=date(2019, 6, 30))


def test_overlap_says_with_whom_when_and_by_whom_the_other_was_signed() -> None:
    contract = _sign(members=[resident := make_resident()], team=make_team(name="王医生团队"))

    with _refused("contract.overlap", match=r"(?=.*王医生团队).*K-1.*2018-01-01, system"):
        _sign(number="K-2", members=[resident])
    assert contract.entries.get().kind == LifecycleEntry.Kind.SIGNED


def test_overlap_that_the_database_finds_is_refused_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_coverage(contract=make_contract(number="K-9"))
    monkeypatch.setattr(signing, "check_can_sign", lambda *_, **__: None)

    with _refused("contract.overlap", match="K-9"):
        _sign(members=[other.resident])
    assert not Contract.objects.filter(number="K-1").exists()


def test_number_that_the_database_finds_taken_is_refused_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    make_contract(number="K-1")
    monkeypatch.setattr(signing, "check_can_sign", lambda *_, **__: None)

    with _refused("contract.number_taken"):
        _sign()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end_on": date(2017, 12, 31)}, "contract.dates_reversed"),
        ({"end_on": date(2028, 1, 1)}, "contract.term_too_long"),
        ({"signed_on": date(2018, 10, 21)}, "contract.signed_in_future"),
    ],
)
def test_contract_with_impossible_dates_is_refused(changes: dict[str, Any], code: str) -> None:
    with _refused(code):
        _sign(**changes)


def test_contract_without_people_or_packages_is_refused() -> None:
    with _refused("contract.no_members"):
        _sign(members=[])
    with _refused("contract.no_packages"):
        _sign(versions=[])


@pytest.mark.parametrize("end_on", [date(2018, 12, 30), date(2021, 1, 1)], ids=["too short", "too long"])
def test_new_contract_runs_for_the_years_of_the_policy(end_on: date) -> None:
    with _refused("contract.term_not_allowed", match="1.*3"):
        _sign(end_on=end_on)
    _sign(end_on=date(2020, 12, 31))


def test_contract_that_follows_another_may_take_up_the_rest_of_its_term() -> None:
    previous = _sign()
    rest = _sign(number="K-2", start_on=date(2018, 7, 1), previous=previous, origin=Contract.Origin.PACKAGE_CHANGE)

    assert (rest.previous, rest.origin) == (previous, "package_change")


@pytest.mark.parametrize(
    "fields",
    [{"died_on": date(2018, 1, 1)}, {"moved_out_on": date(2017, 5, 1)}, {"born": date(2018, 1, 2)}],
    ids=["dead", "moved away", "unborn"],
)
def test_someone_outside_the_population_cannot_be_signed(fields: dict[str, Any]) -> None:
    with _refused("contract.not_in_population"):
        _sign(members=[make_resident(**fields)])


def test_retired_package_and_two_of_one_package_cannot_be_signed() -> None:
    old = make_package(code="A")
    new = make_package(code="A")

    with _refused("contract.package_not_in_use"):
        _sign(versions=[old])
    with _refused("package.twice"):
        _sign(versions=[old, new])


def test_dissolved_team_cannot_be_signed_with() -> None:
    with _refused("contract.no_team"):
        _sign(team=make_team(dissolved_on=date(2018, 1, 1)))


# --- Two at once ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_who_sign_a_household_at_once_one_reads_the_others_contract() -> None:
    members, team, version = [make_resident() for _ in range(3)], make_team(), make_package(items={"BP": 4})
    start, refusals = Barrier(2), []

    def clerk(number: str, household: list[Resident]) -> None:
        start.wait()
        try:
            _sign(number=number, members=household, team=team, versions=[version])
        except RuleViolation as refused:
            refusals.append((refused.code, number, str(refused)))
        finally:
            connection.close()

    threads = [Thread(target=clerk, args=("K-1", members)), Thread(target=clerk, args=("K-2", members[::-1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winner = Contract.objects.get()
    [(code, loser, message)] = refusals
    assert (code, loser != winner.number, winner.number in message) == ("contract.overlap", True, True)
    assert Coverage.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_coverage_that_is_imported_while_a_clerk_signs_is_named_in_the_refusal() -> None:
    resident, team, version = make_resident(), make_team(), make_package()
    other = make_contract(number="K-9")
    results: list[str] = []

    def clerk() -> None:
        try:
            _sign(members=[resident], team=team, versions=[version])
        except RuleViolation as refused:
            results.append(f"{refused.code} {refused}")
        finally:
            connection.close()

    with transaction.atomic():
        make_coverage(resident=resident, contract=other)
        thread = Thread(target=clerk)
        thread.start()
        _wait_until_somebody_waits()
    thread.join()

    assert [result.split()[0] for result in results] == ["contract.overlap"]
    assert "K-9" in results[0]


def _wait_until_somebody_waits() -> None:
    """Until another connection waits for a lock that ours holds."""
    waiting = """
        select pg_sleep(0.01), exists (
            select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))
        )
    """
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute(waiting)
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waits")


# --- Ending and suspending ------------------------------------------------------------------------------------------


def _covered() -> Coverage:
    resident = make_resident()
    make_service(resident, "BP", date(2018, 6, 1))
    return _sign(members=[resident], versions=[make_package(items={"BP": 1})]).coverages.get()


def test_termination_gives_up_what_later_services_had_met() -> None:
    coverage = _covered()
    assert coverage.obligations.get().met_on == date(2018, 6, 1)

    terminate(coverage=coverage, on=date(2018, 6, 1), reason=Coverage.Reason.MOVED, by=SYSTEM)

    coverage.refresh_from_db()
    assert (coverage.terminated_on, coverage.termination_reason) == (date(2018, 6, 1), "moved")
    assert coverage.obligations.get().met_on is None


def test_termination_is_refused_outside_the_term_twice_and_without_a_reason() -> None:
    coverage = _covered()

    with _refused("coverage.not_in_term"):
        terminate(coverage=coverage, on=date(2019, 1, 1), reason="moved", by=SYSTEM)
    with _refused("coverage.reason"):
        terminate(coverage=coverage, on=date(2018, 6, 1), reason="", by=SYSTEM)
    terminate(coverage=coverage, on=date(2018, 6, 1), reason="moved", by=SYSTEM)
    with _refused("coverage.terminated", match="2018-06-01"):
        terminate(coverage=coverage, on=date(2018, 7, 1), reason="moved", by=SYSTEM)


def test_suspension_takes_a_coverage_out_of_force_until_it_is_resumed() -> None:
    coverage = _covered()
    suspend(coverage=coverage, from_on=date(2018, 3, 1), reason="外出", by=SYSTEM)
    assert not Coverage.objects.in_force_on(date(2018, 3, 1)).exists()
    assert coverage.obligations.get().met_on == date(2018, 6, 1)

    resume(coverage=coverage, on=date(2018, 5, 1), by=SYSTEM)
    in_force = [day.month for day in (date(2018, m, 1) for m in range(2, 7)) if Coverage.objects.in_force_on(day)]
    assert in_force == [2, 5, 6]


def test_suspensions_do_not_overlap_and_lie_in_the_term() -> None:
    coverage = _covered()
    suspend(coverage=coverage, from_on=date(2018, 3, 1), to_on=date(2018, 5, 1), reason="", by=SYSTEM)

    with _refused("coverage.suspended"):
        suspend(coverage=coverage, from_on=date(2018, 4, 30), to_on=date(2018, 6, 1), reason="", by=SYSTEM)
    with _refused("coverage.suspended"):
        suspend(coverage=coverage, from_on=date(2018, 2, 1), reason="", by=SYSTEM)
    with _refused("coverage.not_in_term"):
        suspend(coverage=coverage, from_on=date(2017, 12, 31), reason="", by=SYSTEM)
    with _refused("coverage.dates_reversed"):
        suspend(coverage=coverage, from_on=date(2018, 6, 1), to_on=date(2018, 6, 1), reason="", by=SYSTEM)
    suspend(coverage=coverage, from_on=date(2018, 5, 1), to_on=date(2018, 6, 1), reason="", by=SYSTEM)
    assert Suspension.objects.count() == 2


def test_coverage_that_is_not_suspended_cannot_be_resumed() -> None:
    with _refused("coverage.not_suspended"):
        resume(coverage=_covered(), on=date(2018, 5, 1), by=SYSTEM)


def test_history_names_who_ended_a_contract() -> None:
    coverage = _covered()
    terminate(coverage=coverage, on=date(2018, 6, 1), reason="moved", by=SYSTEM)

    event = Coverage.pgh_event_model.objects.get(pgh_obj=coverage)
    assert (event.pgh_context.metadata["by"], event.pgh_context.metadata["action"]) == ("system", "contracts.terminate")


def test_two_coverages_at_once_are_impossible_in_the_database() -> None:
    coverage = make_coverage()

    with pytest.raises(IntegrityError, match="contracts_coverage_one_at_a_time"), transaction.atomic():
        make_coverage(resident=coverage.resident, start_on=date(2018, 12, 31), end_on=date(2019, 12, 30))
