"""Another team or other packages while a contract runs."""

from datetime import date
from decimal import Decimal

import pytest
from pytest_django import Settings

from contracts.actions.changing import change_packages, change_team
from contracts.actions.ending import suspend, terminate
from contracts.actions.renewing import renew
from contracts.models import Charge, Contract, Coverage
from service_packages.models import PackageVersion
from teams.models.accounts import SYSTEM
from tests.contracts.steps import END, START, TODAY, assert_sound, periods, refused, signed
from tests.factories import make_package, make_resident, make_service, make_team

pytestmark = pytest.mark.django_db
NOVEMBER = date(2018, 11, 1)


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


def _to_team(contract: Contract, on: date = NOVEMBER, **changes: object) -> Contract:
    return change_team(
        **{"contract": contract, "team": make_team(), "on": on, "consent": "paper", "by": SYSTEM} | changes
    )


def _to_packages(contract: Contract, *versions: PackageVersion, on: date = NOVEMBER) -> Contract:
    chosen = {key: list(versions) for key in contract.coverages.values_list("resident", flat=True)}
    return change_packages(contract=contract, packages=chosen, on=on, consent="phone", by=SYSTEM)


def test_other_team_takes_up_the_rest_of_the_term_with_what_was_signed() -> None:
    resident = make_resident()
    make_service(resident, "BP", date(2018, 11, 20))
    package = make_package(items={"BP": 4}, price=Decimal("80.00"), shares={"resident": Decimal("80.00")})
    contract = signed(resident, versions=[package])
    make_package(code=package.package.code, items={"BP": 4}, price=Decimal("90.00"))
    following = _to_team(contract)

    old, new = contract.coverages.get(), following.coverages.get()
    assert (old.terminated_on, old.termination_reason) == (NOVEMBER, Coverage.Reason.CHANGED)
    assert periods(resident) == [(START, date(2018, 10, 31)), (NOVEMBER, END)]
    assert (following.previous, following.origin, following.representative) == (contract, "team_change", resident)
    held = new.packages.get()
    assert (held.version, held.price, held.charges.get().amount) == (package, Decimal("80.00"), Decimal("80.00"))
    assert new.obligations.filter(met_on=date(2018, 11, 20)).exists()
    assert contract.entries.get(kind="team_changed").reason == following.number
    assert_sound()


def test_team_change_leaves_the_ended_behind_and_keeps_what_was_arranged() -> None:
    gone, ending, paused = make_resident(died_on=date(2018, 6, 1)), make_resident(), make_resident()
    contract = signed(gone, ending, paused)
    terminate(coverage=contract.coverages.get(resident=ending), on=date(2018, 12, 1), reason="moved", by=SYSTEM)
    suspend(coverage=contract.coverages.get(resident=paused), from_on=date(2018, 10, 1), reason="外出", by=SYSTEM)
    following = _to_team(contract)

    assert set(following.coverages.values_list("resident", flat=True)) == {ending.pk, paused.pk}
    kept = following.coverages.get(resident=ending)
    assert (kept.terminated_on, kept.termination_reason) == (date(2018, 12, 1), "moved")
    pause = following.coverages.get(resident=paused).suspensions.get()
    assert (pause.from_on, pause.to_on, pause.reason) == (NOVEMBER, None, "外出")
    assert_sound()


def test_contract_that_begins_later_begins_with_the_other_team(settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 1)
    renewed = renew(contract=signed(), consent="paper", by=SYSTEM)
    following = _to_team(renewed, on=date(2018, 12, 10))

    assert periods(following.coverages.get().resident) == [(START, END), (date(2019, 1, 1), date(2019, 12, 31))]
    assert following.coverages.get().start_on == date(2019, 1, 1)
    assert_sound()


def test_change_is_not_for_days_before_the_contract_began() -> None:
    contract = signed()
    with refused("contract.not_begun", match="2018-01-01"):
        _to_team(contract, on=date(2017, 12, 31))
    with refused("contract.not_begun", match="2018-01-01"):
        _to_packages(contract, make_package(items={"BP": 4}), on=date(2017, 6, 1))
    assert not contract.entries.exclude(kind="signed").exists()


def test_team_change_is_refused_with_its_reason() -> None:
    contract = signed()
    with refused("contract.same_team"):
        _to_team(contract, team=contract.team)
    with refused("contract.no_team"):
        _to_team(contract, team=make_team(dissolved_on=TODAY))
    with refused("contract.consent"):
        _to_team(contract, consent="")
    with refused("contract.over"):
        _to_team(contract, on=date(2019, 1, 1))
    following = _to_team(contract)
    with refused("contract.followed", match=following.number):
        _to_team(contract, on=date(2018, 10, 25))
    with refused("contract.over"):
        _to_team(contract)


def test_stale_step_is_refused_naming_who_did_what() -> None:
    contract = signed()
    seen = contract.entries.get().pk
    suspend(coverage=contract.coverages.get(), from_on=date(2018, 10, 1), reason="", by=SYSTEM)

    with refused("contract.changed_since", match=r"system.*2018-10-01"):
        _to_team(contract, seen=seen)
    assert _to_team(contract, seen=contract.entries.last().pk)


def test_kept_package_keeps_its_price_and_a_new_one_has_today_s() -> None:
    kept = make_package(code="A", price=Decimal("50.00"), shares={"finance": Decimal("50.00")})
    dropped, added = make_package(code="B"), make_package(code="C", price=Decimal("30.00"))
    contract = signed(versions=[kept, dropped])
    make_package(code="A", price=Decimal("60.00"))
    following = _to_packages(contract, kept, added)

    held = following.coverages.get().packages.order_by("version__package__code")
    assert [(row.version, row.price) for row in held] == [(kept, Decimal("50.00")), (added, Decimal("30.00"))]
    charges = Charge.objects.filter(held__coverage__contract=following).order_by("-amount")
    assert [(row.payer, row.amount) for row in charges] == [
        ("finance", Decimal("50.00")),
        ("resident", Decimal("30.00")),
    ]
    assert contract.entries.get(kind="packages_changed").consent == "phone"
    assert_sound()


def test_members_who_are_not_named_keep_what_they_hold() -> None:
    first, second = make_resident(), make_resident()
    basic, more = make_package(), make_package()
    contract = signed(first, second, versions=[basic])
    chosen = {first.pk: [basic, more]}
    following = change_packages(contract=contract, packages=chosen, on=NOVEMBER, consent="paper", by=SYSTEM)

    held = {row.resident: {one.version for one in row.packages.all()} for row in following.coverages.all()}
    assert held == {first: {basic, more}, second: {basic}}


def test_package_change_is_refused_with_its_reason() -> None:
    old = make_package(code="A")
    contract = signed(versions=[old])
    retired = make_package(code="B", status=PackageVersion.Status.RETIRED)

    with refused("contract.same_packages"):
        _to_packages(contract, old)
    with refused("contract.no_packages"):
        _to_packages(contract)
    with refused("contract.package_not_in_use"):
        _to_packages(contract, old, retired)
    with refused("package.twice"):
        _to_packages(contract, old, make_package(code="A"))
