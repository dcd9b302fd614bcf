"""When coverages begin and end: first terms, renewals, gaps, terminations."""

from bisect import bisect
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from random import Random

from assessments.calendar import CalendarMonth
from assessments.demo.figures import PlaceFacts
from assessments.demo.people import LEFT_BY_DEATH, People
from assessments.demo.signing import COVERED, LAPSED, SOON, SUSPENDED, TERMINATED
from contracts.models import Coverage
from teams.dates import add_months

TERMS = (1, 1, 1, 1, 1, 1, 2, 3, 3, 3)  # years, where the place does not say
# How many people first signed in a month: in each of the last fourteen, of which the first began a drive; in each of
# the nine before; in each of those at the beginning.
DRIVE, BEFORE, FIRST = (70, 75, 60, 30, 26, 40, 38, 36, 32, 28, 26, 36, 40, 30), 9 * (17,), 12
FOLLOWS_HOUSEHOLD = {"resident": 0.88, "household": 1.0}  # share of members who sign together, by who signs
RENEWS_AT_ONCE, RENEWS_SOON = 0.8, 0.8  # without a gap; a term that ends between the two report dates
KEY_FIRST = 0.5  # share of households with somebody of the key populations that were signed early
RECORDED = 0.75  # share of deaths and moves for which the coverage was ended too
PAUSED = 0.0015  # share of coverages with a suspension that is over
REASONS = (Coverage.Reason.REQUEST, Coverage.Reason.REQUEST, Coverage.Reason.LOST, Coverage.Reason.OTHER)

Span = tuple[int, int]  # first and last day in force


@dataclass(slots=True)
class Term:
    """One coverage of a person. `stop` is the day of termination, `pause` a suspension (until 0: still)."""

    start: int
    end: int
    stop: int = 0
    reason: str = ""
    pause: tuple[int, int] | None = None


@lru_cache(maxsize=8192)
def last_day(start: int, years: int) -> int:
    """The last day of a term of whole years."""
    return add_months(date.fromordinal(start), 12 * years).toordinal() - 1


class Diary:
    """Draws the terms of people; the members of a household mostly share theirs."""

    def __init__(self, facts: PlaceFacts, people: People, state: bytearray, rng: Random) -> None:
        self.years = facts.facts.get("terms", TERMS)
        self.follows = FOLLOWS_HOUSEHOLD[facts.contract_unit]
        self.months, self.weights = _first_months(facts)
        self.people = people
        self.state = state
        self.rng = rng

    def household_spans(self, *, is_key: bool) -> list[Span]:
        """The terms of a household that is covered on the day; the key populations were signed first."""
        start = self._first_start(0)
        return self._spans(min(start, self._first_start(0)) if is_key and self.rng.random() < KEY_FIRST else start)

    def terms(self, person: int, shared: list[Span]) -> list[Term]:
        """The person's coverages, oldest first."""
        people = self.people
        state = self.state[person]
        earliest = max(people.registered[person], people.birth[person] + 1)
        if state == COVERED:
            follows = shared[0][0] >= earliest and self.rng.random() < self.follows
            spans = shared if follows else self._spans(self._first_start(earliest))
            made = [Term(start, end) for start, end in spans]
        else:
            made = self._others(state, earliest)
        return self._cut(person, made)

    def _first_start(self, earliest: int) -> int:
        """A day of first signing up to the day of the figures, half of them the first of a month."""
        rng, day = self.rng, self.people.day
        month = bisect(self.weights, rng.random() * self.weights[-1])
        start = self.months[month] + (0 if rng.random() < 0.5 else int(rng.random() * 30))
        if start < earliest:
            start = rng.randint(min(earliest, day), day)
        return min(start, day)

    def _spans(self, start: int) -> list[Span]:
        """Terms from `start` on, renewed until they hold on the day, and mostly past the second report date."""
        rng, day = self.rng, self.people.day
        spans = []
        while True:
            end = last_day(start, self.years[int(rng.random() * len(self.years))])
            spans.append((start, end))
            if end >= day:
                break
            gap = 0 if rng.random() < RENEWS_AT_ONCE else rng.randint(5, 60)
            start = max(end + 1, min(end + 1 + gap, day - rng.randrange(15)))
        if end < self.people.last and rng.random() < RENEWS_SOON:
            spans.append((end + 1, last_day(end + 1, 1)))
        return spans

    def _others(self, state: int, earliest: int) -> list[Term]:
        """A coverage that does not hold on the day, for one of four reasons."""
        rng, day = self.rng, self.people.day
        if state == LAPSED:
            end = day - 1 - int(rng.random() ** 1.3 * 600)
            start = add_months(date.fromordinal(end + 1), -12).toordinal()
            return [Term(start, end)] if start >= max(earliest, self.months[0]) else []
        if state == SOON:
            start = rng.randint(day + 1, self.people.last)
            return [Term(start, last_day(start, 1))]
        start = min(max(earliest, day - rng.randint(40, 350)), day)
        term = Term(start, last_day(start, rng.choice(self.years)))
        if state == TERMINATED:
            term.stop, term.reason = rng.randint(start, day), rng.choice(REASONS)
        if state == SUSPENDED:
            begin = rng.randint(start, day)
            term.pause = (begin, day + 1 + rng.randrange(60) if rng.random() < 0.7 else 0)
        return [term]

    def _cut(self, person: int, terms: list[Term]) -> list[Term]:
        """End what death or a move ends, whether it was recorded or not; and suspend a few for a while."""
        rng, gone = self.rng, self.people.gone[person]
        if gone:
            terms = [term for term in terms if term.start < gone]
            died = self.people.left_by[person] == LEFT_BY_DEATH
            for term in terms:
                if term.end >= gone and rng.random() < RECORDED and not term.stop:
                    term.stop, term.reason = gone, Coverage.Reason.DIED if died else Coverage.Reason.MOVED
        for term in terms:
            if rng.random() < PAUSED and term.pause is None and term.start < self.people.day - 60:
                until = rng.randint(term.start + 30, min(term.end, self.people.day))
                term.pause = (max(term.start, until - 60), until)
        return terms


def _first_months(facts: PlaceFacts) -> tuple[list[int], list[int]]:
    """First days of the months from the service's beginning to the day of the figures, and their weights summed up."""
    first, last = CalendarMonth.of(facts.began_on), facts.as_of
    count = 12 * (last.year - first.year) + last.month - first.month + 1
    weights = [*(count - len(BEFORE) - len(DRIVE)) * (FIRST,), *BEFORE, *DRIVE][-count:]
    return [first.plus(number).first.toordinal() for number in range(count)], list(accumulate(weights))
