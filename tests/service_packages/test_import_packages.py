"""`packages` and `payer_shares`: a line per item, a line per share."""

from decimal import Decimal

import pytest

from service_packages.models import Item, PackageVersion, PayerShare
from teams.models import Role
from tests.factories import centre, make_coverage, make_user
from tests.importing import put

pytestmark = pytest.mark.django_db

HEADER = (
    "package_code,package_name,tier,categories,annual_price,item_code,item_name,item_kind,times_per_year,unit_price"
)
FILE = (
    HEADER,
    "HTN,高血压包,个性化包,高血压患者;老年人,120,BP,血压随访,高血压随访,4,30",
    "HTN,高血压包,,,,EXAM,体检,,1,",
    "BASIC,基础包,basic,,0,ADVICE,咨询,,2,",
)
SHARES = ("服务包编码,适用人群,支付方,金额", "HTN,,个人,20", "HTN,,医保,100", "HTN,low_income,扶贫,120")


def published(code: str) -> PackageVersion:
    return PackageVersion.objects.get(package__code=code, status="published")


def items(code: str) -> dict[str, int]:
    return dict(published(code).items.values_list("item__code", "times_per_year"))


def shares(code: str, category: str = "") -> dict[str, Decimal]:
    return dict(published(code).shares.filter(category=category).values_list("payer", "amount"))


def test_packages_go_in_with_their_items() -> None:
    assert put("packages", *FILE).counts == (3, 0, 0, 0)
    version = published("HTN")
    assert (version.name, version.tier, version.annual_price) == ("高血压包", "personalised", Decimal("120.00"))
    assert version.categories == ["elderly", "hypertension"]
    assert items("HTN") == {"BP": 4, "EXAM": 1}
    assert Item.objects.get(code="BP").kind == "htn_follow_up"


def test_packages_loaded_again_change_nothing() -> None:
    put("packages", *FILE)
    assert put("packages", *FILE).counts == (0, 0, 3, 0)
    assert PackageVersion.objects.count() == 2
    assert PackageVersion.pgh_event_models["update"].objects.count() == 0


def test_lines_of_an_item_that_contradict_each_other_change_nothing_when_loaded_again() -> None:
    rows = (*FILE, "HTN,高血压包,,,,BP,血压随访,,6,25", "BASIC,基础包,,,,ADVICE,咨询,,2,")
    assert put("packages", *rows).counts == (3, 1, 1, 0)
    assert put("packages", *rows).counts == (0, 0, 5, 0)
    assert items("HTN") == {"BP": 6, "EXAM": 1}
    assert PackageVersion.pgh_event_models["update"].objects.count() == 0


def test_line_updates_its_item_and_leaves_those_that_no_line_names() -> None:
    put("packages", *FILE)
    again = put("packages", HEADER, "HTN,高血压包,个性化包,高血压患者;老年人,120,BP,血压随访,高血压随访,6,30")
    assert again.counts == (0, 1, 0, 0)
    assert items("HTN") == {"BP": 6, "EXAM": 1}


def test_package_that_is_held_gets_a_new_version() -> None:
    put("packages", *FILE)
    make_coverage(packages=[published("HTN")])
    assert put("packages", HEADER, "HTN,高血压包,个性化包,高血压患者;老年人,150,BP,血压随访,,4,30").counts == (
        0,
        1,
        0,
        0,
    )
    assert published("HTN").number == 2
    assert items("HTN") == {"BP": 4, "EXAM": 1}


def test_changed_name_of_the_package_is_told_by_its_first_line() -> None:
    put("packages", *FILE)
    assert put("packages", *(line.replace("高血压包", "血压包") for line in FILE)).counts == (0, 1, 2, 0)


@pytest.mark.parametrize(
    ("second", "column"),
    [
        ("HTN,别名,,,,EXAM,体检,,1,", "package_name"),
        ("HTN,高血压包,basic,,,EXAM,体检,,1,", "tier"),
        ("HTN,高血压包,,糖尿病,,EXAM,体检,,1,", "categories"),
        ("HTN,高血压包,,,100,EXAM,体检,,1,", "annual_price"),
        ("HTN,高血压包,,,,BP,别的随访,,1,", "item_name"),
        ("HTN,高血压包,,,,BP,血压随访,糖尿病,1,", "item_kind"),
    ],
)
def test_line_that_disagrees_with_an_earlier_one_is_refused(second: str, column: str) -> None:
    loaded = put("packages", *FILE[:2], second)
    assert loaded.refused == {3: column}
    assert loaded.counts == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("HTN,高血压包,gold,,,BP,血压随访,,4,", "tier"),
        ("HTN,高血压包,,感冒,,BP,血压随访,,4,", "categories"),
        ("HTN,高血压包,,,-1,BP,血压随访,,4,", "annual_price"),
        ("HTN,高血压包,,,1.005,BP,血压随访,,4,", "annual_price"),
        ("HTN,高血压包,,,,BP,血压随访,,0,", "times_per_year"),
        ("HTN,高血压包,,,,BP,血压随访,,2.5,", "times_per_year"),
        ("HTN,高血压包,,,,,血压随访,,4,", "item_code"),
    ],
)
def test_line_with_a_bad_cell_is_refused(cells: str, column: str) -> None:
    assert put("packages", HEADER, cells).refused == {2: column}


