"""Targets of a year: set on the page or by a file, held against the figures, told in people that are missing."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker, Settings

from assessments.actions.months import compute
from assessments.actions.targets import Goal, copy_targets, set_target
from assessments.imports.targets import INDICATOR_NAMES, parse_rate
from assessments.indicators import INDICATORS
from assessments.models import Target
from assessments.presenters.targets import _now
from assessments.queries.figures import Count, Key, is_met
from assessments.queries.standings import Standing, missing
from teams.cells import CellError
from teams.models import Role
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.importing import put
from tests.small_district import OCTOBER, SmallDistrict, make_small_district

pytestmark = pytest.mark.django_db
LIST = "/targets/"
HEADER = "indicator,category,year,scope,institution_code,rate,count"


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SmallDistrict]:
    """The small district with October, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_small_district()
        compute(month=OCTOBER)
        yield made
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = date(2018, 11, 20)


@pytest.fixture
def administrator(district: SmallDistrict) -> Client:
    return signed_in(Role.ADMINISTRATOR)


def signed_in(role: Role, **fields: object) -> Client:
    client = Client()
    client.force_login(make_account(f"the {role}", role, **fields))
    client.cookies["django_language"] = "en"
    return client


def target(rate: str | None = None, count: int | None = None, indicator: str = "coverage") -> Target:
    return Target(indicator=indicator, year=2018, rate=None if rate is None else Decimal(rate), count=count)


@pytest.mark.parametrize(
    ("numerator", "denominator", "held_to", "people"),
    [
        (3, 5, target("60"), 0),
        (3, 5, target("60.01"), 1),
        (0, 605_529, target("30"), 181_659),
        (190_136, 605_529, target("30"), 0),
        (94_094, 137_564, target(count=100_000), 5_906),
        (94_094, 137_564, target(count=33_600), 0),
        (5, 100, target("5", indicator="unserved"), 0),
        (6, 100, target("5", indicator="unserved"), 1),
        (6, 110, target("5", indicator="unserved"), 1),
        (5, 100, target(count=5, indicator="unserved"), 0),
        (8, 100, target(count=5, indicator="unserved"), 3),
    ],
)
def test_missing_people_are_those_who_would_reach_the_target(
    numerator: int, denominator: int, held_to: Target, people: int
) -> None:
    count = Count(Key(held_to.indicator), numerator, denominator)
    assert missing(count, held_to) == people
    assert is_met(count, held_to) is (people == 0)


def test_figure_that_misses_its_target_by_little_does_not_look_as_if_it_reached_it() -> None:
    standing = Standing(target("90", indicator="package_completion"), Count(Key("package_completion"), 8_998, 10_000))
    assert _now(standing) == "89.98%"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("target.indicator", {"indicator": "happiness"}),
        ("target.category", {"indicator": "controlled", "category": "child"}),
        ("target.category", {"indicator": "household_coverage", "category": "key"}),
        ("target.scope", {"scope": "institution"}),
        ("target.scope", {"scope": "everywhere"}),
        ("target.value", {"rate": None}),
        ("target.value", {"count": 5}),
        ("target.rate", {"rate": Decimal("100.01")}),
        ("target.count", {"indicator": "visit_cost", "rate": None, "count": 5}),
    ],
)
def test_impossible_target_is_refused(code: str, changes: dict[str, object]) -> None:
    values = {"indicator": "coverage", "category": "all", "scope": "all", "rate": Decimal(30), "count": None} | changes
    rate, count = values.pop("rate"), values.pop("count")
    with pytest.raises(RuleViolation) as refused:
        set_target(goal=Goal(year=2018, **values), rate=rate, count=count, by=SYSTEM)
    assert refused.value.code == code


