"""Arithmetic of plain dates, as rules.md 1 and 5 define it."""

from calendar import monthrange
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months, keeping the day of the month, cut to the month's last day (rules.md 5)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def birthday(birth: date, age: int) -> date:
    """The day on which someone born on `birth` completes `age` years; 29 February becomes 1 March (rules.md 1)."""
    year = birth.year + age
    if (birth.month, birth.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return birth.replace(year=year)


def age_on(birth: date, day: date) -> int:
    """Completed years on `day`; negative before birth."""
    years = day.year - birth.year
    return years if birthday(birth, years) <= day else years - 1


def last_born_with_age(age: int, day: date) -> date:
    """The latest birth date of someone who has completed `age` years on `day`."""
    return add_months(day, -12 * age)


def last_start_of_months(months: int, day: date) -> date:
    """The latest day from which `months` whole months have passed when `day` is over.

    The days from 1 to 31 October are one whole month: both ends count (docs/rules.md, reading 2).
    """
    after = day + ONE_DAY
    start = add_months(after, -months)
    while add_months(start + ONE_DAY, months) <= after:
        start += ONE_DAY
    return start