def test_windows_come_with_a_line_and_stay_when_a_file_does_not_tell_of_them() -> None:
    line = "CHI,儿童包,,儿童,0,VISIT,随访,,2,"
    assert put("packages", f"{HEADER},windows", f'{line},"月龄 1, 3-5"').counts == (1, 0, 0, 0)
    assert str(published("CHI").items.get().windows) == "age_months 1, 3-5"
    assert put("packages", HEADER, line).counts == (0, 0, 1, 0)
    assert put("packages", f"{HEADER},windows", f"{line},contract_year").counts == (0, 1, 0, 0)
    assert published("CHI").items.get().anchor == "contract_year"


def test_item_twice_in_a_package_ends_as_the_later_line_says() -> None:
    loaded = put("packages", HEADER, "A,包,,,,X,甲,,1,", "A,包,,,,X,甲,,2,", "A,包,,,,X,甲,,2,")
    assert loaded.counts == (1, 1, 1, 0)
    assert items("A") == {"X": 2}


def test_shares_go_in_and_change_nothing_the_second_time() -> None:
    put("packages", *FILE)
    assert put("payer_shares", *SHARES).counts == (3, 0, 0, 0)
    assert shares("HTN") == {"resident": Decimal("20.00"), "medical_insurance": Decimal("100.00")}
    assert shares("HTN", "low_income") == {"poverty_relief": Decimal("120.00")}
    assert put("payer_shares", *SHARES).counts == (0, 0, 3, 0)
    assert PayerShare.pgh_event_models["update"].objects.count() == 0


def test_shares_may_be_moved_between_payers_and_named_anew() -> None:
    put("packages", *FILE)
    put("payer_shares", *SHARES)
    assert put("payer_shares", SHARES[0], "HTN,,个人,10", "HTN,,财政,10").counts == (1, 1, 0, 0)
    assert shares("HTN") == {"resident": 10, "finance": 10, "medical_insurance": 100}
    assert put("payer_shares", SHARES[0], "HTN,,财政,120").counts == (0, 1, 0, 0)
    assert shares("HTN") == {"finance": 120}


def test_shares_of_a_payer_that_contradict_each_other_change_nothing_when_loaded_again() -> None:
    put("packages", *FILE)
    rows = (SHARES[0], "HTN,,个人,50", *SHARES[1:])
    assert put("payer_shares", *rows).counts == (3, 1, 0, 0)
    assert put("payer_shares", *rows).counts == (0, 0, 4, 0)
    assert shares("HTN") == {"resident": 20, "medical_insurance": 100}


def test_shares_that_do_not_add_up_are_refused_together() -> None:
    put("packages", *FILE)
    loaded = put("payer_shares", SHARES[0], "HTN,,个人,20", "HTN,,医保,90", "HTN,low_income,扶贫,120")
    assert loaded.refused == {2: "amount", 3: "amount"}
    assert "add up to 110.00 yuan" in loaded.refusals[2][1]
    assert shares("HTN") == {}


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("NONE,,个人,20", "package_code"),
        ("HTN,感冒,个人,20", "category"),
        ("HTN,,邻居,20", "payer"),
        ("HTN,,个人,-20", "amount"),
        ("HTN,,个人,", "amount"),
    ],
)
def test_share_with_a_bad_cell_is_refused(cells: str, column: str) -> None:
    put("packages", *FILE)
    assert put("payer_shares", SHARES[0], cells).refused == {2: column}


def test_catalogue_is_the_districts() -> None:
    from teams.imports import kinds_for

    codes = {kind.code for kind in kinds_for(make_user(Role.ADMINISTRATOR, institution=centre()))}
    assert codes.isdisjoint({"packages", "payer_shares", "divisions"})
    assert {"packages", "payer_shares", "divisions"} <= {kind.code for kind in kinds_for(make_user())}
