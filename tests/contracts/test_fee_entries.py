"""Receiving, waiving, giving back and cancelling; what is carried when a contract changes in mid-term."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.accounts import Account
from contracts.actions import fees
from contracts.actions.changing import change_packages, change_team
from contracts.actions.ending import terminate
from contracts.models import Contract, Coverage, FeeEntry
from contracts.queries.accounts import accounts_of, is_out_of_force_unpaid, unpaid_coverages
from service_packages.models import PackageVersion
from teams.dates import ONE_DAY
from teams.models import PolicyValue, Role
from teams.models.accounts import SYSTEM
from teams.policy import policy_on
from tests.contracts.steps import refused, signed
from tests.factories import bureau, make_package, make_resident, make_team, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2018, 7, 15)
SHARES = {"public_health_fund": Decimal("20.00"), "medical_insurance": Decimal("12.00"), "resident": Decimal("8.00")}


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = TODAY


def yuan(text: str) -> Decimal:
    return Decimal(text)


def package(price: str = "40.00", **fields: Any) -> PackageVersion:
    shares = SHARES if price == "40.00" else {"resident": Decimal(price)}
    return make_package(items={"BP": 4}, price=Decimal(price), shares=shares, **fields)


def contract(*, members: int = 1, **fields: Any) -> Contract:
    return signed(*(make_resident() for _ in range(members)), versions=[package()], **fields)


def own(of: Contract, payer: str = "resident", on: date = TODAY) -> Account:
    """The account of the contract's first member."""
    return next(row for row in accounts_of(of, on) if row.payer == payer)


def receive(of: Contract, amount: str = "8.00", on: date = TODAY, **fields: Any) -> list[FeeEntry]:
    ids = of.coverages.order_by("pk").values_list("pk", flat=True)
    return fees.take_receipt(contract=of, amounts=dict.fromkeys(ids, yuan(amount)), on=on, by=SYSTEM, **fields)


def member(of: Contract) -> Coverage:
    return of.coverages.order_by("pk").first()


def test_household_s_receipt_bears_one_number_and_settles_every_member() -> None:
    household = contract(members=3)
    made = receive(household)
    assert {entry.number for entry in made} == {f"{household.team.institution.code}-R2018-00001"}
    assert [row.balance for row in accounts_of(household, TODAY) if row.payer == "resident"] == [0, 0, 0]
    assert own(household, "public_health_fund").open == yuan("20.00")
    assert receive(contract(team=household.team))[0].number.endswith("R2018-00002")


def test_no_more_is_received_than_is_owed_up_to_the_end() -> None:
    years = contract(end_on=date(2020, 12, 31))
    assert (own(years).due, own(years).open, own(years).left) == (yuan("8.00"), yuan("8.00"), yuan("24.00"))
    with refused("fee.too_much"):
        receive(years, "24.01")
    receive(years, "24.00")
    assert (own(years).balance, own(years).left) == (yuan("-16.00"), 0)
    with refused("fee.too_much"):
        fees.waive_fee(coverage=member(years), amount=yuan("0.01"), reason="困难", on=TODAY, by=SYSTEM)


def test_first_year_may_be_paid_before_it_begins() -> None:
    later = contract(start_on=TODAY, end_on=date(2019, 7, 14))
    Contract.objects.update(signed_on=TODAY)
    Coverage.objects.update(start_on=date(2018, 8, 1), end_on=date(2019, 7, 31))
    assert (own(later).due, own(later).open) == (0, yuan("8.00"))


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("fee.amount", {"amount": "0"}),
        ("fee.amount", {"amount": "-1"}),
        ("fee.amount", {"amount": "1.005"}),
        ("fee.day", {"on": date(2018, 7, 16)}),
        ("fee.day", {"on": date(2017, 12, 31)}),
        ("fee.changed_since", {"seen": 0}),
    ],
)
def test_receipts_that_cannot_be_are_refused(code: str, fields: dict[str, Any]) -> None:
    household = contract()
    receive(household, "1.00")
    with refused(code):
        receive(household, **({"amount": "1.00"} | fields))


def test_second_of_two_clerks_reads_who_was_first() -> None:
    household = contract()
    clerk = make_user(Role.CLERK, username="王办事员", institution=household.team.institution)
    fees.take_receipt(contract=household, amounts={member(household).pk: yuan("8")}, on=TODAY, seen=0, by=clerk)
    with refused("fee.changed_since", match="王办事员.*8.00.*2018-07-15"):
        receive(household, seen=0)


def test_nobody_pays_for_somebody_of_another_contract() -> None:
    stranger = member(contract())
    with refused("fee.stranger"):
        fees.take_receipt(contract=contract(), amounts={stranger.pk: yuan("8")}, on=TODAY, by=SYSTEM)
    with refused("fee.nothing"):
        fees.take_receipt(contract=stranger.contract, amounts={}, on=TODAY, by=SYSTEM)


