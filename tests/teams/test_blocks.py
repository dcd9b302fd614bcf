import pytest

from residents.models import Household
from teams.blocks import BLOCK, claim_block, county
from teams.models import Division, Institution
from tests.factories import bureau, make_household

pytestmark = pytest.mark.django_db


def make_county(code: str) -> None:
    root = bureau()
    root.division = Division.objects.create(code=code, name="颍泉区", level=Division.Level.COUNTY)
    root.save()


def test_county_without_a_bureau_is_unknown() -> None:
    assert county() == 0


def test_county_of_a_bureau_without_division_is_unknown() -> None:
    bureau()
    assert county() == 0


def test_county_is_the_first_six_digits_of_the_bureaus_division() -> None:
    make_county("341204001")
    assert county() == 341204


def test_county_of_a_city_is_filled_with_zeros() -> None:
    make_county("3412")
    assert county() == 341200


def test_claimed_block_holds_the_next_rows() -> None:
    make_county("341204")
    assert claim_block(Household) == 341204 * BLOCK
    assert make_household().pk // BLOCK == 341204


def test_claiming_again_goes_on_where_the_rows_ended() -> None:
    make_county("341204")
    claim_block(Household)
    first = make_household()
    claim_block(Household)
    assert make_household().pk == first.pk + 1


def test_claiming_for_an_unknown_county_changes_nothing() -> None:
    Institution.objects.all().delete()
    first = make_household()
    assert claim_block(Household) == 0
    assert make_household().pk == first.pk + 1
