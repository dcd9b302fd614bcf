"""Who is covered on the day of the published figures, who holds a paid package, and who was covered before."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from assessments.demo.figures import PlaceFacts, Quotas
from assessments.demo.people import People
from assessments.demo.places import Center
from assessments.demo.registers import AILING, CHILD, DIABETES, ELDERLY, HYPERTENSION, KEY, MATERNAL, WAS_MATERNAL
from assessments.demo.staff import Crew

# What became of people with the district's teams. LAPSED … SUSPENDED once were covered and are not on the day; SOON
# sign between the two report dates.
NEVER, COVERED, LAPSED, TERMINATED, SUSPENDED, SOON = range(6)
# Of 10,000 residents, beside the covered.
OTHERS = {LAPSED: 340, TERMINATED: 75, SUSPENDED: 8, SOON: 50}
GONE_WERE_COVERED = 0.3  # share of those who died or left
BOTH_COVERED = 0.94  # of those with hypertension and diabetes

# How readily people sign, in standard deviations: places differ, households differ, people differ.
CENTER_SPREAD, VILLAGE_SPREAD, HOUSEHOLD_SPREAD = 0.35, 0.4, 0.9
HOUSEHOLD_WITH_KEY = 2.0  # more ready, where a household signs as one
READINESS = ((ELDERLY, 0.45), (CHILD, -0.15), (MATERNAL, 0.35), (WAS_MATERNAL, 1.2))
PAYS = ((AILING, 1.1), (ELDERLY, 0.5), (MATERNAL, 0.6), (CHILD, 0.2), (KEY, 0.4))


@dataclass(frozen=True)
class Population:
    """People with what they have to do with the teams: `state` and `pays` by person."""

    people: People
    crews: list[Crew]
    state: bytearray
    pays: bytearray


class Signing:
    """`state` and `pays` of everybody, by number."""

    def __init__(self, facts: PlaceFacts, people: People, quotas: Quotas, rng: Random) -> None:
        self.is_by_household = facts.contract_unit == "household"
        self.people = people
        self.quotas = quotas
        self.rng = rng
        self.state = bytearray(len(people))
        self.pays = bytearray(len(people))

    def decide(self) -> None:
        """Choose exactly as many as are published, people of ready places and households first."""
        readiness = self._readiness()
        cells = self._cells()
        for persons, count in cells:
            if count > len(persons):
                raise ValueError(f"{count} covered people wanted among {len(persons)}")
            _mark(self.state, persons, count, readiness.__getitem__, COVERED)
        self._decide_payers()
        self._decide_others(readiness)

    def _readiness(self) -> list[float]:
        people, rng = self.people, self.rng
        of_slot = self._place_readiness()
        values = []
        for household, slot in enumerate(people.slot):
            base = of_slot[slot] + rng.gauss(0, HOUSEHOLD_SPREAD)
            members = people.members(household)
            if self.is_by_household:
                base += HOUSEHOLD_WITH_KEY * any(people.flags[person] & KEY for person in members)
                values += len(members) * [base]
                continue
            for person in members:
                flags = people.flags[person]
                own = sum(shift for mask, shift in READINESS if flags & mask) if flags else 0.0
                values.append(base + own + rng.gauss(0, 1))
        return values

    def _place_readiness(self) -> list[float]:
        rng = self.rng
        of_center: dict[int, float] = {}

        def center_shift(center: Center) -> float:
            return of_center.setdefault(center.institution.pk, rng.uniform(-CENTER_SPREAD, CENTER_SPREAD))

        shifts = [center_shift(slot.village.center) for slot in self.people.slots]
        return [shift + rng.uniform(-VILLAGE_SPREAD, VILLAGE_SPREAD) for shift in shifts]

    def _cells(self) -> list[tuple[list[int], int]]:
        """People present, apart by what is published of them, and how many of each are covered."""
        people, quotas = self.people, self.quotas
        cells: dict[int, list[int]] = {AILING: [], HYPERTENSION: [], DIABETES: [], KEY: [], 0: []}
        for person, (flags, present) in enumerate(zip(people.flags, people.present, strict=True)):
            if present:
                cells[flags & AILING or (KEY if flags & KEY else 0)].append(person)
        both = round(len(cells[AILING]) * BOTH_COVERED)
        ailing = quotas.hypertension + quotas.diabetes - both
        counts = {
            AILING: both,
            HYPERTENSION: quotas.hypertension - both,
            DIABETES: quotas.diabetes - both,
            KEY: quotas.key_covered - ailing,
            0: quotas.covered - quotas.key_covered,
        }
        return [(cells[cell], counts[cell]) for cell in cells]

    def _decide_payers(self) -> None:
        flags, rng = self.people.flags, self.rng
        covered = [person for person, state in enumerate(self.state) if state == COVERED]
        wish = {
            person: sum(shift for mask, shift in PAYS if flags[person] & mask) + rng.gauss(0, 1) for person in covered
        }
        _mark(self.pays, covered, self.quotas.paid, wish.__getitem__, 1)

    def _decide_others(self, readiness: list[float]) -> None:
        """Those who were covered once, or will be soon: the next ready ones, at random among them."""
        people, rng = self.people, self.rng
        next_ready: list[int] = []
        for is_key in (True, False):
            free = [
                person
                for person, state in enumerate(self.state)
                if not state and people.present[person] and bool(people.flags[person] & KEY) == is_key
            ]
            # The least ready of the key populations are left over: any of them may have been covered once.
            next_ready += (
                free[::2] if is_key else sorted(free, key=readiness.__getitem__, reverse=True)[: len(free) // 3]
            )
        rng.shuffle(next_ready)
        for state, of_10000 in OTHERS.items():
            count = max(1, round(self.quotas.population * of_10000 / 10_000))
            for person in next_ready[:count]:
                self.state[person] = state
                self.pays[person] = rng.random() < 0.25
            del next_ready[:count]
        for person, (present, gone) in enumerate(zip(people.present, people.gone, strict=True)):
            if gone and not present and rng.random() < GONE_WERE_COVERED:
                self.state[person] = COVERED
                self.pays[person] = rng.random() < 0.3


def _mark(marks: bytearray, persons: Iterable[int], count: int, score: Callable[[int], float], mark: int) -> None:
    for person in sorted(persons, key=score, reverse=True)[:count]:
        marks[person] = mark
