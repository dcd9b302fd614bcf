"""Setting what holds in the district from a day on (docs/configuration.md)."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from assessments.rules.settings import check_can_change_from, check_can_set
from teams.history import made_by
from teams.memory import forget
from teams.models import PolicyValue, User
from teams.models.accounts import SystemAccount
from teams.policy_settings import Setting


@transaction.atomic
def set_setting(*, setting: Setting, value: int, from_on: date, by: User | SystemAccount) -> bool:
    """Let the setting have the value from a day on. Returns whether that changed anything.

    Raises RuleViolation: setting.not_allowed, .frozen, .value, .pair.
    """
    check_can_set(setting=setting, value=value, from_on=from_on, by=by)
    with made_by(by, "assessments.set_setting"):
        return put_setting(code=setting.code, value=value, from_on=from_on, by=by)


@transaction.atomic
def drop_setting(*, row: PolicyValue, by: User | SystemAccount) -> None:
    """Withdraw a value: the one before it goes on. Raises RuleViolation: setting.not_allowed, .frozen."""
    check_can_change_from(row.from_on, by=by)
    with made_by(by, "assessments.drop_setting"):
        row.delete()
    forget()


def put_setting(*, code: str, value: int, from_on: date, by: User | SystemAccount) -> bool:
    """Write the value, whatever it is; for the action above and for files of policies. Whether it is another one."""
    row, is_new = PolicyValue.objects.select_for_update(of=("self",)).get_or_create(
        code=code, from_on=from_on, defaults={"value": value, "set_by_id": by.pk, "set_at": timezone.now()}
    )
    if is_new or row.value == value:
        forget()
        return is_new
    row.value, row.set_by_id, row.set_at = value, by.pk, timezone.now()
    row.save(update_fields=["value", "set_by", "set_at"])
    forget()
    return True
