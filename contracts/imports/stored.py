"""Contracts and coverages as a file's lines say them, and as they are stored."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from teams.dates import ONE_DAY
from teams.imports import bulk

Key = tuple[str, int]  # a coverage: the contract's number, the resident's id


class Head(NamedTuple):
    """What belongs to the contract as a whole."""

    team_id: int
    signed_on: date
    representative_id: int | None


class Cover(NamedTuple):
    """What belongs to one resident within it; `packages` are codes."""

    start_on: date
    end_on: date
    terminated_on: date | None
    termination_reason: str
    packages: frozenset[str]

    @property
    def stop(self) -> date:
        """The first day no longer within it."""
        after = self.end_on + ONE_DAY
        return min(after, self.terminated_on) if self.terminated_on else after

    def overlaps(self, other: "Cover") -> bool:
        """Whether a day lies within both; a coverage that ended as it began has no day."""
        return max(self.start_on, other.start_on) < min(self.stop, other.stop)


class Stored:
    """The contracts of some numbers, every coverage of some residents, and the packages that these hold."""

    def __init__(self, numbers: Iterable[str], residents: Iterable[int]) -> None:
        heads = bulk.fetch(
            """
            select number, id, team_id, signed_on, representative_id
            from contracts_contract where number = any(%(numbers)s)
            """,
            numbers=list(numbers),
        )
        self.heads = {number: Head(*head) for number, _id, *head in heads}
        self.contract_ids = {number: key for number, key, *_head in heads}
        covers = bulk.fetch(
            """
            select k.number, c.resident_id, c.id, c.start_on, c.end_on, c.terminated_on, c.termination_reason
            from contracts_coverage c join contracts_contract k on k.id = c.contract_id
            where c.resident_id = any(%(residents)s)
            """,
            residents=list(residents),
        )
        self.coverage_ids: dict[Key, int] = {(number, resident): key for number, resident, key, *_cover in covers}
        self.held = _held(list(self.coverage_ids.values()))
        self.covers: dict[Key, Cover] = {
            (number, resident): Cover(start, end, terminated, reason, frozenset(self.held[key]))
            for number, resident, key, start, end, terminated, reason in covers
        }


def _held(coverages: list[int]) -> dict[int, dict[str, list[int]]]:
    """Coverage id -> package code -> ids of what it holds of that package."""
    rows = bulk.fetch(
        """
        select h.coverage_id, p.code, h.id
        from contracts_coveragepackage h
        join service_packages_packageversion v on v.id = h.version_id
        join service_packages_package p on p.id = v.package_id
        where h.coverage_id = any(%(coverages)s)
        """,
        coverages=coverages,
    )
    held: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for coverage, code, key in rows:
        held[coverage][code].append(key)
    return held
