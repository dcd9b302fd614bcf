"""Waivers of fees follow what is owed, whatever ends a contract and in whatever order things happen."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from contracts.accounts import Account
from contracts.actions import fees, lives
from contracts.actions.changing import change_team
from contracts.actions.ending import terminate, undo_termination
from contracts.actions.fee_counts import count_fees, fit_all_waivers
from contracts.models import Contract, Coverage, FeeEntry
from contracts.queries.accounts import accounts, accounts_of
from contracts.queries.statements import Grouping, Scope, statement
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.contracts.steps import refused, signed
from tests.factories import make_package, make_resident, make_team

pytestmark = pytest.mark.django_db

TODAY = date(2018, 7, 15)
SHARES = {"public_health_fund": Decimal("77.77"), "resident": Decimal("42.23")}


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = TODAY


def contract() -> Contract:
    """A year from New Year on, 120 yuan of which the resident bears 42.23."""
    return signed(make_resident(), versions=[make_package(items={"BP": 4}, price=Decimal("120.00"), shares=SHARES)])


def member(of: Contract) -> Coverage:
    return of.coverages.get()


def waive(of: Contract, amount: str) -> FeeEntry:
    return fees.waive_fee(coverage=member(of), amount=Decimal(amount), reason="低保", on=TODAY, by=SYSTEM)


def own(of: Contract) -> Account:
    return next(row for row in accounts_of(of, TODAY) if row.payer == "resident")


def cuts() -> list[Decimal]:
    return list(FeeEntry.objects.standing().filter(kind="waiver_cut").values_list("amount", flat=True))


def test_waiver_shrinks_to_what_is_owed_and_grows_again_with_the_termination_taken_back() -> None:
    household = contract()
    waive(household, "42.23")
    terminate(coverage=member(household), on=TODAY, reason="request", by=SYSTEM)
    # Seven months have begun; of five the resident's share is 17.60 (50.00, split by largest remainder).
    assert cuts() == [Decimal("17.60")]
    assert (own(household).waived, own(household).balance, own(household).over) == (Decimal("24.63"), 0, 0)
    undo_termination(coverages=[member(household)], by=SYSTEM)
    assert (own(household).waived, own(household).balance, cuts()) == (Decimal("42.23"), 0, [])


def test_money_goes_back_before_a_waiver_shrinks() -> None:
    household = contract()
    fees.take_receipt(contract=household, amounts={member(household).pk: Decimal("22.23")}, on=TODAY, by=SYSTEM)
    waive(household, "20.00")
    terminate(coverage=member(household), on=TODAY, reason="request", by=SYSTEM)
    assert (cuts(), own(household).refundable) == ([], Decimal("17.60"))


def test_what_was_taken_off_is_nobody_s_to_cancel_and_goes_with_its_waiver() -> None:
    household = contract()
    waiver = waive(household, "42.23")
    terminate(coverage=member(household), on=TODAY, reason="request", by=SYSTEM)
    with refused("fee.cut"):
        fees.cancel_entry(entry=FeeEntry.objects.get(kind="waiver_cut"), reason="x", by=SYSTEM)
    fees.cancel_entry(entry=waiver, reason="输错", by=SYSTEM)
    assert (own(household).waived, cuts()) == (0, [])


def test_death_takes_off_too_and_a_mended_day_takes_off_less() -> None:
    household = contract()
    waive(household, "42.23")
    person = member(household).resident
    for died_on, owed in ((TODAY, "24.63"), (date(2018, 3, 1), "7.04"), (None, "42.23")):
        lives.record_departure(resident=person, died_on=died_on, moved_out_on=None, by=SYSTEM)
        assert (own(household).waived, own(household).over) == (Decimal(owed), 0)


def test_end_that_came_by_a_file_is_followed_within_the_hour() -> None:
    household = contract()
    waive(household, "42.23")
    household.coverages.update(terminated_on=TODAY, termination_reason="request")
    fit_all_waivers(by=SYSTEM)
    assert (own(household).waived, own(household).over) == (Decimal("24.63"), 0)
    fit_all_waivers(by=SYSTEM)
    assert FeeEntry.objects.filter(kind="waiver_cut").count() == 1


@pytest.mark.parametrize("seed", range(12))
def test_accounts_and_statement_balance_to_the_cent_whatever_happened(seed: int) -> None:
    chance = Random(seed)
    contracts = [contract()]
    for _ in range(12):
        try:
            chance.choice(STEPS)(chance, contracts)
        except RuleViolation:
            continue  # not possible as things stand: nothing may be left behind
    coverages = Coverage.objects.filter(contract__in=contracts)
    ids = list(coverages.values_list("pk", flat=True))
    found = accounts(ids, date(2030, 1, 1))
    assert [row for row in found if row.over != row.refundable or row.waived > max(row.agreed, 0)] == []
    counted = count_fees()
    for by in (Grouping.PAYER, Grouping.COVERAGE):
        lines, _count = statement(Scope(date(2018, 1, 1), TODAY), by)
        assert sum(line.closing for line in lines) == sum(row.balance for row in accounts(ids, TODAY))
    assert counted


def _amount(chance: Random) -> Decimal:
    return Decimal(chance.randint(1, 4300)).scaleb(-2)


def _waive(chance: Random, contracts: list[Contract]) -> None:
    payer = chance.choice(list(SHARES))
    row = member(chance.choice(contracts))
    fees.waive_fee(coverage=row, amount=_amount(chance), payer=payer, reason="低保", on=_past(chance), by=SYSTEM)


def _receive(chance: Random, contracts: list[Contract]) -> None:
    row = member(contracts[-1])
    fees.take_receipt(contract=contracts[-1], amounts={row.pk: _amount(chance)}, on=_past(chance), by=SYSTEM)


def _refund(chance: Random, contracts: list[Contract]) -> None:
    row = member(chance.choice(contracts))
    fees.refund(coverage=row, amount=_amount(chance), reason="解约", on=TODAY, by=SYSTEM)


def _end(chance: Random, contracts: list[Contract]) -> None:
    terminate(coverage=member(contracts[-1]), on=_past(chance), reason="request", by=SYSTEM)


def _resume(chance: Random, contracts: list[Contract]) -> None:
    undo_termination(coverages=[member(contracts[-1])], by=SYSTEM)


def _leave(chance: Random, contracts: list[Contract]) -> None:
    person = member(contracts[-1]).resident
    gone = chance.choice([None, _past(chance)])
    lives.record_departure(resident=person, died_on=None, moved_out_on=gone, by=SYSTEM)


def _cancel(chance: Random, contracts: list[Contract]) -> None:
    entries = list(FeeEntry.objects.standing())
    if entries:
        fees.cancel_entry(entry=chance.choice(entries), reason="输错", by=SYSTEM)


def _change(chance: Random, contracts: list[Contract]) -> None:
    team = make_team()
    contracts.append(change_team(contract=contracts[-1], team=team, on=_past(chance), consent="paper", by=SYSTEM))


def _past(chance: Random) -> date:
    return TODAY - timedelta(days=chance.randrange(190))


STEPS: list[Callable[[Random, list[Contract]], None]] = [
    *(_waive, _waive, _receive, _receive, _refund),
    *(_end, _resume, _leave, _cancel, _change),
]
