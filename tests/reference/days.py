"""Date arithmetic of rules.md 1 and 5, written without `teams.dates` on purpose."""

from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def exists(year: int, month: int, day: int) -> bool:
    """Whether the calendar has that day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later (or earlier); the month's last day where it has no such day."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    last = max(number for number in (28, 29, 30, 31) if exists(year, month, number))
    return date(year, month, min(day.day, last))


def birthday(birth_date: date, age: int) -> date:
    """The day on which someone becomes `age`; someone born on 29 February: 1 March in other years."""
    year = birth_date.year + age
    if exists(year, birth_date.month, birth_date.day):
        return date(year, birth_date.month, birth_date.day)
    return date(year, 3, 1)


def age_on(birth_date: date, day: date) -> int:
    """Completed years of someone born on or before `day`."""
    age = 0
    while birthday(birth_date, age + 1) <= day:
        age += 1
    return age


def whole_months(from_on: date, day: date, at_most: int = 12) -> int:
    """Whole months from `from_on` to the end of `day`, both days counted (reading 2 of docs/rules.md)."""
    months = 0
    while months < at_most and add_months(from_on, months + 1) <= day + ONE_DAY:
        months += 1
    return months


def holds_on(day: date, from_on: date, to_on: date | None) -> bool:
    """Whether a fact that begins on `from_on` and is over on `to_on` holds on the day."""
    return from_on <= day and (to_on is None or day < to_on)
