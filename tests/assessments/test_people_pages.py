"""The people behind a figure: lists as long as their figure, nothing of others."""

import re

import pytest
from django.test import Client

from assessments.actions.months import compute
from assessments.indicators import INDICATORS, Indicator
from assessments.models import Figure
from assessments.presenters.parts import part_names
from assessments.queries.people import Part, figure_count, people
from assessments.queries.units import select
from assessments.views import figures as views
from residents.categories import categories
from teams.models import AuditEvent, Role
from tests.accounts import make_account
from tests.factories import (
    make_resident,
)
from tests.figure_pages import UNITS, address, text
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db


# --- The people behind a figure -------------------------------------------------------------------------------------

OPENING = [
    (row.code, category)
    for row in INDICATORS
    for category in (("all", "key") if row.categories is None else row.categories or ("all",))
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("indicator", "category"), OPENING)
def test_lists_are_as_long_as_their_figure(official: Client, indicator: str, category: str, unit: str) -> None:
    known = next(row for row in INDICATORS if row.code == indicator)
    pages = {
        part: official.get(address("people", indicator, part=part, category=category, **UNITS[unit]))
        for part in part_names(known)
    }
    assert {page.status_code for page in pages.values()} == {200}
    rows = {part: page.context["page"].object_list for part, page in pages.items()}
    above, below = figure_of(indicator, category, UNITS[unit])
    if known.numerator.column:
        assert sums(rows[Part.DENOMINATOR]) == (above, below)
    else:
        assert {part: len(found) for part, found in rows.items()} == {
            Part.NUMERATOR: above,
            Part.DENOMINATOR: below,
            Part.GAP: below - above,
        }
        assert [row["counted"] for row in rows[Part.DENOMINATOR]].count(True) == above


@pytest.mark.parametrize("unit", [*UNITS.values(), {"unit": "V"}], ids=[*UNITS, "clinic"])
@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda row: row.code)
def test_lists_of_every_category_at_every_level_make_their_figure(
    district: SmallDistrict, indicator: Indicator, unit: dict[str, str]
) -> None:
    account = make_account("o", Role.OFFICIAL, institution=district.bureau)
    for category in indicator.category_codes(categories()):
        selection = select(account, unit, category=category)
        count = figure_count(selection, indicator)
        lists = {part: people(selection, indicator, part) for part in Part}
        if indicator.numerator.column:
            rows = list(lists[Part.DENOMINATOR])
            assert sum(getattr(row, indicator.denominator.column) for row in rows) == count.denominator
            assert sum(getattr(row, indicator.numerator.column) for row in rows) == count.numerator
            assert set(lists[Part.NUMERATOR]) | set(lists[Part.GAP]) == set(rows)
        else:
            gap = count.denominator - count.numerator
            assert [lists[part].count() for part in Part] == [count.numerator, count.denominator, gap]


def test_list_of_all_members_of_a_key_population_is_called_after_it(official: Client) -> None:
    page = text(official, "people", "coverage", category="hypertension")
    assert "Hypertension 1" in page and "All residents" not in page


def figure_of(indicator: str, category: str, unit: dict[str, str]) -> tuple[int, int]:
    figure = Figure.objects.get(
        revision__month__first_on=OCTOBER,
        indicator=indicator,
        category=category,
        institution__code="C" if unit else "B",
        team__code=unit.get("team"),
    )
    return figure.numerator, figure.denominator


def sums(rows: list[dict[str, str]]) -> tuple[int, int]:
    """What the remarks add up to: "1 of 2", or "3 visits, ¥300.05"."""
    pairs = [re.findall(r"[\d.]+", row["note"]) for row in rows]
    if rows and "¥" in rows[0]["note"]:
        return sum(round(float(cost) * 100) for _visits, cost in pairs), sum(int(visits) for visits, _cost in pairs)
    return sum(int(above) for above, _below in pairs), sum(int(below) for _above, below in pairs)


def test_list_opens_with_those_whom_somebody_should_act_on(official: Client) -> None:
    names = {
        code: [row["name"] for row in official.get(address("people", code)).context["page"].object_list]
        for code in ("coverage", "unserved", "renewal")
    }
    assert names == {"coverage": ["周小宝", "郑丽"], "unserved": ["李建国"], "renewal": ["周小宝"]}


def test_list_is_masked_and_tells_key_populations(official: Client, district: SmallDistrict) -> None:
    page = text(official, "people", "coverage", part="numerator")
    assert re.search(r"王秀兰 34\d{4}\*{8}\d{3}[\dX] female 68 elderly, hypertension 姜堂村 李医生团队", page)
    assert not re.search(r"\d{11,}", page)


def test_look_at_people_is_recorded_without_naming_them(official: Client) -> None:
    text(official, "people", "coverage", part="gap", unit="C", month="2018-09")
    event = AuditEvent.objects.filter(kind=AuditEvent.Kind.PEOPLE).latest("id")
    assert (event.username, event.what) == ("o", "coverage all 宁老庄镇卫生院 2018-09 gap")


@pytest.mark.parametrize("words", ["王", "wxl", "WX"])
def test_list_is_searched_by_name_and_initials(official: Client, words: str) -> None:
    page = official.get(address("people", "coverage", part="denominator", q=words))
    assert [row["name"] for row in page.context["page"].object_list] == ["王秀兰"]
    assert "1 in all" in page.content.decode()


def test_search_that_finds_too_many_says_so_and_still_lists_in_order(
    official: Client, district: SmallDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(8):
        make_resident(village=district.village, name="冯一")
    compute(month=OCTOBER)
    every = official.get(address("people", "coverage", part="gap", q="冯")).context["page"].object_list
    monkeypatch.setattr(views, "ROWS_AT_MOST", 4)
    monkeypatch.setattr(views, "PEOPLE_A_PAGE", 3)
    pages = [official.get(address("people", "coverage", part="gap", q="冯", page=str(page))) for page in (1, 2, 3)]
    listed = [[row["why"] for row in page.context["page"].object_list] for page in pages]
    assert listed == [[row["why"] for row in every[:3]], [every[3]["why"]], [every[3]["why"]]]
    assert len(every) == 8 and "more than 4 in all" in pages[0].content.decode()


def test_long_list_is_cut_into_pages(official: Client, district: SmallDistrict) -> None:
    for _ in range(60):
        make_resident(village=district.village)
    compute(month=OCTOBER)
    first, second = (official.get(address("people", "coverage", part="gap", page=str(page))) for page in (1, 2))
    assert [len(page.context["page"].object_list) for page in (first, second)] == [50, 12]
    assert "part=gap&amp;page=2" in first.content.decode()


def test_search_keeps_the_other_parameters_whatever_they_are_called(official: Client) -> None:
    page = official.get("/figures/coverage/people/?lists=x&q=王&page=2&part=gap")
    assert page.context["search"]["kept"] == [("lists", "x"), ("part", "gap")]


@pytest.mark.parametrize(
    "address", ["/overview/?team=%00", "/people/?q=%00", "/overview/%00/", "/api/figures/?team=%00"]
)
def test_address_that_no_database_could_look_for_leads_nowhere(official: Client, address: str) -> None:
    assert official.get(address).status_code == 404
