"""Finding residents by one text, whatever it is; among those whom the account sees."""

from datetime import date

import pytest

from residents.models import Resident
from residents.queries.search import CANDIDATES, find_residents
from teams.models import Role
from teams.models.accounts import SYSTEM
from tests import factories

pytestmark = pytest.mark.django_db


def names(text: str, **options: object) -> list[str]:
    return [resident.name for resident in find_residents(user=options.pop("user", SYSTEM), text=text, **options)]


@pytest.mark.parametrize("text", ["341204196005170029", " 341204 19600517 002９", "341204600517002"])
def test_id_number_finds_its_bearer_in_every_form(text: str) -> None:
    factories.make_resident(name="王秀兰", number="341204196005170029")
    factories.make_resident(name="李建国")
    assert names(text) == ["王秀兰"]


@pytest.mark.parametrize("text", ["13905580123", "139 0558-0123", "+86 139 0558 0123", "１３９０５５８０１２３"])
def test_phone_finds_everybody_who_gave_it(text: str) -> None:
    factories.make_resident(name="甲", phone="13905580123")
    factories.make_resident(name="乙", phone="13905580123")
    factories.make_resident(name="丙", phone="13905580124")
    assert sorted(names(text)) == ["乙", "甲"]


def test_household_number_finds_the_members() -> None:
    household = factories.make_household(number="341204100201-0007")
    factories.make_resident(name="张三", household=household)
    assert names("341204100201-0007") == ["张三"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zxy", ["张秀英", "张秀云娜"]),  # whole initials first
        ("ZX", ["张秀云娜", "张秀英"]),
        ("张", ["张秀云娜", "张秀英"]),
        ("张秀英", ["张秀英"]),
        ("秀英", ["张秀英"]),
        ("云娜", ["张秀云娜"]),
        ("欧阳", ["欧阳娜"]),
        ("英秀", []),
        ("x", []),
        ("", []),
        ("%", []),
        ("姜堂村", ["王五"]),
        ("堂村12", ["王五"]),
        ("陈集村", []),
    ],
)
def test_initials_names_and_addresses_find_people(text: str, found: list[str]) -> None:
    for name in ("张秀英", "张秀云娜", "欧阳娜"):
        factories.make_resident(name=name)
    factories.make_resident(name="王五", address="伍明镇姜堂村12号")
    assert names(text) == found


def test_beginnings_come_before_parts_and_the_living_before_the_dead() -> None:
    factories.make_resident(name="秀英兰", died_on=date(2018, 1, 1))
    factories.make_resident(name="秀英梅")
    factories.make_resident(name="张秀英")
    assert names("秀英") == ["秀英梅", "秀英兰", "张秀英"]
    assert names("秀英", limit=2) == ["秀英梅", "秀英兰"]


def test_only_those_whom_the_account_sees_are_found() -> None:
    own, other = factories.make_institution(), factories.make_institution()
    factories.make_resident(name="张三", institution=own, phone="13905580123")
    factories.make_resident(name="张三丰", institution=other, number="341204196005170029", phone="13905580123")
    clerk = factories.make_user(Role.CLERK, institution=own)
    for text in ("张", "zs", "13905580123"):
        assert names(text, user=clerk) == ["张三"]
    assert names("341204196005170029", user=clerk) == []
    assert names("张", user=factories.make_user(Role.AUDITOR, institution=own)) == []


def test_number_of_a_merged_record_finds_the_other() -> None:
    kept = factories.make_resident(name="张三")
    factories.make_resident(name="张山", number="341204196005170029", merged_into=kept)
    assert names("341204196005170029") == ["张三"]
    assert names("张山") == []


def test_search_takes_two_questions_at_most_however_many_fit(django_assert_max_num_queries: object) -> None:
    for _number in range(5):
        factories.make_resident(name="张三")
    with django_assert_max_num_queries(4):
        assert len(names("张", limit=3)) == 3
    assert Resident.objects.count() < CANDIDATES