def test_waiver_needs_its_reason() -> None:
    household = contract()
    with refused("fee.reason"):
        fees.waive_fee(coverage=member(household), amount=yuan("8"), reason=" ", on=TODAY, by=SYSTEM)
    fees.waive_fee(coverage=member(household), amount=yuan("8"), reason="低保", on=TODAY, by=SYSTEM)
    assert (own(household).waived, own(household).balance) == (yuan("8.00"), 0)


# --- After the end --------------------------------------------------------------------------------------------------


def test_unused_whole_months_are_given_back_after_a_termination() -> None:
    household = contract()
    receive(household)
    with refused("fee.not_received"):
        fees.refund(coverage=member(household), amount=yuan("0.01"), reason="x", on=TODAY, by=SYSTEM)
    terminate(coverage=member(household), on=TODAY, reason="request", by=SYSTEM)
    # Seven months have begun; five are left of forty yuan: 16.67, of which the resident's share is 3.33.
    assert own(household).refundable == yuan("3.33")
    with refused("fee.not_received"):
        fees.refund(coverage=member(household), amount=yuan("3.34"), reason="解约", on=TODAY, by=SYSTEM)
    fees.refund(coverage=member(household), amount=yuan("3.33"), reason="解约", on=TODAY, by=SYSTEM)
    assert (own(household).balance, own(household).refundable) == (0, 0)


def test_nothing_is_given_back_where_the_policy_of_the_first_day_says_so() -> None:
    PolicyValue.objects.create(code="refund_unused_months", value=0, from_on=date(2018, 1, 1))
    PolicyValue.objects.create(code="refund_unused_months", value=1, from_on=date(2018, 1, 2))
    household = contract()
    receive(household)
    terminate(coverage=member(household), on=TODAY, reason="request", by=SYSTEM)
    assert (own(household).balance, own(household).refundable) == (0, 0)


def test_what_was_waived_is_never_given_back_as_money() -> None:
    household = contract()
    fees.waive_fee(coverage=member(household), amount=yuan("8"), reason="低保", on=TODAY, by=SYSTEM)
    terminate(coverage=member(household), on=TODAY, reason="request", by=SYSTEM)
    assert (own(household).waived, own(household).over, own(household).refundable) == (yuan("4.67"), 0, 0)


def test_contract_that_never_was_in_force_owes_nothing() -> None:
    household = contract()
    receive(household)
    terminate(coverage=member(household), on=date(2018, 1, 1), reason="request", by=SYSTEM)
    assert (own(household).due, own(household).refundable) == (0, yuan("8.00"))


def test_death_ends_what_is_owed_without_a_termination() -> None:
    household = contract()
    receive(household)
    resident = member(household).resident
    resident.died_on = TODAY
    resident.save()
    assert own(household).refundable == yuan("3.33")


# --- Cancelling -----------------------------------------------------------------------------------------------------


def test_receipt_is_cancelled_as_a_whole_on_its_day_and_stays_to_be_seen() -> None:
    household = contract(members=2)
    first, _second = receive(household)
    with refused("fee.reason"):
        fees.cancel_entry(entry=first, reason="", by=SYSTEM)
    fees.cancel_entry(entry=first, reason="输错", by=SYSTEM)
    assert FeeEntry.objects.exclude(cancelled_at=None).count() == 2
    assert own(household).open == yuan("8.00")
    with refused("fee.cancelled", match="输错"):
        fees.cancel_entry(entry=first, reason="again", by=SYSTEM)


def test_entry_of_an_earlier_day_is_cancelled_by_an_official_only(settings: Any) -> None:
    (entry,) = receive(contract())
    settings.TODAY = date(2018, 7, 16)
    with refused("fee.too_late"):
        fees.cancel_entry(entry=entry, reason="x", by=make_user(Role.CLERK))
    fees.cancel_entry(entry=entry, reason="x", by=make_user(Role.OFFICIAL, institution=bureau()))


def test_receipt_that_was_given_back_is_not_cancelled() -> None:
    household = contract()
    (entry,) = receive(household)
    terminate(coverage=member(household), on=TODAY, reason="request", by=SYSTEM)
    fees.refund(coverage=member(household), amount=yuan("3.33"), reason="解约", on=TODAY, by=SYSTEM)
    with refused("fee.given_back", match="3.33"):
        fees.cancel_entry(entry=entry, reason="x", by=SYSTEM)


