"""When results may be shown to residents."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from assessments.models import Cycle, Month, UnitKind
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation


def check_can_withdraw(by: User | SystemAccount) -> None:
    """The bureau's officials. Raises RuleViolation `publication.not_allowed`."""
    if not has_permission(by, Permission.ASSESSMENT_REVIEW):
        raise RuleViolation("publication.not_allowed", _("Your account may not publish results."))


def check_can_publish(
    month: Month | None, cycles: Mapping[UnitKind, Cycle | None], how_to_sign: str, by: User | SystemAccount
) -> None:
    """Figures that don't change any more, and grades of each kind of unit after their publication.

    Raises RuleViolation: publication.not_allowed, .not_frozen, .other_units, .not_published, .how.
    """
    check_can_withdraw(by)
    if month is None or month.current is None or month.current.frozen_at is None:
        raise RuleViolation("publication.not_frozen", _("Only figures of a frozen month are published."))
    for kind, cycle in cycles.items():
        if cycle and cycle.unit_kind != kind:
            raise RuleViolation("publication.other_units", _("That assessment is of other units."))
        if cycle and cycle.state != Cycle.State.PUBLISHED:
            raise RuleViolation("publication.not_published", _("The results of this cycle are not published yet."))
    if not how_to_sign.strip():
        raise RuleViolation("publication.how", _("Tell residents how to sign."))
