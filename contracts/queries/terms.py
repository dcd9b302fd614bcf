"""Contracts whose term ends soon."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from contracts.models import Contract, Coverage
from contracts.models.agreements import ContractQuerySet
from teams.models import User
from teams.policy import policy_on


def ending(user: User, day: date) -> ContractQuerySet:
    """The account's contracts that end within the policy's `renewal_days_ahead` days, unless another one follows.

    A contract ends with the last of its coverages that runs on the day.
    """
    last = day + timedelta(days=policy_on(day)["renewal_days_ahead"])
    running = Coverage.objects.running_on(day).filter(contract=OuterRef("pk"), start_on__lte=day)
    soon = running.filter(end_on__lte=last)
    return Contract.objects.visible_to(user).filter(
        Exists(soon), ~Exists(running.filter(end_on__gt=last)), following=None
    )
