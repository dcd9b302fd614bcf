"""Whom a package suits, which packages go together, which records count."""

from decimal import Decimal

import pytest

from residents.models import Sex
from service_packages.models import Item, PackageVersion
from service_packages.rules import check_counts, doubts, incompatible, unsuitable
from teams.policy import DEFAULTS
from tests.factories import make_package

pytestmark = pytest.mark.django_db


def _reasons(version: PackageVersion, *categories: str, age: int = 70, sex: str = Sex.FEMALE) -> list[str]:
    return [reason.code for reason in unsuitable(version, categories=categories, age=age, sex=sex)]


def test_package_for_everyone_suits_everyone() -> None:
    assert _reasons(PackageVersion(), age=0, sex=Sex.MALE) == []


def test_package_of_a_register_needs_the_register() -> None:
    version = PackageVersion(categories=["hypertension", "diabetes"])
    assert _reasons(version, "diabetes") == []
    assert _reasons(version, "elderly") == ["package.not_in_category"]


def test_required_registers_are_needed_all() -> None:
    version = PackageVersion(required=["hypertension", "diabetes"])
    assert _reasons(version, "hypertension", "diabetes") == []
    assert _reasons(version, "diabetes") == ["package.not_registered"]


@pytest.mark.parametrize(
    ("age", "reasons"), [(17, ["package.too_young"]), (18, []), (49, []), (50, ["package.too_old"])]
)
def test_ages_are_completed_years_with_both_ends(age: int, reasons: list[str]) -> None:
    assert _reasons(PackageVersion(age_from=18, age_to=49), age=age) == reasons


def test_package_for_one_sex_does_not_suit_the_other() -> None:
    assert _reasons(PackageVersion(sex=Sex.FEMALE), sex=Sex.MALE) == ["package.sex"]


def test_levels_of_one_group_exclude_each_other() -> None:
    low, high = (make_package(code=code, name=code, exclusive_group="高血压") for code in ("H1", "H2"))
    other = make_package(code="ELD")
    assert incompatible([low, other]) == []
    assert [reason.code for reason in incompatible([low, high, other])] == ["package.exclusive"]


def test_two_versions_of_a_package_exclude_each_other_and_are_named_once() -> None:
    old, new = make_package(code="A"), make_package(code="A")
    assert [reason.code for reason in incompatible([old, new])] == ["package.twice"]


def test_item_without_deciding_rules_lets_every_record_count() -> None:
    item = Item(modes=["home"], performers=["nurse"], readings=["systolic"])
    assert check_counts(item, performer_job="", place="", readings={}) == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [("modes", "service.mode"), ("performers", "service.performer"), ("readings", "service.readings")],
)
def test_deciding_rule_says_why_a_record_does_not_count(rule: str, code: str) -> None:
    item = Item(modes=["home"], performers=["nurse"], readings=["systolic", "diastolic"], deciding=[rule])
    wrong = check_counts(
        item, performer_job="grid_worker", place="phone", readings={"systolic": 120, "diastolic": None}
    )
    right = check_counts(item, performer_job="nurse", place="home", readings={"systolic": 120, "diastolic": 80})
    assert [reason.code for reason in wrong] == [code]
    assert right == []


@pytest.mark.parametrize(
    ("price", "is_doubtful"), [("19.99", True), ("20.00", False), ("150.00", False), ("150.01", True), ("0.00", False)]
)
def test_price_outside_the_range_of_the_province_is_doubted(price: str, is_doubtful: bool) -> None:
    hubei = {**DEFAULTS, "package_price_least": 20, "package_price_most": 150}
    assert bool(doubts(PackageVersion(annual_price=Decimal(price)), hubei)) is is_doubtful
    assert doubts(PackageVersion(annual_price=Decimal(price)), DEFAULTS) == []
