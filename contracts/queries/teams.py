"""What a team carries: the people and households that it covers, and how that stands against the policy."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Count, F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from contracts.models import Coverage
from teams.composition import Check, between, doctors, job_checks


class Load(NamedTuple):
    """People covered by a team on a day, and their households; somebody without a household is one of their own."""

    people: int = 0
    households: int = 0


def loads(team_ids: Collection[int], day: date) -> dict[int, Load]:
    """Team id -> its load on the day; teams that cover nobody are absent."""
    covered = Coverage.objects.in_force_on(day).filter(team__in=team_ids).order_by()
    rows = covered.values_list("team").annotate(
        people=Count("resident"),
        households=Count(Coalesce("resident__household", -1 * F("resident")), distinct=True),
    )
    return {team: Load(people, households) for team, people, households in rows}


def team_checks(jobs: Counter[str], load: Load, policy: Mapping[str, int]) -> list[Check]:
    """Every demand of the policy on a team with these jobs and this load."""
    households = between(
        _("households"), load.households, policy["team_households_least"], policy["team_households_most"]
    )
    number = doctors(jobs)
    each = between(
        _("residents a doctor"),
        -(-load.people // number) if number else load.people,
        0,
        policy["doctor_residents_most"],
    )
    return [*job_checks(jobs, policy), *(check for check in (households, each) if check)]


class Remaining(NamedTuple):
    """Contracts still running, and the people whom they cover."""

    contracts: int
    people: int


def remaining(team_id: int, day: date) -> Remaining:
    """The team's contracts that run on the day or later, and their people: what has to be handed over."""
    running = Coverage.objects.not_over_on(day).filter(team=team_id)
    return Remaining(
        **running.aggregate(contracts=Count("contract", distinct=True), people=Count("resident", distinct=True))
    )
