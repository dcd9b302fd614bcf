"""What became of those who signed, in slow, plain Python, made from docs/rules.md (reading 49) alone."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from tests.reference.days import ONE_DAY, add_months, holds_on
from tests.reference.facts import Coverage, Facts, Resident

AFTER = (3, 6, 12)

# (team, first day of the month of signing, months after, outcome) -> how many, of how many.
Cohorts = dict[tuple[str, date, int, str], tuple[int, int]]


def cohorts(facts: Facts, day: date, months: int) -> Cohorts:
    """Those who signed in the `months` months that end with the one of `day`."""
    people = {row.key: row for row in facts.residents}
    since = add_months(day.replace(day=1), 1 - months)
    found: dict[tuple[str, date, int, str], list[bool]] = defaultdict(list)
    for coverage in facts.coverages:
        if not since <= coverage.start_on <= day or coverage.terminated_on == coverage.start_on:
            continue
        month = coverage.start_on.replace(day=1)
        for after in AFTER:
            seen_on = add_months(month, after + 1) - ONE_DAY
            if seen_on > day:
                continue
            kept = any(_in_force(facts, row, people[row.resident], seen_on) for row in _chain(facts, coverage))
            found[coverage.team, month, after, "kept"].append(kept)
            found[coverage.team, month, after, "served"].append(_is_served(facts, coverage, seen_on))
            renewed = any(row.start_on <= seen_on for row in _chain(facts, coverage)[1:])
            found[coverage.team, month, after, "renewed"].append(renewed)
    return {key: (sum(values), len(values)) for key, values in found.items()}


def _chain(facts: Facts, coverage: Coverage) -> list[Coverage]:
    """The coverage itself, and the later ones of its resident when it ran its full term."""
    if coverage.terminated_on is not None and coverage.terminated_on <= coverage.end_on:
        return [coverage]
    later: Iterable[Coverage] = (
        row
        for row in facts.coverages
        if row.resident == coverage.resident and row.start_on > coverage.end_on and row.terminated_on != row.start_on
    )
    return [coverage, *later]


def _in_force(facts: Facts, coverage: Coverage, resident: Resident, day: date) -> bool:
    if not coverage.start_on <= day <= coverage.end_on or (coverage.terminated_on and coverage.terminated_on <= day):
        return False
    if any(row.coverage == coverage.key and holds_on(day, row.from_on, row.to_on) for row in facts.suspensions):
        return False
    begins = max(resident.birth_date, resident.registered_on or resident.birth_date)
    return begins <= day and all(left is None or left > day for left in (resident.moved_out_on, resident.died_on))


def _is_served(facts: Facts, coverage: Coverage, day: date) -> bool:
    return any(
        row.resident == coverage.resident and coverage.start_on <= row.performed_on <= day for row in facts.services
    )
