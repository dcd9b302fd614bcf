"""Which values a setting of the district may take, and from which day on."""

from datetime import date

from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Revision
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.policy import policy_on
from teams.policy_settings import SETTINGS, Setting
from teams.rules import RuleViolation

# The least that is set, and the most of the same (0: no rule).
PAIRS = (
    ("term_years_least", "term_years_most"),
    ("package_price_least", "package_price_most"),
    ("team_households_least", "team_households_most"),
)


def may_set(by: User | SystemAccount) -> bool:
    """Settings are the whole district's: an administrator of the bureau sets them."""
    return has_permission(by, Permission.CATALOGUE_EDIT) and by.scope.is_district


def last_frozen_day() -> date | None:
    """The report date of the last frozen month: up to it settings stay as they are."""
    found: date | None = Revision.objects.filter(frozen_at__isnull=False).aggregate(last=Max("as_of"))["last"]
    return found


def check_can_set(*, setting: Setting, value: int, from_on: date, by: User | SystemAccount) -> None:
    """Raises RuleViolation: setting.not_allowed, .frozen, .value, .pair."""
    check_can_change_from(from_on, by=by)
    if not setting.allows(value):
        raise RuleViolation("setting.value", format_lazy(_("The value must be {range}."), range=setting.range))
    then = policy_on(from_on) | {setting.code: value}
    for least, most in PAIRS:
        if setting.code in (least, most) and 0 < then[most] < then[least]:
            raise RuleViolation(
                "setting.pair",
                format_lazy(
                    _("“{least}” ({low}) would be more than “{most}” ({high}) on that day."),
                    least=SETTINGS[least].label,
                    low=then[least],
                    most=SETTINGS[most].label,
                    high=then[most],
                ),
            )


def check_can_change_from(day: date, *, by: User | SystemAccount) -> None:
    """What frozen months were computed with stays. Raises RuleViolation: setting.not_allowed, .frozen."""
    if not may_set(by):
        raise RuleViolation("setting.not_allowed", _("Settings are changed by an administrator of the bureau."))
    frozen = last_frozen_day()
    if frozen and day <= frozen:
        raise RuleViolation(
            "setting.frozen",
            format_lazy(
                _("Months up to {day} are frozen with the settings of their time: choose a later day."), day=frozen
            ),
        )
