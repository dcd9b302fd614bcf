"""Contracts whose term ends soon."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Subquery

from contracts.models import Contract, Coverage
from contracts.models.agreements import CoverageQuerySet
from teams.policy import policy_on


def last_coverages(rows: CoverageQuerySet, day: date, *, days: int | None = None) -> CoverageQuerySet:
    """Of the rows those with which a contract ends: it ends with the last of its coverages that runs on the day; the
    dead and those who left don't keep it."""
    last = day + timedelta(days=policy_on(day)["renewal_days_ahead"] if days is None else days)
    longer = Coverage.objects.not_over_on(day).filter(contract=OuterRef("contract"), end_on__gt=last)
    following = Contract.objects.filter(previous=OuterRef("contract"))
    running = rows.not_over_on(day).filter(start_on__lte=day, end_on__lte=last)
    # Looked up for the few that end; as "not exists" the database would read every contract that goes on first.
    return running.alias(longer=Subquery(longer.values("pk")[:1])).filter(~Exists(following), longer=None)
