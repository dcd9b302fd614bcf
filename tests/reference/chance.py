"""How random districts draw days and things.

Days come again and again from a few `notable` ones and their neighbours, so that births, terms, suspensions, services
and report dates often meet.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import TypeVar

from tests.reference.days import add_months

BEGINNING = date(1900, 1, 1)
FIRST, LAST = date(2015, 6, 1), date(2020, 6, 30)
AWKWARD = (
    date(2016, 2, 29),
    date(2016, 12, 31),
    date(2017, 1, 1),
    date(2017, 2, 28),
    date(2017, 8, 31),
    date(2018, 1, 31),
    date(2018, 6, 30),
    date(2018, 10, 31),
    date(2019, 2, 28),
    date(2019, 12, 31),
    date(2020, 2, 29),
)
# How many days back unserved looks, and one that a policy changes it to (rules.md 3).
LOOKS_BACK = (30, 90, 364)

Thing = TypeVar("Thing")


class Chance:
    """Draws from one random source, always the same for the same seed."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.notable = [*rng.sample(AWKWARD, 5), self.any_day(), self.any_day()]
        self.numbers = count(1)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def any_day(self, first: date = FIRST, last: date = LAST) -> date:
        return first + timedelta(days=self.rng.randrange((last - first).days + 1))

    def near(self, *days: date) -> date:
        """A notable day (or one of `days`), its neighbour, or as far from it as the rules look; or any day at all."""
        if self.chance(0.12):
            return self.any_day()
        day = self.rng.choice(days or self.notable)
        if self.chance(0.2):
            day = self.rng.choice((add_months(day, -12), *(day - timedelta(days=number) for number in LOOKS_BACK)))
        return day + timedelta(days=self.rng.choice((-1, 0, 0, 0, 0, 1)))

    def perhaps(self, share: float, *days: date) -> date | None:
        return self.near(*days) if self.chance(share) else None

    def some(self, things: Sequence[Thing], most: int) -> list[Thing]:
        return self.rng.sample(list(things), min(len(things), self.rng.randint(0, most)))

    def periods(self, most: int = 2) -> Iterable[tuple[date, date | None]]:
        """Up to `most` half-open periods that don't overlap; the last may be open, any may be empty."""
        days = sorted({self.near() for _ in range(2 * self.rng.randint(0, most))})
        ends = list(zip(days[::2], [*days[1::2], None], strict=False))
        if ends and self.chance(0.3):
            ends[-1] = (ends[-1][0], None)
        if self.chance(0.1):
            ends = [(start, start if end is None else end) for start, end in ends]
        return ends

    def code(self, letter: str) -> str:
        return f"{letter}{next(self.numbers):04d}"
