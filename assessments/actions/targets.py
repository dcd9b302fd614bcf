"""Setting what indicators are to reach in a year (docs/rules.md 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

from assessments.models import Target
from assessments.rules.months import check_target
from teams.history import made_by
from teams.models import Institution, User
from teams.models.accounts import SystemAccount


@dataclass(frozen=True)
class Goal:
    """What a target is for; there is at most one target for each."""

    indicator: str
    category: str
    year: int
    scope: str
    institution: Institution | None = None


# A target with what it shall ask for: a rate, or a head count.
Wanted = tuple[Target, Decimal | None, int | None]


@dataclass(frozen=True)
class Outcome:
    """The target as it stands now, and what had to be done for it."""

    target: Target
    is_new: bool
    is_changed: bool


@transaction.atomic
def set_target(*, goal: Goal, rate: Decimal | None, count: int | None, by: User | SystemAccount) -> Outcome:
    """Make this the target of the goal: per cent (yuan for a cost), or a head count.

    Raises RuleViolation: target.indicator, .category, .scope, .value, .rate, .count.
    """
    check_target(
        indicator=goal.indicator,
        category=goal.category,
        scope=goal.scope,
        has_institution=goal.institution is not None,
        rate=rate,
        count=count,
    )
    with made_by(by, "assessments.set_target"):
        target, is_new = Target.objects.select_for_update(of=("self",)).get_or_create(
            indicator=goal.indicator,
            category=goal.category,
            year=goal.year,
            scope=goal.scope,
            institution=goal.institution,
            defaults={"rate": rate, "count": count},
        )
        is_changed = not is_new and (target.rate, target.count) != (rate, count)
        if is_changed:
            target.rate, target.count = rate, count
            target.save(update_fields=["rate", "count"])
    return Outcome(target, is_new, is_changed)


@transaction.atomic
def set_targets(*, wanted: Sequence[Wanted], by: User | SystemAccount) -> int:
    """Let targets that there are ask for something else; how many changed. Raises as `set_target`."""
    outcomes = []
    for target, rate, count in wanted:
        goal = Goal(target.indicator, target.category, target.year, target.scope, target.institution)
        outcomes.append(set_target(goal=goal, rate=rate, count=count, by=by))
    return sum(outcome.is_changed for outcome in outcomes)


@transaction.atomic
def remove_target(*, target: Target, by: User | SystemAccount) -> None:
    """Withdraw a target; its history stays."""
    with made_by(by, "assessments.remove_target"):
        target.delete()


@transaction.atomic
def copy_targets(*, year: int, to: int, by: User | SystemAccount) -> int:
    """Give a year the targets of another one where it has none of its own yet; how many were made."""
    # Of two at once, the second waits for the first one's targets and finds them there.
    with made_by(by, "assessments.copy_targets"), connection.cursor() as cursor:
        cursor.execute(
            "insert into assessments_target (indicator, category, year, scope, institution_id, rate, count)"
            " select indicator, category, %s, scope, institution_id, rate, count from assessments_target"
            " where year = %s on conflict do nothing",
            [to, year],
        )
        return cursor.rowcount
