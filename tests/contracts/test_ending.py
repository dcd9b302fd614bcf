"""Ending coverages, taking that back, and confirming the year; two at once."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection
from pytest_django import Settings

from contracts.actions.changing import change_team
from contracts.actions.confirming import confirm
from contracts.actions.ending import resume_all, suspend_all, terminate_all, undo_termination
from contracts.models import Confirmation, Contract, Coverage
from contracts.queries.confirmations import open_years
from contracts.rules.lifecycle import contract_year
from teams.models import PolicyValue
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.contracts.steps import TODAY, assert_sound, refused, signed
from tests.factories import make_contract, make_coverage, make_resident, make_service, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


def _all(contract: Contract) -> list[Coverage]:
    return list(contract.coverages.order_by("pk"))


def _end(contract: Contract, *, on: date = TODAY, reason: str = "request", **more: object) -> list[Coverage]:
    return terminate_all(coverages=_all(contract), on=on, reason=reason, by=SYSTEM, **more)


def test_whole_contract_is_ended_with_reason_and_note() -> None:
    contract = signed(make_resident(), make_resident())
    _end(contract, reason="moved", note="去上海")

    assert set(contract.coverages.values_list("terminated_on", "termination_reason")) == {(TODAY, "moved")}
    entries = contract.entries.filter(kind="terminated")
    assert [(entry.reason, entry.entered_by, entry.entered_on) for entry in entries] == [
        ("moved: 去上海", "system", TODAY)
    ] * 2


def test_one_member_is_ended_and_the_others_stay() -> None:
    contract = signed(make_resident(), make_resident())
    first, second = _all(contract)
    terminate_all(coverages=[first], on=TODAY, reason="lost", by=SYSTEM)

    assert [row.status_on(TODAY) for row in _all(contract)] == ["terminated", "in_force"]
    assert second.contract_id == contract.pk


def test_ending_is_for_all_or_none() -> None:
    contract = signed(make_resident(), make_resident())
    terminate_all(coverages=_all(contract)[:1], on=TODAY, reason="lost", by=SYSTEM)

    with refused("coverage.terminated"):
        _end(contract)
    assert contract.coverages.filter(terminated_on=None).count() == 1


def test_that_another_contract_follows_is_no_reason_to_choose() -> None:
    with refused("coverage.reason"):
        _end(signed(), reason="changed")
    with refused("coverage.nobody"):
        terminate_all(coverages=[], on=TODAY, reason="request", by=SYSTEM)


def test_termination_is_taken_back_on_the_same_day_as_if_it_had_not_been() -> None:
    resident = make_resident()
    make_service(resident, "BP", date(2018, 11, 1))
    contract = signed(resident)
    before = set(contract.coverages.get().obligations.values_list("due_on", "met_on"))
    _end(contract)
    undo_termination(coverages=_all(contract), by=SYSTEM)

    coverage = contract.coverages.get()
    assert (coverage.terminated_on, coverage.termination_reason) == (None, "")
    assert set(coverage.obligations.values_list("due_on", "met_on")) == before
    assert [entry.kind for entry in contract.entries.all()] == ["signed", "terminated", "termination_undone"]
    with refused("coverage.not_undoable"):
        undo_termination(coverages=_all(contract), by=SYSTEM)
    assert_sound()


def test_termination_of_yesterday_stays(settings: Settings) -> None:
    contract = signed()
    _end(contract)
    settings.TODAY = date(2018, 10, 21)

    with refused("coverage.not_undoable"):
        undo_termination(coverages=_all(contract), by=SYSTEM)


def test_termination_stays_once_somebody_else_has_signed_the_person() -> None:
    contract = signed()
    _end(contract)
    other = make_coverage(
        resident=contract.coverages.get().resident, start_on=TODAY, contract=make_contract(number="K-9")
    )

    with refused("contract.overlap", match="K-9"):
        undo_termination(coverages=_all(contract), by=SYSTEM)
    assert other.terminated_on is None


def test_replaced_contract_cannot_be_brought_back() -> None:
    contract = signed()
    change_team(contract=contract, team=make_team(), on=TODAY, consent="paper", by=SYSTEM)

    with refused("coverage.not_undoable"):
        undo_termination(coverages=_all(contract), by=SYSTEM)


def test_household_is_suspended_and_resumed_together() -> None:
    contract = signed(make_resident(), make_resident())
    suspend_all(coverages=_all(contract), from_on=date(2018, 10, 1), to_on=None, reason="外出务工", by=SYSTEM)
    assert {row.status_on(TODAY) for row in _all(contract)} == {"suspended"}

    resume_all(coverages=_all(contract), on=TODAY, by=SYSTEM)
    assert {row.status_on(TODAY) for row in _all(contract)} == {"in_force"}
    assert [entry.kind for entry in contract.entries.all()][1:] == ["suspended"] * 2 + ["resumed"] * 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_end_and_move_a_contract_at_once_one_reads_what_the_other_did(settings: Settings) -> None:
    contract, team = signed(), make_team()
    seen, start = contract.entries.get().pk, Barrier(2)
    refusals: list[str] = []

    def clerk(step: object) -> None:
        start.wait()
        try:
            step()  # type: ignore[operator]
        except RuleViolation as refusal:
            refusals.append(refusal.code)
        finally:
            connection.close()

    steps = (
        lambda: _end(contract, on=date(2018, 11, 1), seen=seen),
        lambda: change_team(contract=contract, team=team, on=TODAY, consent="paper", seen=seen, by=SYSTEM),
    )
    threads = [Thread(target=clerk, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refusals == ["contract.changed_since"]
    assert_sound()


# --- Confirming -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start_on", "day", "year"),
    [
        (date(2016, 2, 29), date(2017, 2, 27), 1),
        (date(2016, 2, 29), date(2017, 2, 28), 2),
        (date(2016, 2, 29), date(2020, 2, 28), 4),
        (date(2016, 2, 29), date(2020, 2, 29), 5),
        (date(2018, 1, 1), date(2018, 12, 31), 1),
    ],
)
def test_contract_year_begins_on_the_anniversary(start_on: date, day: date, year: int) -> None:
    assert contract_year(start_on, day) == year


def test_contract_of_three_years_is_confirmed_once_in_its_second_and_third(settings: Settings) -> None:
    contract = signed(start_on=date(2017, 3, 1), end_on=date(2020, 2, 29))
    assert confirm(contract=contract, consent="phone", by=SYSTEM).year == 2
    with refused("contract.nothing_to_confirm"):
        confirm(contract=contract, consent="phone", by=SYSTEM)

    settings.TODAY = date(2019, 3, 1)
    assert open_years([contract], date(2019, 3, 1))[contract.pk] == 3
    confirm(contract=contract, consent="paper", by=SYSTEM)
    assert list(Confirmation.objects.values_list("year", "on")) == [(2, TODAY), (3, date(2019, 3, 1))]
    assert [entry.kind for entry in contract.entries.all()] == ["signed", "confirmed", "confirmed"]


def test_nothing_is_confirmed_in_the_first_year_when_over_or_when_the_policy_does_not_ask() -> None:
    young, ended = signed(), signed(start_on=date(2017, 1, 1), end_on=date(2019, 12, 31))
    assert open_years([young], TODAY)[young.pk] is None
    _end(ended)
    assert open_years([ended], TODAY)[ended.pk] is None

    old = signed(start_on=date(2017, 1, 1), end_on=date(2019, 12, 31))
    assert open_years([old], TODAY)[old.pk] == 2
    PolicyValue.objects.create(code="confirmed_yearly", value=0, from_on=date(2018, 1, 1))
    assert open_years([old], TODAY)[old.pk] is None
