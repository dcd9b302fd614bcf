"""The statement balances to the cent, and is what the slow second implementation says."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest

from contracts.models import Coverage
from contracts.queries.statements import Grouping, Line, Scope, scope_of, statement
from teams.models import Role
from tests import factories
from tests.reference.examples import district, on_random_districts
from tests.reference.facts import load_facts
from tests.reference.fees import statement as slow_statement

pytestmark = pytest.mark.django_db


def numbers(line: Line) -> list[Decimal]:
    return [line.opening, line.due, line.received, line.waived, line.refunded, line.carried, line.closing]


@on_random_districts(examples=4)
def test_statement_is_the_reference_s_by_every_grouping_and_period(seed: int) -> None:
    with district(seed) as days:
        facts, chance = load_facts(), Random(seed)
        places = Coverage.objects.values_list("pk", "contract__team", "contract__team__institution")
        teams = {key: team for key, team, _institution in places}
        institutions = {key: institution for key, _team, institution in places}
        keys = {
            Grouping.TEAM: lambda coverage, payer, on: teams[coverage],
            Grouping.INSTITUTION: lambda coverage, payer, on: institutions[coverage],
            Grouping.PAYER: lambda coverage, payer, on: payer,
            Grouping.COVERAGE: lambda coverage, payer, on: (str(coverage), payer),
        }
        for grouping, key in keys.items():
            first, last = sorted(chance.choices(days, k=2))
            lines, count = statement(Scope(first, last), grouping)
            found = {tuple(line.key) if isinstance(line.key, list) else line.key: numbers(line) for line in lines}
            assert found == slow_statement(facts, first, last, key), f"seed {seed}, {grouping}"
            assert count == len(lines)


@on_random_districts(examples=2)
def test_each_month_opens_with_what_the_one_before_closed_with(seed: int) -> None:
    with district(seed):
        first, last = date(2017, 2, 10), date(2018, 11, 20)
        lines, _count = statement(Scope(first, last), Grouping.MONTH)
        assert len(lines) == 22
        assert all(before.closing == after.opening for before, after in pairwise(lines))
        (whole,) = slow_statement(load_facts(), first, last, lambda *_row: "all").values() or [[Decimal(0)] * 7]
        assert [lines[0].opening, *numbers(Line.total(lines))[1:6], lines[-1].closing] == whole


def test_account_states_what_it_sees_only() -> None:
    mine, other = factories.make_institution(), factories.make_institution()
    teams = {each: factories.make_team(institution=each) for each in (mine, other)}
    package = factories.make_package(price=Decimal("40.00"), shares={"resident": Decimal("40.00")})
    for team in teams.values():
        coverage = factories.make_coverage(team=team, packages=[package])
        coverage.packages.get().charges.create(payer="resident", amount=Decimal("40.00"))
    period = {"first": date(2018, 1, 1), "last": date(2018, 12, 31)}
    clerk = factories.make_user(Role.CLERK, institution=mine)
    lines, _count = statement(scope_of(clerk, **period), Grouping.TEAM)
    assert [(line.key, line.closing) for line in lines] == [(teams[mine].pk, Decimal("40.00"))]
    auditor = factories.make_user(Role.AUDITOR, institution=factories.bureau())
    lines, _count = statement(scope_of(auditor, **period), Grouping.INSTITUTION)
    assert [line.key for line in lines] == [mine.pk, other.pk]