# --- Changing in mid-term -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end_on", [date(2018, 12, 31), date(2020, 12, 31)])
@pytest.mark.parametrize("on", [TODAY, date(2018, 7, 1), date(2018, 8, 20), date(2018, 1, 31)])
def test_change_of_team_costs_nothing_and_takes_the_money_along(on: date, end_on: date) -> None:
    before = contract(end_on=end_on)
    receive(before, on=before.signed_on)
    whole = own(before).agreed
    after = change_team(contract=before, team=make_team(), on=on, consent="paper", by=SYSTEM)
    both = [own(before, on=max(on, TODAY)), own(after, on=max(on, TODAY))]
    assert sum(row.agreed for row in both) == whole
    assert [row.balance for row in both] == [0, 0]
    assert [row.open for row in both] == [0, 0]
    assert both[0].carried == -both[1].carried == both[1].due
    assert not unpaid_coverages(on)
    later = own(after, on=date(2019, 1, 1))
    assert later.due - both[1].due == (yuan("8.00") if end_on.year == 2020 else 0)


@pytest.mark.parametrize("on", [date(2018, 6, 1), date(2018, 8, 20), date(2018, 3, 30)])
def test_change_of_team_leaves_the_days_on_which_years_fall_due(on: date) -> None:
    """Also of a term that is no whole number of years, as files may have it."""
    signed_on, years = date(2018, 3, 5), [date(2018, 12, 31), date(2019, 3, 4), date(2019, 3, 5), date(2020, 12, 31)]
    before = contract(start_on=signed_on, end_on=date(2020, 12, 31))
    owed = [own(before, on=day).due for day in years]
    after = change_team(contract=before, team=make_team(), on=on, consent="paper", by=SYSTEM)
    assert [own(before, on=day).due + own(after, on=day).due for day in years] == owed
    assert owed == [yuan("8.00"), yuan("8.00"), yuan("16.00"), yuan("22.67")]


def test_waiver_is_divided_between_the_contracts() -> None:
    before = contract()
    fees.waive_fee(coverage=member(before), amount=yuan("8"), reason="低保", on=date(2018, 2, 1), by=SYSTEM)
    after = change_team(contract=before, team=make_team(), on=TODAY, consent="paper", by=SYSTEM)
    assert [(row.waived, row.balance) for row in (own(before), own(after))] == [(yuan("4.00"), 0), (yuan("4.00"), 0)]
    assert own(before, on=date(2018, 3, 1)).balance == 0


@pytest.mark.parametrize("on", [TODAY, date(2018, 10, 1)])
def test_who_was_excused_owes_nothing_before_the_change_or_after_it(on: date) -> None:
    before = contract()
    fees.waive_fee(coverage=member(before), amount=yuan("8"), reason="低保", on=date(2018, 2, 1), by=SYSTEM)
    after = change_team(contract=before, team=make_team(), on=on, consent="paper", by=SYSTEM)
    for day in (date(2018, 2, 1), on - ONE_DAY, on, date(2018, 12, 31)):
        assert (own(before, on=day).balance, own(after, on=day).balance) == (0, 0)
    assert not unpaid_coverages(on - ONE_DAY)


def test_dearer_packages_leave_the_difference_to_be_paid() -> None:
    before = contract()
    receive(before)
    dear = package("80.00", name="慢病包")
    chosen = {member(before).resident_id: [dear]}
    after = change_packages(contract=before, packages=chosen, on=date(2018, 7, 1), consent="paper", by=SYSTEM)
    assert (own(after).carried, own(after).open) == (yuan("-4.00"), yuan("36.00"))
    carried = FeeEntry.objects.get(kind="carried_in")
    with refused("fee.carried"):
        fees.cancel_entry(entry=carried, reason="x", by=SYSTEM)


# --- Paid or not ----------------------------------------------------------------------------------------------------


def test_unpaid_contracts_count_unless_the_policy_says_no() -> None:
    household = contract()
    unpaid = member(household)
    assert not is_out_of_force_unpaid(unpaid, TODAY, policy_on(TODAY))
    assert unpaid_coverages(TODAY) == [unpaid.pk]
    PolicyValue.objects.create(code="unpaid_in_force", value=0, from_on=date(2018, 1, 1))
    policy = policy_on(TODAY)
    assert is_out_of_force_unpaid(unpaid, TODAY, policy)
    receive(household, on=date(2018, 7, 10))
    assert not is_out_of_force_unpaid(unpaid, date(2018, 7, 10), policy)
    assert is_out_of_force_unpaid(unpaid, date(2018, 7, 9), policy)
    assert unpaid_coverages(TODAY) == []


def test_who_owes_nothing_is_never_unpaid() -> None:
    signed(versions=[make_package(items={"BP": 4})])
    assert unpaid_coverages(TODAY) == []
