"""Registering residents by hand, and their households."""

from datetime import date

import pytest

from residents.actions.households import found_household, join_household, leave_household
from residents.actions.registering import register_resident
from residents.identity import IdNumber, parse_id_number
from residents.models import Resident
from teams import cipher
from teams.models import Role
from teams.models.accounts import SYSTEM
from teams.phones import parse_phone
from teams.rules import RuleViolation
from tests import factories

pytestmark = pytest.mark.django_db

NUMBER = parse_id_number("341204196005170029", today=date(2018, 12, 20))


def register(number: IdNumber = NUMBER, **fields: object) -> Resident:
    return register_resident(
        **{"number": number, "name": "张秀英", "institution": factories.centre(), "by": SYSTEM} | fields
    )


def refused(code: str, **fields: object) -> str:
    with pytest.raises(RuleViolation) as refusal:
        register(**fields)
    assert refusal.value.code == code
    return str(refusal.value)


def test_registering_keeps_what_the_id_number_says_and_nothing_in_clear() -> None:
    resident = register(phone=parse_phone("139 0558 0123"), registered_on=date(2018, 5, 1))
    resident = Resident.objects.get(pk=resident.pk)
    assert (resident.birth_date, resident.sex, resident.initials) == (date(1960, 5, 17), "female", "zxy")
    assert cipher.decrypt(resident.id_cipher, field="id_number") == NUMBER.number
    assert cipher.decrypt(resident.phone_cipher, field="phone") == "13905580123"
    assert resident.phone_problem == ""


def test_resident_without_a_phone_is_marked() -> None:
    assert register().phone_problem == "empty"


def test_second_registration_names_the_first() -> None:
    register()
    assert "张秀英" in refused("resident.exists", name="张秀兰")


def test_second_registration_tells_nothing_of_another_s_resident() -> None:
    register(institution=factories.make_institution())
    own = factories.make_institution()
    clerk = factories.make_user(Role.CLERK, institution=own)
    assert "张秀英" not in refused("resident.exists", institution=own, by=clerk)


def test_number_of_a_merged_record_is_taken() -> None:
    kept = factories.make_resident(name="张三")
    factories.make_resident(number=NUMBER.number, merged_into=kept)
    assert "张三" in refused("resident.exists")


def test_impossible_places_and_days_are_refused() -> None:
    clerk = factories.make_user(Role.CLERK, institution=factories.make_institution())
    refused("resident.outside", by=clerk)
    refused("resident.registered_before_birth", registered_on=date(1960, 5, 16))
    refused("resident.registered_in_future", registered_on=date(2999, 1, 1))


def test_households_are_numbered_on_in_their_village() -> None:
    village = factories.make_village(code="341204100201")
    factories.make_household(number="341204100201-0009")
    factories.make_household(number="341204100201-x")
    first, second = (factories.make_resident(village=village) for _number in range(2))
    household = found_household(members=[first, second], by=SYSTEM)
    assert household.number == "341204100201-0010"
    heads = Resident.objects.filter(household=household).order_by("pk").values_list("is_head", flat=True)
    assert list(heads) == [True, False]


def test_joining_as_head_replaces_the_head_and_leaving_leaves_none() -> None:
    old, new = factories.make_resident(), factories.make_resident()
    household = found_household(members=[old], by=SYSTEM)
    join_household(resident=new, household=household, is_head=True, by=SYSTEM)
    old.refresh_from_db()
    assert (old.is_head, new.pk) == (False, Resident.objects.get(household=household, is_head=True).pk)
    left = leave_household(resident=new, by=SYSTEM)
    assert (left.household, left.is_head) == (None, False)


def test_household_of_others_cannot_be_joined() -> None:
    theirs = found_household(members=[factories.make_resident()], by=SYSTEM)
    own = factories.make_institution()
    clerk = factories.make_user(Role.CLERK, institution=own)
    with pytest.raises(RuleViolation) as refusal:
        join_household(resident=factories.make_resident(institution=own), household=theirs, by=clerk)
    assert refusal.value.code == "household.outside"


def test_household_number_in_use_is_refused() -> None:
    number = found_household(members=[factories.make_resident()], by=SYSTEM).number
    with pytest.raises(RuleViolation) as refusal:
        found_household(members=[factories.make_resident()], number=number, by=SYSTEM)
    assert refusal.value.code == "household.number_taken"
