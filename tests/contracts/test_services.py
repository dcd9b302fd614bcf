"""Entering services and waivers: what is refused, and that the ledger follows whatever the order of entry."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from contracts.actions.ledger import make_obligations, match_services
from contracts.actions.recording import Entry, record_many
from contracts.actions.services import correct_service, delete_service, record_service, take_back_waiver, waive
from contracts.models import Coverage, Obligation, Service
from residents.models import Resident
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.factories import make_coverage, make_item, make_package, make_resident, make_service, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 31)


def _covered(times: int = 4, **fields: Any) -> Coverage:
    coverage = make_coverage(packages=[make_package(items={"BP": times, "EXAM": 1})], **fields)
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    return coverage


def _record(resident: Resident, day: date, item_code: str = "BP", **details: Any) -> Service:
    return record_service(resident=resident, item=make_item(item_code), performed_on=day, by=SYSTEM, **details)


def _met(coverage: Coverage, item_code: str = "BP") -> list[date | None]:
    return list(coverage.obligations.filter(item__code=item_code).order_by("due_on").values_list("met_on", flat=True))


@contextmanager
def _refused(code: str) -> Iterator[None]:
    with pytest.raises(RuleViolation) as refused:
        yield
    assert refused.value.code == code


# --- Entering -------------------------------------------------------------------------------------------------------


def test_service_entered_meets_its_obligation() -> None:
    coverage = _covered()
    service = _record(coverage.resident, date(2018, 5, 1), systolic=138, diastolic=88, place="门诊")

    assert _met(coverage) == [None, date(2018, 5, 1), None, None]
    assert Service.objects.get() == service


def test_service_of_someone_without_a_contract_is_kept() -> None:
    _record(make_resident(), date(2018, 5, 1))

    assert Service.objects.count() == 1


def test_correction_of_the_day_moves_the_outcome() -> None:
    coverage = _covered()
    service = _record(coverage.resident, date(2018, 5, 1), note="随访")
    correct_service(service=service, performed_on=date(2018, 8, 1), by=SYSTEM)

    assert _met(coverage) == [None, None, date(2018, 8, 1), None]
    assert Service.objects.get().note == "随访"


def test_correction_of_the_item_moves_the_outcome() -> None:
    coverage = _covered()
    service = _record(coverage.resident, date(2018, 5, 1))
    correct_service(service=service, item=make_item("EXAM"), by=SYSTEM)

    assert _met(coverage) == [None] * 4
    assert _met(coverage, "EXAM") == [date(2018, 5, 1)]


def test_service_deleted_gives_its_obligation_to_the_next() -> None:
    coverage = _covered()
    first, _second = (_record(coverage.resident, date(2018, 5, day)) for day in (1, 2))
    assert _met(coverage) == [date(2018, 5, 2), date(2018, 5, 1), None, None]

    delete_service(service=first, by=SYSTEM)
    assert _met(coverage) == [None, date(2018, 5, 2), None, None]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2019, 1, 1), "service.in_future"),
        (date(1960, 5, 16), "service.before_birth"),
        (date(2018, 6, 2), "service.after_death"),
    ],
)
def test_service_on_an_impossible_day_is_refused(day: date, code: str) -> None:
    resident = make_resident(born=date(1960, 5, 17), died_on=date(2018, 6, 1))

    with _refused(code):
        _record(resident, day)


def test_service_on_the_days_of_birth_and_death_is_possible() -> None:
    resident = make_resident(born=date(2018, 5, 17), died_on=date(2018, 6, 1))
    _record(resident, date(2018, 5, 17))
    _record(resident, date(2018, 6, 1))

    assert Service.objects.count() == 2


@pytest.mark.parametrize(
    "readings",
    [
        {"systolic": 49},
        {"systolic": 301},
        {"diastolic": 19},
        {"diastolic": 201},
        {"systolic": 80, "diastolic": 80},
        {"fasting_glucose": Decimal("0.4")},
        {"fasting_glucose": Decimal("60.1")},
    ],
    ids=str,
)
def test_impossible_reading_is_refused(readings: dict[str, Any]) -> None:
    with _refused("service.reading"):
        _record(make_resident(), date(2018, 5, 1), **readings)


def test_service_entered_twice_for_a_day_is_refused() -> None:
    resident = make_resident()
    _record(resident, date(2018, 5, 1))
    other = _record(resident, date(2018, 5, 2))

    with _refused("service.exists"):
        _record(resident, date(2018, 5, 1))
    with _refused("service.exists"):
        correct_service(service=other, performed_on=date(2018, 5, 1), by=SYSTEM)


# --- Waiving --------------------------------------------------------------------------------------------------------


def _waive(obligation: Obligation, **changes: Any) -> Obligation:
    return waive(**{"obligation": obligation, "reason": "refused", "by": SYSTEM, "on": date(2018, 6, 1)} | changes)


def test_waiver_keeps_who_why_and_when() -> None:
    obligation = _waive(_covered().obligations.order_by("due_on")[0], by=make_user(username="wang"))

    assert (obligation.waived_on, obligation.waived_by, obligation.waiver) == (date(2018, 6, 1), "wang", "refused")


def test_service_after_a_waiver_meets_the_next_missed_obligation() -> None:
    coverage = _covered()
    for obligation in coverage.obligations.filter(item__code="BP").order_by("due_on")[:2]:
        _waive(obligation)
    _record(coverage.resident, date(2018, 10, 2))
    _record(coverage.resident, date(2018, 10, 3))

    assert _met(coverage) == [None, None, date(2018, 10, 3), date(2018, 10, 2)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"reason": "tired"}, "obligation.reason"), ({"on": date(2019, 1, 1)}, "obligation.in_future")],
)
def test_waiver_without_a_reason_or_in_advance_is_refused(changes: dict[str, Any], code: str) -> None:
    with _refused(code):
        _waive(_covered().obligations.first(), **changes)


def test_obligation_that_is_waived_or_met_is_not_waived() -> None:
    coverage = _covered(times=1)
    _record(coverage.resident, date(2018, 5, 1))
    _waive(coverage.obligations.get(item__code="EXAM"))

    with _refused("obligation.waived"):
        _waive(coverage.obligations.get(item__code="EXAM"))
    with _refused("obligation.met"):
        _waive(coverage.obligations.get(item__code="BP"))


# --- Whatever the order ---------------------------------------------------------------------------------------------

days = st.integers(0, 364).map(lambda number: date(2018, 1, 1) + timedelta(days=number))


@given(entered=st.sets(days, min_size=1, max_size=7), data=st.data())
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_entering_correcting_deleting_and_waiving_gives_the_ledger_of_entry_by_date(
    entered: set[date], data: st.DataObject
) -> None:
    coverage, expected = _covered(times=5), _covered(times=5)
    waived = data.draw(st.dictionaries(st.integers(0, 4), days, max_size=2), "waived")
    taken_back = data.draw(st.sets(st.sampled_from(sorted(waived)), max_size=2) if waived else st.just(set()), "back")
    _waive_some(coverage, waived)
    order = data.draw(st.permutations(sorted(entered)))
    alone = data.draw(st.integers(0, len(order)), "entered one by one")
    services = {day: _record(coverage.resident, day) for day in order[:alone]}
    services |= _record_together(coverage.resident, order[alone:])
    corrected = data.draw(st.dictionaries(st.sampled_from(order), days, max_size=3))
    for day, right in corrected.items():
        if right not in services:
            services[right] = correct_service(service=services.pop(day), performed_on=right, by=SYSTEM)
    _take_back_some(coverage, taken_back)
    for day in data.draw(st.lists(st.sampled_from(sorted(services)), unique=True, max_size=3)):
        delete_service(service=services.pop(day), by=SYSTEM)

    for day in sorted(services):
        make_service(expected.resident, "BP", day)
    _waive_some(expected, {number: day for number, day in waived.items() if number not in taken_back}, directly=True)
    match_services(coverages=Coverage.objects.filter(pk=expected.pk))

    assert _met(coverage) == _met(expected)


def _waive_some(coverage: Coverage, waived: dict[int, date], *, directly: bool = False) -> None:
    """Waive the BP obligations of these numbers, by the action or as the table would then stand."""
    owed = list(coverage.obligations.filter(item__code="BP").order_by("due_on"))
    for number, day in waived.items():
        if directly:
            Obligation.objects.filter(pk=owed[number].pk).update(waived_on=day, waiver="away", waived_by="system")
        else:
            waive(obligation=owed[number], reason="away", by=SYSTEM, on=day)


def _take_back_some(coverage: Coverage, numbers: set[int]) -> None:
    owed = list(coverage.obligations.filter(item__code="BP").order_by("due_on"))
    for number in numbers:
        take_back_waiver(obligation=owed[number], by=SYSTEM)


def _record_together(resident: Resident, on: list[date]) -> dict[date, Service]:
    recorded = record_many(entries=[Entry(resident, make_item("BP"), day) for day in on], by=SYSTEM)
    return {service.performed_on: service for service in recorded.services}


@pytest.mark.django_db(transaction=True)
def test_services_entered_at_once_are_both_matched() -> None:
    coverage = _covered(times=1)
    make_item("BP")
    start = Barrier(2)

    def doctor(day: date) -> None:
        start.wait()
        try:
            _record(coverage.resident, day)
        finally:
            connection.close()

    threads = [Thread(target=doctor, args=(date(2018, 5, day),)) for day in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Service.objects.count() == 2
    assert _met(coverage) == [date(2018, 5, 1)]
