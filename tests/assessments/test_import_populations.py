"""`populations`: the official resident populations."""

import pytest

from assessments.models import Population
from teams.models import Role
from tests.factories import centre, make_institution, make_user
from tests.importing import put

pytestmark = pytest.mark.django_db

HEADER = "institution_code,year,category,count"


@pytest.fixture(autouse=True)
def _centre() -> None:
    centre()


def test_populations_go_in_for_all_unless_a_category_is_named() -> None:
    rows = ('C,2018,,"45,210"', "C,2018年,,1", "C,2018,老年人,6000", "C,2018,key,9000")
    loaded = put("populations", HEADER, *rows)
    assert loaded.refused == {3: "year"}
    found = dict(Population.objects.values_list("category", "count"))
    assert found == {"all": 45210, "elderly": 6000, "key": 9000}


def test_population_is_found_again_and_corrected() -> None:
    put("populations", HEADER, "C,2018,,45210")
    assert put("populations", HEADER, "C,2018,全部人群,45210").counts == (0, 0, 1, 0)
    assert put("populations", HEADER, "C,2018,all,45000", "C,2018,all,45000").counts == (0, 1, 1, 0)
    assert Population.pgh_event_models["update"].objects.count() == 1


def test_populations_that_contradict_each_other_change_nothing_when_loaded_again() -> None:
    rows = (HEADER, "C,2018,,45210", "C,2018,全部人群,45000", "C,2018,key,9000")
    assert put("populations", *rows).counts == (2, 1, 0, 0)
    assert put("populations", *rows).counts == (0, 0, 3, 0)
    assert Population.pgh_event_models["update"].objects.count() == 0


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("X,2018,,1", "institution_code"),
        ("C,18,,1", "year"),
        ("C,2018,感冒,1", "category"),
        ("C,2018,,-1", "count"),
        ("C,2018,,1.5", "count"),
    ],
)
def test_population_with_a_bad_cell_is_refused(row: str, column: str) -> None:
    assert put("populations", HEADER, row).refused == {2: column}


def test_administrator_of_a_centre_enters_its_own_population_only() -> None:
    make_institution(code="D")
    by = make_user(Role.ADMINISTRATOR, institution=centre())
    assert put("populations", HEADER, "C,2018,,1", "D,2018,,1", by=by).refused == {3: "institution_code"}
