"""Packages, their versions and payers: what changes in place, what makes the next version, what is refused."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from service_packages.actions.versions import define, set_shares
from service_packages.models import Item, PackageVersion, Payer
from service_packages.rules import ItemLine
from teams.models import Role
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.factories import make_coverage, make_user

pytestmark = pytest.mark.django_db

BP = ItemLine("BP", "随访", "htn_follow_up", 4, Decimal("15.00"))
EXAM = ItemLine("EXAM", "体检", "elderly_exam", 1, Decimal("40.00"))
HALVES = {"resident": Decimal("30.00"), "medical_insurance": Decimal("30.00")}


def _define(**changes: Any) -> PackageVersion:
    fields = {
        "code": "A",
        "name": "高血压包",
        "tier": "personalised",
        "categories": ["hypertension"],
        "annual_price": Decimal("60.00"),
        "items": [BP, EXAM],
        "by": SYSTEM,
    }
    return define(**fields | changes)


def _shares(version: PackageVersion, category: str = "") -> dict[str, Decimal]:
    return dict(version.shares.filter(category=category).values_list("payer", "amount"))


def _refusal(**changes: Any) -> str:
    with pytest.raises(RuleViolation) as refused:
        _define(**changes)
    return refused.value.code


# --- Versions -------------------------------------------------------------------------------------------------------


def test_new_package_is_published_as_its_first_version() -> None:
    version = _define()

    assert (version.number, version.status, version.price) == (1, "published", Decimal("60.00"))
    assert list(version.items.values_list("item__code", "times_per_year")) == [("BP", 4), ("EXAM", 1)]


def test_price_without_a_fixed_one_is_the_sum_over_its_items() -> None:
    assert _define(annual_price=None).price == Decimal("100.00")


def test_same_definition_gives_the_same_version_back() -> None:
    held = _define()
    make_coverage(packages=[held])

    assert _define(items=[EXAM, BP], annual_price=Decimal("60")) == held


def test_change_of_a_version_that_nobody_holds_is_made_in_place() -> None:
    version = _define()
    again = _define(items=[BP._replace(times_per_year=6)])

    assert again == version
    assert list(version.items.values_list("item__code", "times_per_year")) == [("BP", 6)]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "新名"},
        {"categories": []},
        {"annual_price": Decimal("61.00")},
        {"annual_price": None},
        {"items": [BP]},
        {"items": [BP, EXAM._replace(unit_price=Decimal("41.00"))]},
    ],
)
def test_change_of_a_held_version_makes_the_next_and_retires_it(change: dict[str, Any]) -> None:
    held = _define()
    make_coverage(packages=[held])
    version = _define(**change)
    held.refresh_from_db()

    assert (version.number, version.status, held.status) == (2, "published", "retired")
    assert held.items.count() == 2


def test_shares_go_along_while_the_price_is_the_same() -> None:
    held = set_shares(version=_define(), category="", shares=HALVES, by=SYSTEM)
    make_coverage(packages=[held])

    assert _shares(_define(name="新名")) == HALVES
    assert _shares(_define(annual_price=Decimal("61.00"))) == {}


def test_shares_of_another_price_go_when_a_version_is_changed_in_place() -> None:
    set_shares(version=_define(), category="", shares=HALVES, by=SYSTEM)

    assert _shares(_define(name="新名")) == HALVES
    assert _shares(_define(annual_price=Decimal("61.00"))) == {}


def test_item_is_corrected_for_all_packages_by_its_code() -> None:
    _define()
    _define(code="B", items=[BP._replace(name="高血压随访"), EXAM._replace(name="", kind="")])

    assert list(Item.objects.values_list("code", "name", "kind")) == [
        ("BP", "高血压随访", "htn_follow_up"),
        ("EXAM", "体检", "elderly_exam"),
    ]


def test_package_for_all_names_no_category() -> None:
    assert _define(categories=["all"]).categories == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"items": []}, "package.empty"),
        ({"items": [BP, BP]}, "package.item_twice"),
        ({"items": [BP._replace(times_per_year=0)]}, "package.times"),
        ({"items": [BP._replace(times_per_year=367)]}, "package.times"),
        ({"items": [BP._replace(unit_price=Decimal("0.005"))]}, "package.amount"),
        ({"annual_price": Decimal("-1")}, "package.amount"),
        ({"annual_price": Decimal("NaN")}, "package.amount"),
        ({"tier": "golden"}, "package.tier"),
        ({"categories": ["tall"]}, "category.unknown"),
    ],
)
def test_package_that_cannot_be_true_is_refused(change: dict[str, Any], code: str) -> None:
    assert _refusal(**change) == code


def test_clerk_may_not_change_packages() -> None:
    assert _refusal(by=make_user(Role.CLERK)) == "package.not_allowed"


# --- Shares ---------------------------------------------------------------------------------------------------------


def test_shares_that_add_up_are_kept() -> None:
    version = _define()

    assert set_shares(version=version, category="all", shares=HALVES, by=SYSTEM) == version
    assert _shares(version) == HALVES


def test_shares_that_do_not_add_up_are_refused_with_both_sums() -> None:
    with pytest.raises(RuleViolation, match=r"59\.99.*60\.00") as refused:
        set_shares(version=_define(), category="", shares={"resident": Decimal("59.99")}, by=SYSTEM)

    assert refused.value.code == "package.shares_do_not_add_up"


def test_shares_of_a_category_stand_beside_the_others() -> None:
    version = set_shares(version=_define(), category="", shares=HALVES, by=SYSTEM)
    poor = {"poverty_relief": Decimal("60.00")}
    set_shares(version=version, category="low_income", shares=poor, by=SYSTEM)

    assert (_shares(version), _shares(version, "low_income")) == (HALVES, poor)

    set_shares(version=version, category="low_income", shares={}, by=SYSTEM)
    assert _shares(version, "low_income") == {}


def test_other_shares_of_a_held_version_make_the_next_version() -> None:
    held = set_shares(version=_define(), category="", shares=HALVES, by=SYSTEM)
    make_coverage(packages=[held])
    poor = {"poverty_relief": Decimal("60.00")}
    version = set_shares(version=held, category="low_income", shares=poor, by=SYSTEM)

    assert version.number == 2
    assert (_shares(version), _shares(version, "low_income")) == (HALVES, poor)
    assert (_shares(held), _shares(held, "low_income")) == (HALVES, {})
    assert list(version.items.values_list("item__code", flat=True)) == ["BP", "EXAM"]


def test_database_keeps_a_version_that_is_held_but_for_its_status() -> None:
    held = set_shares(version=_define(), category="", shares=HALVES, by=SYSTEM)
    make_coverage(packages=[held])
    for change in (
        lambda: held.items.update(times_per_year=9),
        lambda: held.shares.all().delete(),
        lambda: held.shares.create(category="elderly", payer="resident", amount=60),
        lambda: PackageVersion.objects.update(name="x"),
        lambda: PackageVersion.objects.update(status="draft"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    PackageVersion.objects.update(status="retired")


def test_same_shares_of_a_held_version_change_nothing() -> None:
    held = set_shares(version=_define(), category="", shares=HALVES, by=SYSTEM)
    make_coverage(packages=[held])

    assert set_shares(version=held, category="", shares=HALVES, by=SYSTEM) == held


@pytest.mark.parametrize(
    ("category", "shares", "code"),
    [
        ("", {}, "package.shares_do_not_add_up"),
        ("tall", HALVES, "category.unknown"),
        ("", {"neighbour": Decimal("60.00")}, "package.payer"),
        ("", {"resident": Decimal("70.00"), "finance": Decimal("-10.00")}, "package.amount"),
    ],
)
def test_shares_that_cannot_be_true_are_refused(category: str, shares: dict[str, Decimal], code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        set_shares(version=_define(), category=category, shares=shares, by=SYSTEM)

    assert refused.value.code == code


def test_shares_of_a_retired_version_are_fixed() -> None:
    held = _define()
    make_coverage(packages=[held])
    _define(name="新名")

    with pytest.raises(RuleViolation) as refused:
        set_shares(version=held, category="", shares={Payer.RESIDENT: Decimal("60.00")}, by=SYSTEM)
    assert refused.value.code == "package.retired"
