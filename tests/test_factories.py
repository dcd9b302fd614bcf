"""The factories make rows that the models accept."""

from datetime import date

import pytest

from teams.models import Role
from tests.factories import (
    make_coverage,
    make_doctor,
    make_package,
    make_resident,
    make_service,
    make_team,
    make_user,
    make_visit,
)

pytestmark = pytest.mark.django_db


def test_coverage_with_everything_is_accepted_by_the_database() -> None:
    version = make_package(items={"BP": 4, "ADVICE": 1})
    coverage = make_coverage(packages=[version], resident=make_resident(phone="13812345678"))
    make_service(coverage.resident, "BP", date(2018, 3, 1), systolic=138, diastolic=85)
    make_visit(coverage.resident, date(2018, 3, 1))

    assert coverage.packages.get().version == version


def test_package_of_a_known_code_becomes_its_next_version() -> None:
    make_package(code="P1")

    assert make_package(code="P1").number == 2


def test_accounts_see_what_their_role_says() -> None:
    team = make_team()

    assert make_doctor(team).scope.teams == {team.pk}
    assert make_user(Role.OFFICIAL).scope.is_district
