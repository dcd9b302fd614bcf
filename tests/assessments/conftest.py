"""The district whose figures the tests of pages look at. The settings aren't loaded yet when this file is read."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from tests.small_district import SmallDistrict


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator["SmallDistrict"]:
    """The small district with September and October, made once: tests write on top, and their writes are undone."""
    from assessments.actions.months import compute
    from tests.small_district import OCTOBER, make_small_district

    with django_db_blocker.unblock(), transaction.atomic():
        made = make_small_district()
        for month in (date(2018, 9, 1), OCTOBER):
            compute(month=month)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def official(district: "SmallDistrict") -> Client:
    from teams.models import Role
    from tests.accounts import make_account
    from tests.figure_pages import signed_in

    return signed_in(make_account("o", Role.OFFICIAL, institution=district.bureau))
