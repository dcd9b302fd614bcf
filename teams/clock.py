"""The business day. Everything that needs "today" asks here, so that a demo or a test can live on a day of its own."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format

_HERE = ZoneInfo(settings.TIME_ZONE)


def today() -> date:
    """The local date (Asia/Shanghai), or the day that `SHOUYUE_TODAY` fixes."""
    # Not `timezone.localdate()`, which takes ten times as long: every row of a file asks.
    return settings.TODAY or datetime.now(_HERE).date()


def month_words(day: date) -> str:
    """The month of a day as every page writes it: `2018年11月` or `November 2018`, by the language."""
    return date_format(day, "YEAR_MONTH_FORMAT")