def test_target_is_set_changed_and_withdrawn_on_the_page(administrator: Client) -> None:
    fields = {"year": "2018", "indicator": "coverage", "category": "all", "scope": "all", "rate": "80"}
    page = administrator.post("/targets/set/", fields, follow=True).content.decode()
    assert 'value="80"' in page and "60.0%" in page and "not reached" in page
    administrator.post("/targets/set/", fields | {"rate": "50"})
    only = Target.objects.get()
    assert only.rate == 50
    assert "reached" in administrator.get(LIST, {"year": "2018"}).content.decode()
    administrator.post(reverse("assessments:target_remove", args=[only.pk]))
    assert not Target.objects.exists()


def test_wrong_target_names_its_field_and_keeps_what_was_typed(administrator: Client) -> None:
    fields = {"year": "2018", "indicator": "coverage", "category": "all", "scope": "institution", "rate": "81.5"}
    page = administrator.post("/targets/set/", fields).content.decode()
    assert "names the institution" in page and 'value="81.5"' in page and not Target.objects.exists()


def test_targets_of_a_year_are_entered_as_a_table(administrator: Client) -> None:
    put("targets", HEADER, "coverage,,2018,,,30,", "coverage,key,2018,,,,33600", "visit_cost,,2018,,,60,")
    of_all, of_key, cost = Target.objects.order_by("indicator", "category")
    typed = {f"rate_{of_all.pk}": "", f"count_{of_all.pk}": "4", f"rate_{of_key.pk}": "65.5", f"rate_{cost.pk}": "60"}
    assert 'aria-label="Coverage key populations everywhere Head count"' in administrator.get(LIST).content.decode()
    page = administrator.post("/targets/save/", {"year": "2018", **typed}, follow=True).content.decode()
    assert "Targets changed: 2." in page
    assert list(Target.objects.order_by("indicator", "category").values_list("rate", "count")) == [
        (None, 4),
        (Decimal("65.50"), None),
        (Decimal(60), None),
    ]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"rate": "30", "count": "4"}, "Enter a rate or a head count"),
        ({"rate": ""}, "Enter a rate or a head count"),
        ({"rate": "100.01"}, "between 0 and 100"),
        ({"rate": "x1"}, "Enter a number"),
        ({"rate": "", "count": "9" * 12}, "less than or equal to 2000000000"),
    ],
)
def test_wrong_line_of_the_table_changes_nothing_and_keeps_what_was_typed(
    administrator: Client, typed: dict[str, str], told: str
) -> None:
    put("targets", HEADER, "coverage,,2018,,,30,", "coverage,key,2018,,,60,")
    of_all, of_key = Target.objects.order_by("category")
    lines = {f"{name}_{of_all.pk}": value for name, value in typed.items()} | {f"rate_{of_key.pk}": "70"}
    page = administrator.post("/targets/save/", {"year": "2018", **lines}).content.decode()
    assert told in page and all(f'value="{value}"' in page for value in typed.values() if value)
    assert 'value="70"' in page and set(Target.objects.values_list("rate", flat=True)) == {30, 60}


def test_year_without_targets_takes_over_those_of_the_year_before(administrator: Client) -> None:
    put("targets", HEADER, "coverage,,2017,,,30,", "coverage,key,2017,,,,33600")
    assert "Take over" in administrator.get(LIST, {"year": "2018"}).content.decode()
    administrator.post("/targets/copy/", {"year": "2018"})
    again = administrator.post("/targets/copy/", {"year": "2018"}, follow=True)
    assert "every target of the year before" in again.content.decode()
    assert list(Target.objects.filter(year=2018).values_list("category", "rate", "count")) == [
        ("all", Decimal("30.00"), None),
        ("key", None, 33600),
    ]
    assert copy_targets(year=2017, to=2018, by=SYSTEM) == 0


def test_clerk_reads_targets_of_the_own_institution_and_sets_none(district: SmallDistrict) -> None:
    put("targets", HEADER, "coverage,,2018,,C,77,", "coverage,,2018,,H,66,")
    clerk = signed_in(Role.CLERK, institution=district.centre)
    page = clerk.get(LIST, {"year": "2018"}).content.decode()
    assert "77%" in page and "66%" not in page and "Set a target" not in page


