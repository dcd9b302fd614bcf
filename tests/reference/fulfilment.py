"""What was promised for a year and what became of it, one window after the other (docs/rules.md 5, reading 60)."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.reference.facts import Facts
from tests.reference.ledger import ledger
from tests.reference.report import Report

STEPS = 6
STEP = timedelta(weeks=4)


@dataclass
class Row:
    """One coverage's windows of an item of a package, in words: `Counter` of what became of them."""

    coverage: int
    team: str
    institution: str
    village: str | None
    categories: frozenset[str]
    package: tuple[str, int]
    held: int
    item: str
    counts: Counter[str] = field(default_factory=Counter)


def rows(facts: Facts, day: date) -> list[Row]:
    """A row for each coverage, package held and item with a window due in the year of `day` that counts."""
    report = Report(facts, day)
    waived = {(one.held, one.item, one.opens_on) for one in facts.waivers if one.waived_on <= day}
    found: dict[tuple[int, str], Row] = {}
    for coverage, owed, service in ledger(facts):
        person = report.people.get(coverage.resident)
        if person is None or owed.due_on.year != day.year or not report.in_force(coverage, owed.due_on):
            continue
        row = found.setdefault(
            (owed.held, owed.item),
            Row(
                coverage.key,
                coverage.team,
                person.institution,
                person.village,
                person.categories,
                owed.package,
                owed.held,
                owed.item,
            ),
        )
        met_on = service.performed_on if service else None
        row.counts.update(_words(owed.due_on, met_on, day, is_waived=(owed.held, owed.item, owed.opens_on) in waived))
    return list(found.values())


def _words(due_on: date, met_on: date | None, day: date, *, is_waived: bool) -> Iterator[str]:
    if is_waived:
        yield "waived"
        return
    yield "promised"
    is_met = met_on is not None and met_on <= day
    if due_on <= day:
        yield "due"
        yield "missed" if not is_met else "on_time" if met_on is not None and met_on <= due_on else "late"
    else:
        yield "ahead" if is_met else "open"
    for step in range(1, STEPS + 1):
        if met_on is not None and met_on <= day - step * STEP:
            yield f"met_{step}"


def packages(found: list[Row]) -> Counter[str]:
    """How many packages held have something due, and how many of them have all of it met."""
    by_held: dict[int, Counter[str]] = defaultdict(Counter)
    for row in found:
        by_held[row.held].update(row.counts)
    due = [counts for counts in by_held.values() if counts["due"]]
    return Counter(packages=len(due), complete=sum(not counts["missed"] for counts in due))
