"""The statement balances to the cent, and is what the slow second implementation says."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from contracts.actions.fee_counts import count_fees
from contracts.models import Coverage, FeeCount, FeeEntry
from contracts.queries.fee_desk import Standing, desk
from contracts.queries.statements import Grouping, Line, Scope, people_statement, scope_of, statement
from teams.models import Role
from teams.policy import policy_on
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


@on_random_districts(examples=3)
def test_counted_statement_and_desk_are_those_of_the_moment_whatever_is_entered_since(settings: Any, seed: int) -> None:
    with district(seed) as days:
        chance = Random(seed)
        day = settings.TODAY = chance.choice(days)
        _settle_some(chance, day)
        scope, teams = Scope(date(2017, 1, 1), day), list(Coverage.objects.values_list("contract__team", flat=True))
        FeeEntry.objects.update(entered_at=timezone.now() - timedelta(minutes=30))
        count_fees()
        _settle_some(chance, day)
        counted = _told(scope, teams, day)
        FeeCount.objects.all().delete()

        assert counted == _told(scope, teams, day), f"{seed} {day}"


@on_random_districts(examples=3)
def test_people_s_statement_page_by_page_is_everybody_s(settings: Any, seed: int) -> None:
    with district(seed) as days:
        settings.TODAY = max(days)
        _settle_some(Random(seed), max(days))
        scope = Scope(min(days), max(days), list(Coverage.objects.values_list("contract__team", flat=True).distinct()))
        every = {tuple(line.key): numbers(line) for line in statement(scope, Grouping.COVERAGE)[0]}
        for _counted in range(2):
            found, start, contracts = {}, 0, 1
            while start < contracts:
                lines, contracts = people_statement(scope, limit=7, offset=start)
                assert not {tuple(line.key) for line in lines} & set(found)
                found |= {tuple(line.key): numbers(line) for line in lines}
                start += 7
            assert found == every, seed
            count_fees()


def _told(scope: Scope, teams: list[int], day: date) -> list[Any]:
    """The statement by everything that is counted, and the desk by everything that it is asked for."""
    groupings = (Grouping.INSTITUTION, Grouping.TEAM, Grouping.PAYER, Grouping.MONTH)
    scopes = (scope, replace(scope, teams=teams[:1]))
    # What was entered and cancelled again may leave a line with nothing in it.
    statements = [
        [line for line in statement(each, by)[0] if any(numbers(line))] for each in scopes for by in groupings
    ]
    policy = policy_on(day)
    desks = [desk(teams, payer, standing, day, policy) for payer in ("resident", "finance") for standing in Standing]
    return [statements, desks]


def _settle_some(chance: Random, day: date) -> None:
    """Cancel an entry, and receive or waive a little for a few coverages."""
    for entry in FeeEntry.objects.standing().order_by("pk")[:1]:
        entry.cancelled_at, entry.cancelled_by, entry.cancelled_reason = timezone.now(), "甲", "输错"
        entry.save()
    for coverage in Coverage.objects.filter(start_on__lte=day).order_by("pk")[: chance.randint(1, 6)]:
        is_money = chance.random() < 0.6
        FeeEntry.objects.create(
            coverage=coverage,
            payer="resident",
            kind="receipt" if is_money else "waiver",
            amount=Decimal(chance.randint(1, 900)) / 100,
            on=day,
            number=f"R{chance.random()}" if is_money else "",
            reason="" if is_money else "低保",
            entered_on=day,
            entered_by="甲",
        )


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
