"""The facts as they stand on a report date: who is where, in which categories, covered by whom (rules.md 1, 2, 4)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from tests.reference.days import age_on, birthday, holds_on
from tests.reference.facts import Coverage, Facts, Register, Resident, Team
from tests.reference.fees import unpaid_days
from tests.reference.settings import policy_on

REGISTERS = (
    "maternal",
    "hypertension",
    "diabetes",
    "mental_disorder",
    "tuberculosis",
    "disabled",
    "low_income",
    "special_family",
)
Row = TypeVar("Row")


@dataclass(frozen=True)
class Person:
    """A resident born by the report date, as of it. `coverage` is the one in force; `categories` hold all and key."""

    resident: Resident
    age: int
    institution: str
    village: str | None
    categories: frozenset[str]
    in_population: bool
    coverage: Coverage | None

    @property
    def team(self) -> str | None:
        """The team whose coverage is in force."""
        return self.coverage.team if self.coverage else None


class Report:
    """The facts on `day`. `year_start` is the first day of "this year"."""

    def __init__(self, facts: Facts, day: date) -> None:
        self.facts, self.day = facts, day
        self.year_start = date(day.year, 1, 1)
        self.policy = policy_on(facts, day)
        self.transfers = _by(facts.transfers, lambda row: row.resident)
        self.registers = _by(facts.registers, lambda row: row.resident)
        self.coverages = _by(facts.coverages, lambda row: row.resident)
        self.suspensions = _by(facts.suspensions, lambda row: row.coverage)
        self.services = _by(facts.services, lambda row: row.resident)
        self.unpaid = {} if self.policy["unpaid_in_force"] else unpaid_days(facts, "resident")
        self.held = _by(facts.held, lambda row: row.coverage)
        self.residents = {resident.key: resident for resident in facts.residents}
        self.people = {
            resident.key: self._person(resident) for resident in facts.residents if resident.birth_date <= day
        }
        self.population = [person for person in self.people.values() if person.in_population]

    def this_year(self, day: date) -> bool:
        """Whether the day is from 1 January of the report's year to the report date."""
        return self.year_start <= day <= self.day

    def in_force(self, coverage: Coverage, day: date) -> bool:
        """Whether the coverage is in force on the day (rules.md 1)."""
        if not coverage.start_on <= day <= coverage.end_on:
            return False
        if coverage.terminated_on is not None and coverage.terminated_on <= day:
            return False
        if any(holds_on(day, row.from_on, row.to_on) for row in self.suspensions[coverage.key]):
            return False
        if any(holds_on(day, from_on, to_on) for from_on, to_on in self.unpaid.get(coverage.key, ())):
            return False
        return in_population(self.residents[coverage.resident], day)

    def coverage_on(self, resident: int, day: date) -> Coverage | None:
        """The resident's coverage in force on the day."""
        found = [row for row in self.coverages[resident] if self.in_force(row, day)]
        assert len(found) <= 1, "rules.md 1: at most one coverage at a time"
        return found[0] if found else None

    def rows_in_force(self, resident: int, category: str) -> list[Register]:
        """The resident's entries of the register on the report date."""
        return [
            row
            for row in self.registers[resident]
            if row.category == category and holds_on(self.day, row.from_on, row.to_on)
        ]

    def members(self, category: str) -> list[Person]:
        """People of the population in the category."""
        return [person for person in self.population if category in person.categories]

    def member_since(self, person: Person, category: str) -> date:
        """When the membership began: the birthday for elderly, else the earliest entry that still holds."""
        if category == "elderly":
            return birthday(person.resident.birth_date, self.policy["elderly_age"])
        return min(row.from_on for row in self.rows_in_force(person.resident.key, category))

    def teams_serving(self, village: str | None) -> set[str]:
        """Teams that serve the village on the report date."""
        return {
            row.team
            for row in self.facts.team_villages
            if row.village == village and holds_on(self.day, row.from_on, row.to_on)
        }

    def exists(self, team: Team) -> bool:
        """Whether the team is formed and not dissolved on the report date."""
        formed = team.formed_on is None or team.formed_on <= self.day
        return formed and (team.dissolved_on is None or team.dissolved_on > self.day)

    def upwards(self, institution: str) -> list[str]:
        """The institution and every one above it in the tree of the report date."""
        parents = {
            row.institution: row.parent for row in self.facts.parents if holds_on(self.day, row.from_on, row.to_on)
        }
        line = [institution]
        while line[-1] in parents:
            line.append(parents[line[-1]])
        return line

    def _person(self, resident: Resident) -> Person:
        age = age_on(resident.birth_date, self.day)
        institution, village = self._place(resident)
        return Person(
            resident=resident,
            age=age,
            institution=institution,
            village=village,
            categories=self._categories(resident, age),
            in_population=in_population(resident, self.day),
            coverage=self.coverage_on(resident.key, self.day),
        )

    def _place(self, resident: Resident) -> tuple[str, str | None]:
        later = [row for row in self.transfers[resident.key] if row.on > self.day]
        if not later:
            return resident.institution, resident.village
        first = min(later, key=lambda row: row.on)
        return first.from_institution, first.from_village

    def _categories(self, resident: Resident, age: int) -> frozenset[str]:
        found = {code for code in (*REGISTERS, *self.facts.registers_added) if self.rows_in_force(resident.key, code)}
        if age >= self.policy["elderly_age"]:
            found.add("elderly")
        if age <= self.policy["child_age"]:
            found.add("child")
        return frozenset({"all", "key", *found}) if found else frozenset({"all"})


def in_population(resident: Resident, day: date) -> bool:
    """Whether the resident is in the population on the day (rules.md 1)."""
    come = resident.birth_date <= day and (resident.registered_on is None or resident.registered_on <= day)
    left = [gone for gone in (resident.moved_out_on, resident.died_on) if gone is not None and gone <= day]
    return come and not left


def _by(rows: Iterable[Row], key: Callable[[Row], int]) -> defaultdict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
