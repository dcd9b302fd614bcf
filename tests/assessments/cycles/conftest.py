"""A district whose October is frozen, and a cycle opened on it. No settings are loaded yet when this file is read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

if TYPE_CHECKING:
    from tests.assessments.cycles.stages import Stage
    from tests.small_district import SmallDistrict


@pytest.fixture
def frozen(district: "SmallDistrict") -> Iterator["SmallDistrict"]:
    from assessments.actions.freezing import freeze
    from assessments.models import Month
    from teams.models.accounts import SYSTEM
    from tests.small_district import OCTOBER

    with transaction.atomic():
        current = Month.objects.get(first_on=OCTOBER).current
        assert current is not None
        freeze(revision=current, by=SYSTEM, explanation="小")
        yield district


@pytest.fixture
def stage(frozen: "SmallDistrict") -> "Stage":
    from assessments.actions.cycles import open_cycle
    from assessments.queries.scoring import assessed_units
    from teams.models import Role
    from tests.accounts import make_account
    from tests.assessments.cycles.stages import Stage, in_use, wanted
    from tests.small_district import OCTOBER

    official = make_account("o1", Role.OFFICIAL, institution=frozen.bureau)
    return Stage(
        open_cycle(wanted=wanted(in_use()), units=assessed_units("institution", OCTOBER), by=official),
        make_account("c1", Role.CLERK, institution=frozen.centre),
        official,
        make_account("o2", Role.OFFICIAL, institution=frozen.bureau),
    )