def test_clerk_reads_what_the_own_institution_is_held_to(district: SmallDistrict) -> None:
    put("targets", HEADER, "coverage,,2018,,,90,", "coverage,key,2018,,,,5", "renewal,,2018,urban,,60,")
    put("targets", HEADER, "unserved,,2018,,,5,", "unserved,,2018,,C,4,", "unserved,,2018,,V,3,")

    def shown(client: Client) -> set[tuple[str, str, str, str]]:
        rows = client.get(LIST, {"year": "2018"}).context["rows"]
        return {(str(row["indicator"]), str(row["scope"]), row["goal"], row["now"]) for row in rows}

    official = {row[0]: row[3] for row in shown(signed_in(Role.OFFICIAL, institution=district.bureau))}
    assert set(official) == {"Coverage", "Renewal", "Signed, not served"}
    clerk = shown(signed_in(Role.CLERK, institution=district.centre))
    assert clerk == {
        ("Coverage", "everywhere", "90%", "60.0%"),
        ("Signed, not served", "宁老庄镇卫生院", "at most 4%", "50.0%"),
        ("Signed, not served", "姜堂村卫生室", "at most 3%", "—"),
    }
    clinic = shown(signed_in(Role.ADMINISTRATOR, institution=district.clinic))
    assert ("Coverage", "everywhere", "90%", "0.0%") in clinic


def test_year_that_is_none_is_not_found(administrator: Client) -> None:
    assert [administrator.get(LIST, {"year": year}).status_code for year in ("x", "12", "９９９９")] == [404] * 3


def test_file_is_read_by_codes_and_names_and_again_changes_nothing() -> None:
    lines = ("签约覆盖率,全部人群,2018,全部,,30,", "coverage,key,2018,urban,,60.5,", "次均费用,,2018,,,85.00,")
    assert put("targets", HEADER, *lines).counts == (3, 0, 0, 0)
    assert put("targets", HEADER, *lines).counts == (0, 0, 3, 0)
    assert put("targets", HEADER, "签约覆盖率,,2018,,,31,").counts == (0, 1, 0, 0)
    contradicting = (HEADER, "coverage,,2018,,,33,", "签约覆盖率,全部人群,2018,all,,31,")
    assert put("targets", *contradicting).counts == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("happiness,,2018,,,30,", "indicator"),
        ("coverage,感冒,2018,,,30,", "category"),
        ("controlled,child,2018,,,30,", "category"),
        ("coverage,,18,,,30,", "year"),
        ("coverage,,2018,,X,30,", "institution_code"),
        ("coverage,,2018,institution,,30,", "scope"),
        ("coverage,,2018,,,101,", "rate"),
        ("coverage,,2018,,,,", "rate"),
        ("coverage,,2018,,,30,5", "rate"),
        ("coverage,,2018,,,,-1", "count"),
    ],
)
def test_bad_row_of_a_file_names_its_column(district: SmallDistrict, row: str, column: str) -> None:
    assert put("targets", HEADER, row).refused == {2: column}


def test_file_knows_every_indicator() -> None:
    assert set(INDICATOR_NAMES) == {indicator.code for indicator in INDICATORS}


@pytest.mark.parametrize(
    ("cell", "rate"), [("35%", "35"), ("35.5 ％", "35.5"), ("0.5%", "0.5"), (35, "35"), (1, "1"), (0, "0")]
)
def test_rate_in_a_file_is_read_with_and_without_its_sign(cell: object, rate: str) -> None:
    assert parse_rate(cell) == Decimal(rate)


@pytest.mark.parametrize("cell", [0.35, "0.35"])
def test_cell_shown_as_per_cent_is_asked_back(cell: object) -> None:
    with pytest.raises(CellError) as refusal:
        parse_rate(cell)
    assert refusal.value.code == "not_per_cent"
