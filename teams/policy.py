"""What of the district's dated settings holds on a day."""

from collections.abc import Mapping
from datetime import date

from teams.memory import once_a_request
from teams.models import PolicyValue
from teams.policy_settings import SETTINGS

DEFAULTS: Mapping[str, int] = {setting.code: setting.default for setting in SETTINGS.values()}


@once_a_request
def policy_on(day: date) -> dict[str, int]:
    """Every setting as it holds on `day`: the latest value dated on or before it, else the default."""
    values = dict(DEFAULTS)
    for row in PolicyValue.objects.filter(from_on__lte=day, code__in=DEFAULTS).order_by("from_on"):
        values[row.code] = int(row.value)
    return values
