"""The business day. Everything that needs "today" asks here, so that a demo or a test can live on a day of its own."""

from datetime import date

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """The local date (Asia/Shanghai), or the day that `SHOUYUE_TODAY` fixes."""
    return settings.TODAY or timezone.localdate()
