"""Drafts and years: what may be changed when, and what follows from one year's catalogue."""

from decimal import Decimal
from typing import Any

import pytest

from service_packages.actions import drafts, items, years
from service_packages.actions.drafts import Wanted, fingerprint
from service_packages.models import Package, PackageVersion
from service_packages.rules import Conditions, ItemLine, doubts, shares_by_category
from service_packages.windows import Anchor, Span, Windows
from teams.models import Role
from teams.models.accounts import SYSTEM
from teams.policy import DEFAULTS
from teams.rules import RuleViolation
from tests.factories import centre, make_coverage, make_item, make_package, make_user
from tests.importing import put

pytestmark = pytest.mark.django_db

CHILD_VISITS = Windows(Anchor.AGE_MONTHS, (Span(1, 1), Span(3, 5)))


def _wanted(**changes: Any) -> Wanted:
    fields: dict[str, Any] = {
        "name": "儿童服务包",
        "tier": "personalised",
        "categories": ["child"],
        "annual_price": Decimal("40.00"),
        "items": [ItemLine("VISIT", "", "", 2, Decimal("5.00"), CHILD_VISITS)],
        "conditions": Conditions(year=2019),
        "shares": {"": {"resident": Decimal("8.00"), "medical_insurance": Decimal("32.00")}},
    }
    return Wanted(**fields | changes)


def _draft(**changes: Any) -> PackageVersion:
    make_item("VISIT")
    draft = drafts.create_package(code="CHI", name="儿童包", by=SYSTEM)
    return drafts.save_draft(draft=draft, wanted=_wanted(**changes), seen=fingerprint(draft), by=SYSTEM)


def _refusal(do: Any, **arguments: Any) -> str:
    with pytest.raises(RuleViolation) as refused:
        do(**{"by": SYSTEM} | arguments)
    return refused.value.code


# --- Drafts ---------------------------------------------------------------------------------------------------------


def test_draft_holds_what_was_wanted_and_is_published_as_it_is() -> None:
    version = drafts.publish(draft=_draft(), by=SYSTEM)
    row = version.items.get()
    assert (version.status, version.year, version.categories) == ("published", 2019, ["child"])
    assert (row.windows, row.times_per_year) == (CHILD_VISITS, 2)
    assert shares_by_category(version)[""]["resident"] == Decimal("8.00")


def test_draft_may_have_shares_that_do_not_add_up_but_is_not_published_with_them() -> None:
    draft = _draft(shares={"": {"resident": Decimal("7.00")}})
    assert _refusal(drafts.publish, draft=draft) == "package.shares_do_not_add_up"


def test_package_free_of_charge_needs_payers_in_the_residents_place() -> None:
    draft = _draft(conditions=Conditions(free_for=frozenset({"low_income"})))
    assert _refusal(drafts.publish, draft=draft) == "package.not_free"
    relieved = {**_wanted().shares, "low_income": {"poverty_relief": Decimal("40.00")}}
    wanted = _wanted(conditions=Conditions(free_for=frozenset({"low_income"})), shares=relieved)
    draft = drafts.save_draft(draft=draft, wanted=wanted, seen=fingerprint(draft), by=SYSTEM)
    assert drafts.publish(draft=draft, by=SYSTEM).status == "published"


def test_package_free_of_charge_needs_own_payers_where_another_rule_charges() -> None:
    """Somebody free of charge may also be old, and would pay by the rule of the old (docs/rules.md, reading 115)."""
    free = Conditions(free_for=frozenset({"low_income"}))
    shares = {"": {"finance": Decimal("40.00")}, "elderly": {"finance": Decimal("30.00"), "resident": Decimal("10.00")}}
    draft = _draft(conditions=free, shares=shares)
    assert _refusal(drafts.publish, draft=draft) == "package.not_free"
    wanted = _wanted(conditions=free, shares={**shares, "low_income": {"finance": Decimal("40.00")}})
    draft = drafts.save_draft(draft=draft, wanted=wanted, seen=fingerprint(draft), by=SYSTEM)
    assert drafts.publish(draft=draft, by=SYSTEM).status == "published"


def test_payers_from_a_file_that_charge_whom_it_is_free_for_are_doubted() -> None:
    nobody_pays = {"": {"finance": Decimal("40.00")}}
    draft = _draft(conditions=Conditions(free_for=frozenset({"low_income"})), shares=nobody_pays)
    version = drafts.publish(draft=draft, by=SYSTEM)
    assert doubts(version, DEFAULTS) == []
    put("payer_shares", "package_code,category,payer,amount", "CHI,elderly,resident,40.00")
    assert [doubt.code for doubt in doubts(version, DEFAULTS)] == ["package.not_free"]


def test_draft_of_a_package_in_use_leaves_it_until_published() -> None:
    held = make_package(code="A", shares={"finance": Decimal("0.00")})
    make_coverage(packages=[held])
    draft = drafts.start_draft(package=held.package, by=SYSTEM)
    assert (draft.number, draft.status) == (2, "draft")
    assert drafts.start_draft(package=held.package, by=SYSTEM) == draft
    drafts.publish(draft=draft, by=SYSTEM)
    held.refresh_from_db()
    assert held.status == "retired"


