"""`registers`: entries on key-population registers."""

from datetime import date

import pytest

from residents.models import AddedRegister, Register
from teams.models import Role
from tests.factories import centre, make_id_number, make_institution, make_resident, make_user
from tests.importing import put

pytestmark = pytest.mark.django_db

HEADER = "id_number,category,from_on,to_on"
BORN = date(1960, 5, 17)


@pytest.fixture
def number() -> str:
    """The ID number of a resident of the centre."""
    number = make_id_number(BORN)
    make_resident(number=number, born=BORN)
    return number


def test_entries_go_in_by_code_and_by_chinese_name(number: str) -> None:
    AddedRegister.objects.create(code="copd", name="慢阻肺", bit=10)
    names = ("hypertension", "高血压患者", "糖尿病", "Ⅱ型糖尿病", "慢阻肺", "copd")
    loaded = put("registers", HEADER, *(f"{number},{name},{2010 + i}-01-01," for i, name in enumerate(names)))
    assert loaded.counts == (6, 0, 0, 0)
    found = Register.objects.order_by("from_on").values_list("category", flat=True)
    assert list(found) == ["hypertension", "hypertension", "diabetes", "diabetes", "copd", "copd"]


def test_entry_is_found_again_and_its_end_corrected(number: str) -> None:
    row = f"{number},hypertension,2017-03-01,"
    put("registers", HEADER, row)
    assert put("registers", HEADER, row).counts == (0, 0, 1, 0)
    assert put("registers", HEADER, f"{row}2018-01-01").counts == (0, 1, 0, 0)
    assert Register.objects.get().to_on == date(2018, 1, 1)
    assert Register.pgh_event_models["update"].objects.count() == 1


def test_entry_twice_in_a_file_ends_as_the_later_row_says(number: str) -> None:
    row = f"{number},hypertension,2017-03-01,"
    rows = (row, f"{row}2018-01-01", row, row)
    assert put("registers", HEADER, *rows).counts == (1, 2, 1, 0)
    assert Register.objects.get().to_on is None
    assert put("registers", HEADER, *rows).counts == (0, 0, 4, 0)


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("感冒,2017-03-01,", "category", "“感冒” is not one of"),
        ("elderly,2017-03-01,", "category", "Follows from age"),
        ("0-6岁儿童,2017-03-01,", "category", "Follows from age"),
        ("hypertension,,", "from_on", "Empty"),
        ("hypertension,1959-03-01,", "from_on", "before the day of birth"),
        ("hypertension,2017-03-01,2017-02-28", "to_on", "before the day of joining"),
    ],
)
def test_entry_that_cannot_be_true_is_refused(number: str, cells: str, column: str, reason: str) -> None:
    loaded = put("registers", HEADER, f"{number},{cells}")
    assert loaded.refused == {2: column}
    assert reason in loaded.refusals[2][1]


def test_resident_who_is_unknown_or_anothers_is_refused_alike(number: str) -> None:
    other = make_id_number()
    make_resident(number=other, institution=make_institution())
    by = make_user(Role.CLERK, institution=centre())
    rows = [f"{each},hypertension,2017-03-01," for each in (number, other, make_id_number())]
    loaded = put("registers", HEADER, *rows, by=by)
    assert loaded.counts == (1, 0, 0, 2)
    assert loaded.refusals[3] == loaded.refusals[4]
    assert loaded.refused == {3: "id_number", 4: "id_number"}
