"""Which rows each account sees: one answer for every model that a page or a command shows."""

from datetime import date

import pytest
from django.db.models import Model

from contracts.models import Contract, Coverage, Obligation, Service, Visit
from residents.models import Household, Register, Resident
from service_packages.models import Item
from teams.access import NOWHERE
from teams.models import Import, Institution, InstitutionParent, Role, Staff, Team, TeamMember, User
from teams.models.accounts import SYSTEM
from tests import factories
from tests.accounts import District, make_account, make_district

pytestmark = pytest.mark.django_db

PERSONAL = (Resident, Contract, Coverage, Service, Visit, Obligation, Household, Register)


@pytest.fixture
def district() -> District:
    return make_district()


def sees(user: User, *rows: Model) -> list[bool]:
    return [type(row)._default_manager.visible_to(user).filter(pk=row.pk).exists() for row in rows]


def test_clerk_sees_the_own_centre_and_what_is_below(district: District) -> None:
    clinic = factories.make_institution(kind=Institution.Kind.VILLAGE_CLINIC, parent=district.own.centre)
    below = factories.make_resident(institution=clinic)
    own, clerk = district.own, district.users["clerk"]
    assert all(sees(clerk, own.centre, clinic, own.team, own.resident, below, own.contract, own.imported))


def test_clerk_sees_nothing_of_another_centre(district: District) -> None:
    other, clerk = district.other, district.users["clerk"]
    assert not any(sees(clerk, other.centre, other.team, other.resident, other.contract, other.imported))
    assert not sees(clerk, factories.bureau())[0]


def test_clerk_sees_a_clinic_only_while_it_is_below_the_centre(district: District) -> None:
    clinic = factories.make_institution(parent=district.other.centre)
    InstitutionParent.objects.filter(institution=clinic).update(to_on=date(2018, 1, 1))
    InstitutionParent.objects.create(institution=clinic, parent=district.own.centre, from_on=date(2018, 1, 1))
    assert sees(district.users["clerk"], clinic) == [True]
    assert sees(district.users["foreign"], clinic) == [False]


def test_doctor_sees_the_own_team_and_the_residents_of_its_villages(district: District) -> None:
    doctor, own = district.users["doctor"], district.own
    colleague = factories.make_team(institution=own.centre)
    neighbour = factories.make_resident(institution=district.other.centre, village=own.village)
    assert all(sees(doctor, own.team, own.contract, own.resident, neighbour))
    elsewhere = factories.make_resident(institution=own.centre)
    assert not any(sees(doctor, colleague, elsewhere, own.centre, own.imported))


def test_doctor_sees_who_signed_with_the_team_wherever_they_live(district: District) -> None:
    signed = factories.make_resident(institution=district.other.centre)
    factories.make_coverage(resident=signed, team=district.own.team)
    assert sees(district.users["doctor"], signed) == [True]


def test_doctor_who_left_the_team_sees_nothing(district: District) -> None:
    TeamMember.objects.update(to_on=date(2018, 1, 1))
    doctor, own = User.objects.get(username="doctor"), district.own
    assert not any(sees(doctor, own.team, own.contract, own.resident))


@pytest.mark.parametrize("role", ["official", "administrator"])
def test_bureau_sees_the_district(district: District, role: str) -> None:
    for place in (district.own, district.other):
        rows = (place.centre, place.team, place.resident, place.contract, place.imported)
        assert all(sees(district.users[role], *rows))


def test_auditor_sees_institutions_and_teams_and_no_person(district: District) -> None:
    auditor, own = district.users["auditor"], district.own
    assert all(sees(auditor, own.centre, own.team))
    assert not any(sees(auditor, own.resident, own.contract, own.imported))


@pytest.mark.parametrize("model", [*PERSONAL, Institution, Team, Staff, Import, Item])
def test_account_without_a_role_or_closed_sees_no_row(district: District, model: type[Model]) -> None:
    closed = make_account("closed", Role.CLERK, institution=district.own.centre, is_active=False)
    for user in (make_account("nobody", institution=district.own.centre), closed):
        assert user.scope == NOWHERE
        if model is not Item or user is not closed:  # a closed account cannot sign in; the catalogue is no secret
            assert not model._default_manager.visible_to(user).exists()


def test_personal_rows_are_hidden_from_the_auditor_even_when_there_are_some(district: District) -> None:
    resident = district.own.resident
    factories.make_service(resident, "HTN", date(2018, 3, 1))
    factories.make_visit(resident, date(2018, 3, 1))
    for model in PERSONAL:
        assert not model._default_manager.visible_to(district.users["auditor"]).exists()


def test_system_sees_the_district(district: District) -> None:
    assert Resident.objects.visible_to(SYSTEM).count() == Resident.objects.filter(merged_into=None).count()
    assert Import.objects.visible_to(SYSTEM).count() == 2
