"""Calendar months as values: `CalendarMonth.parse("2018-10")`."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from teams.clock import month_words, today
from teams.rules import RuleViolation


@dataclass(frozen=True, order=True)
class CalendarMonth:
    """A month of a year, comparable and countable."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> CalendarMonth:
        """From `2018-10`. Raises `RuleViolation` for anything else."""
        year, _dash, month = text.strip().partition("-")
        if not (year.isascii() and year.isdigit() and len(year) == 4 and month.isascii() and month.isdigit()):
            raise RuleViolation("month.unreadable", _("A month is written like 2018-10."))
        if not (1 <= int(month) <= 12 and len(month) == 2 and int(year) >= 1900):
            raise RuleViolation("month.unreadable", _("A month is written like 2018-10."))
        return cls(int(year), int(month))

    @classmethod
    def of(cls, day: date) -> CalendarMonth:
        """The month that holds `day`."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def label(self) -> str:
        """`2018年11月` or `November 2018`, by the language."""
        return month_words(self.first)

    def plus(self, months: int) -> CalendarMonth:
        """The month so many months later (earlier when negative)."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return CalendarMonth(year, month + 1)

    def report_date(self) -> date:
        """Its last day, or today while it runs. Raises `RuleViolation` for a month that hasn't begun."""
        day = today()
        if self.first > day:
            raise RuleViolation("month.not_begun", _("This month has not begun yet."))
        return min(self.last, day)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def working_days(first_on: date) -> list[date]:
    """Mondays to Fridays of the month that begins on `first_on`; public holidays are the planner's to avoid."""
    days = monthrange(first_on.year, first_on.month)[1]
    month = (first_on.replace(day=number) for number in range(1, days + 1))
    return [day for day in month if day.weekday() < 5]