def test_second_of_two_who_edit_a_draft_is_told() -> None:
    draft = _draft()
    seen = fingerprint(draft)
    drafts.save_draft(draft=draft, wanted=_wanted(name="甲"), seen=seen, by=SYSTEM)
    assert _refusal(drafts.save_draft, draft=draft, wanted=_wanted(name="乙"), seen=seen) == "package.changed_meanwhile"


def test_published_version_is_no_draft_any_more() -> None:
    draft = _draft()
    drafts.publish(draft=draft, by=SYSTEM)
    assert _refusal(drafts.save_draft, draft=draft, wanted=_wanted(), seen="") == "package.no_draft"
    assert _refusal(drafts.publish, draft=draft) == "package.no_draft"
    assert _refusal(drafts.drop_draft, draft=draft) == "package.no_draft"


def test_dropped_draft_takes_a_package_that_was_nothing_else_with_it() -> None:
    drafts.drop_draft(draft=_draft(), by=SYSTEM)
    assert not Package.objects.exists()


def test_retired_package_is_offered_no_more() -> None:
    version = drafts.retire(version=make_package(), by=SYSTEM)
    assert version.status == "retired"
    assert _refusal(drafts.retire, version=version) == "package.not_published"


def test_register_windows_need_a_package_of_a_register() -> None:
    windows = Windows(Anchor.REGISTER_DAYS, (Span(0, 3),))
    wanted = _wanted(items=[ItemLine("VISIT", "", "", 1, Decimal(0), windows)])
    draft = _draft()
    assert _refusal(drafts.save_draft, draft=draft, wanted=wanted, seen=fingerprint(draft)) == "package.register"


@pytest.mark.parametrize("user", [{"role": Role.CLERK}, {"role": Role.ADMINISTRATOR, "own": True}])
def test_only_administrators_of_the_district_change_the_catalogue(user: dict[str, Any]) -> None:
    by = make_user(user["role"], institution=centre() if "own" in user else None)
    assert _refusal(drafts.create_package, code="X", name="x", by=by) == "package.not_allowed"
    assert _refusal(items.create_item, code="X", name="x", by=by) == "package.not_allowed"
    assert _refusal(years.copy_year, year=2019, percent=Decimal(0), by=by) == "package.not_allowed"


def test_item_is_changed_for_all_and_its_code_stays() -> None:
    item = items.create_item(code="BP", name="血压", by=SYSTEM)
    items.change_item(item=item, readings=["systolic"], deciding=["readings"], by=SYSTEM)
    item.refresh_from_db()
    assert (item.name, item.readings, item.deciding) == ("血压", ["systolic"], ["readings"])
    assert _refusal(items.create_item, code="BP", name="x") == "item.code_taken"


# --- Years ----------------------------------------------------------------------------------------------------------


def test_next_year_costs_so_much_more_and_its_shares_add_up() -> None:
    shares = {"public_health_fund": "20.00", "medical_insurance": "12.00", "resident": "8.00"}
    make_package(
        code="BASE", price=Decimal("40.00"), year=2018, shares={key: Decimal(of) for key, of in shares.items()}
    )
    (draft,) = years.copy_year(year=2019, percent=Decimal("4.99"), by=SYSTEM)
    assert (draft.status, draft.year, draft.price) == ("draft", 2019, Decimal("42.00"))
    assert sum(shares_by_category(draft)[""].values()) == Decimal("42.00")
    assert years.publish_year(year=2019, by=SYSTEM) == 1


def test_price_that_is_a_sum_follows_its_items() -> None:
    make_package(code="HTN", price=None, items={"BP": 4})
    PackageVersion.objects.get().items.update(unit_price=Decimal("0.10"))
    (draft,) = years.copy_year(year=2019, percent=Decimal(5), by=SYSTEM)
    assert (draft.annual_price, draft.price) == (None, Decimal("0.44"))


def test_year_is_copied_once() -> None:
    make_package()
    years.copy_year(year=2019, percent=Decimal(0), by=SYSTEM)
    assert _refusal(years.copy_year, year=2019, percent=Decimal(0)) == "package.nothing"
    years.publish_year(year=2019, by=SYSTEM)
    assert _refusal(years.copy_year, year=2019, percent=Decimal(0)) == "package.nothing"


def test_year_is_published_whole_or_not_at_all() -> None:
    make_package(code="A")
    make_package(code="B", name="差一分", price=Decimal("40.00"), shares={"resident": Decimal("39.99")})
    for version in PackageVersion.objects.all():
        drafts.start_draft(package=version.package, by=SYSTEM)
    PackageVersion.objects.filter(status="draft").update(year=2019)
    with pytest.raises(RuleViolation, match=r"差一分.*39\.99"):
        years.publish_year(year=2019, by=SYSTEM)
    assert PackageVersion.objects.filter(status="draft").count() == 2


@pytest.mark.parametrize("percent", ["-91", "901", "NaN"])
def test_change_beyond_reason_is_refused(percent: str) -> None:
    assert _refusal(years.copy_year, year=2019, percent=Decimal(percent)) == "package.percent"
