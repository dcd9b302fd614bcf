"""Keeping a what-if, so that it can be looked at again and shown to others. It changes nothing but itself."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments.models import Scenario
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

Account = User | SystemAccount


def may_plan(by: Account) -> bool:
    """Whoever decides on rubrics or on money tries them first."""
    return has_permission(by, Permission.RUBRIC_EDIT) or has_permission(by, Permission.MONEY_EDIT)


@transaction.atomic
def start_scenario(*, fields: Mapping[str, Any], by: Account) -> Scenario:
    """Begin a what-if: a name, a version, who, which months. Raises RuleViolation scenario.not_allowed."""
    _check_may_plan(by)
    with made_by(by, "assessments.start_scenario"):
        return Scenario.objects.create(**fields, made_by=by if isinstance(by, User) else None)


@transaction.atomic
def change_scenario(*, scenario: Scenario, changes: Mapping[str, Any], by: Account) -> Scenario:
    """Keep what the scenario changes of the policy. Raises RuleViolation scenario.not_allowed."""
    _check_may_plan(by)
    with made_by(by, "assessments.change_scenario"):
        scenario.changes = dict(changes)
        scenario.save(update_fields=["changes"])
        return scenario


@transaction.atomic
def drop_scenario(*, scenario: Scenario, by: Account) -> None:
    """Throw a what-if away; its history stays. Raises RuleViolation scenario.not_allowed."""
    _check_may_plan(by)
    with made_by(by, "assessments.drop_scenario"):
        scenario.delete()


def _check_may_plan(by: Account) -> None:
    if not may_plan(by):
        raise RuleViolation("scenario.not_allowed", _("Only those who decide on rubrics or money try them."))
