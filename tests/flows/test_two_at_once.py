"""Of two who make the same thing at once one wins, and the other reads that it was done."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from assessments.actions import checklists, funds
from assessments.actions.targets import Goal, copy_targets, set_target
from assessments.models import Target
from service_packages.actions import drafts, items
from teams.actions import institutions, teams, tokens
from teams.models import Institution, Role
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.factories import bureau, centre, make_user
from tests.processes import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _fund() -> None:
    funds.create_fund(code="F", name="基本公卫资金", by=SYSTEM)


def _key() -> None:
    tokens.create_token(user=make_user(Role.CLERK, institution=centre()), name="till", by=SYSTEM)


def _checklist() -> None:
    checklists.create(code="L", name="巡查清单", kinds=[Institution.Kind.VILLAGE_CLINIC], by=SYSTEM)


def _package() -> None:
    drafts.create_package(code="P", name="基础包", by=SYSTEM)


def _item() -> None:
    items.create_item(code="BP", name="测血压", by=SYSTEM)


def _institution() -> None:
    institutions.create_institution(
        code="N", name="新镇卫生院", kind="township_center", setting="rural", division=None, parent=bureau(), by=SYSTEM
    )


def _team() -> None:
    teams.create_team(code="N", name="新团队", institution=centre(), formed_on=date(2018, 1, 1), by=SYSTEM)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (_fund, "fund.code_taken"),
        (_key, "token.name_taken"),
        (_checklist, "checklist.code_taken"),
        (_package, "package.code_taken"),
        (_item, "item.code_taken"),
        (_institution, "institution.code_taken"),
        (_team, "team.code_taken"),
    ],
)
def test_the_second_reads_that_there_is_one_already(make: Callable[[], None], code: str) -> None:
    centre()
    answer = at_once(make, make)

    assert isinstance(answer, RuleViolation)
    assert answer.code == code


def test_targets_that_two_take_over_are_there_once() -> None:
    for category, rate in (("all", "30"), ("key", "60")):
        goal = Goal(indicator="coverage", category=category, year=2017, scope="all")
        set_target(goal=goal, rate=Decimal(rate), count=None, by=SYSTEM)

    def copy() -> int:
        return copy_targets(year=2017, to=2018, by=SYSTEM)

    assert at_once(copy, copy) == 0
    assert sorted(Target.objects.filter(year=2018).values_list("category", flat=True)) == ["all", "key"]
