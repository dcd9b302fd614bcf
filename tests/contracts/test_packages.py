"""What packages cost when they are signed, and who pays: prices and shares are copied once (docs/rules.md 6)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from contracts.actions.packages import hold_packages
from contracts.models import Charge, Coverage
from residents.models import Resident
from service_packages.actions.versions import set_shares
from service_packages.models import PackageVersion, Payer
from teams.models import PolicyValue
from teams.models.accounts import SYSTEM
from tests.factories import make_coverage, make_package, make_resident

pytestmark = pytest.mark.django_db

HALVES = {"resident": Decimal("20.00"), "public_health_fund": Decimal("40.00")}
POOR = {"poverty_relief": Decimal("20.00"), "public_health_fund": Decimal("40.00")}
OLD = {"finance": Decimal("60.00")}


def _hold(resident: Resident, *versions: PackageVersion) -> Coverage:
    """The resident's coverage from 1 January 2018, holding the versions."""
    coverage = make_coverage(resident=resident)
    hold_packages(rows=[(coverage.pk, version.pk) for version in versions])
    return coverage


def _charges(resident: Resident) -> dict[str, Decimal]:
    return dict(Charge.objects.filter(held__coverage__resident=resident).values_list("payer", "amount"))


def test_price_and_shares_are_copied_and_later_changes_do_not_touch_them() -> None:
    version, resident = make_package(price=Decimal("60.00"), shares=HALVES), make_resident()
    coverage = _hold(resident, version)
    set_shares(version=version, category="", shares=OLD, by=SYSTEM)
    hold_packages(rows=[(coverage.pk, version.pk)])

    assert coverage.packages.get().price == Decimal("60.00")
    assert _charges(resident) == HALVES


def test_price_of_a_version_without_a_fixed_one_is_the_sum_of_its_items() -> None:
    version = make_package(price=None, items={"BP": 4})
    version.items.update(unit_price=Decimal("12.50"))

    assert _hold(make_resident(), version).packages.get().price == Decimal("50.00")


def test_resident_pays_what_has_no_payers() -> None:
    resident = make_resident()
    _hold(resident, make_package(price=Decimal("60.00")), make_package())

    assert _charges(resident) == {"resident": Decimal("60.00")}


def _version_with_rules() -> PackageVersion:
    version = make_package(price=Decimal("60.00"), shares=HALVES)
    set_shares(version=version, category="low_income", shares=POOR, by=SYSTEM)
    return set_shares(version=version, category="elderly", shares=OLD, by=SYSTEM)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, HALVES),
        ({"registers": {"low_income": date(2018, 1, 1)}}, POOR),
        ({"registers": {"low_income": date(2018, 1, 2)}}, HALVES),
        ({"born": date(1953, 1, 1)}, OLD),
        ({"born": date(1953, 1, 2)}, HALVES),
        ({"born": date(1953, 1, 1), "registers": {"low_income": date(2017, 1, 1)}}, OLD),
        ({"registers": {"diabetes": date(2017, 1, 1)}}, HALVES),
    ],
    ids=["neither", "poor", "poor later", "65 that day", "65 the day after", "both, equal", "another register"],
)
def test_category_rule_replaces_the_shares_of_its_residents(
    fields: dict[str, Any], expected: dict[str, Decimal]
) -> None:
    resident = make_resident(**fields)
    _hold(resident, _version_with_rules())

    assert _charges(resident) == expected


def test_of_several_rules_the_one_that_leaves_the_resident_the_least_to_pay_holds() -> None:
    version = make_package(price=Decimal("60.00"), shares=OLD)
    set_shares(version=version, category="elderly", shares=HALVES, by=SYSTEM)
    set_shares(version=version, category="low_income", shares=POOR, by=SYSTEM)
    resident = make_resident(born=date(1940, 1, 1), registers={"low_income": date(2017, 1, 1)})
    _hold(resident, version)

    assert _charges(resident) == POOR


def test_someone_who_left_the_register_pays_like_others() -> None:
    resident = make_resident(registers={"low_income": date(2017, 1, 1)})
    resident.registers.update(to_on=date(2018, 1, 1))
    _hold(resident, _version_with_rules())

    assert _charges(resident) == HALVES


def test_children_are_those_who_have_not_completed_seven_years() -> None:
    version = make_package(price=Decimal("60.00"), shares=HALVES)
    set_shares(version=version, category="child", shares=OLD, by=SYSTEM)
    six, seven = make_resident(born=date(2011, 1, 2)), make_resident(born=date(2011, 1, 1))
    _hold(six, version)
    _hold(seven, version)

    assert (_charges(six), _charges(seven)) == (OLD, HALVES)


def test_age_of_the_elderly_is_the_one_that_holds_on_the_first_day() -> None:
    PolicyValue.objects.create(code="elderly_age", value=60, from_on=date(2018, 1, 1))
    resident = make_resident(born=date(1958, 1, 1))
    _hold(resident, _version_with_rules())

    assert _charges(resident) == OLD


cents = st.integers(0, 200_00).map(lambda number: Decimal(number) / 100)
shares = st.dictionaries(st.sampled_from(Payer.values), cents, min_size=1)


@given(general=shares, special=shares, is_poor=st.booleans())
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_charges_add_up_to_the_price_to_the_cent(
    general: dict[str, Decimal], special: dict[str, Decimal], is_poor: bool
) -> None:
    price = max(sum(general.values()), sum(special.values()))
    for payers in (general, special):
        payers["resident"] = payers.get("resident", Decimal("0.00")) + price - sum(payers.values())
    version = make_package(price=price, shares=general)
    set_shares(version=version, category="low_income", shares=special, by=SYSTEM)
    resident = make_resident(registers={"low_income": date(2017, 1, 1)} if is_poor else {})
    coverage = make_coverage(resident=resident)

    assert hold_packages(rows=[(coverage.pk, version.pk)]) == 1

    charges = _charges(resident)
    assert sum(charges.values()) == coverage.packages.get().price == price
    assert hold_packages(rows=[(coverage.pk, version.pk)]) == 0 and _charges(resident) == charges
