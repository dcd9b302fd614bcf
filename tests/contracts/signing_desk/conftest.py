"""What tests of the signing desk find: a clerk signed in, a team of a village, a household of four. The settings aren't
loaded yet when this file is read."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from pytest_django import Settings

if TYPE_CHECKING:
    from residents.models import Resident
    from service_packages.models import PackageVersion
    from teams.models import Team, User


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 20)


@pytest.fixture
def clerk() -> "User":
    from teams.models import Role
    from tests import accounts, factories

    return accounts.make_account("clerk", Role.CLERK, institution=factories.centre())


@pytest.fixture
def client(clerk: "User") -> Client:
    client = Client()
    client.force_login(clerk)
    return client


@pytest.fixture
def team() -> "Team":
    from tests import factories

    return factories.make_team(members=[factories.make_staff()], villages=[factories.make_village()])


@pytest.fixture
def basic() -> "PackageVersion":
    from tests import factories

    return factories.make_package(code="BASE", price=Decimal("40.00"), items={"BP": 4})


@pytest.fixture
def household(team: "Team", basic: "PackageVersion") -> list["Resident"]:
    """Four who live in the village that the team serves, the head first."""
    from tests import factories

    home, village = factories.make_household(), team.villages.get().village
    ages = (date(1950, 3, 1), date(1952, 6, 1), date(1978, 1, 1), date(2015, 5, 5))
    return [
        factories.make_resident(name=name, born=born, household=home, village=village, is_head=name == "张建国")
        for name, born in zip(("张建国", "李秀英", "张伟", "张小宝"), ages, strict=True)
    ]
