"""Visits of the year to clinics, centres and the leading hospitals, with what they cost."""

from random import Random

from assessments.demo.contracts import Agreements
from assessments.demo.copying import BATCH, Copy, iso
from assessments.demo.figures import PlaceFacts
from assessments.demo.signing import COVERED
from contracts.models import Visit

# How many visits a year, drawn from these; and where to: clinic, centre, hospital.
COUNTS = {True: (0, 0, 0, 1, 1, 1, 2, 4), False: (0, 0, 0, 0, 0, 0, 1, 2)}
RURAL = ("clinic",) * 42 + ("center",) * 27 + ("hospital",) * 31
URBAN = ("clinic",) * 28 + ("center",) * 27 + ("hospital",) * 45
COST = {"clinic": (12, 70), "center": (40, 260), "hospital": (80, 2000)}  # yuan
INSURED = {"clinic": 0.5, "center": 0.65, "hospital": 0.55}


class Visits:
    """Writes the visits of everybody."""

    def __init__(self, facts: PlaceFacts, agreements: Agreements, state: bytearray, start: int, rng: Random) -> None:
        self.people = agreements.people
        self.state = state
        self.start = start
        self.rng = rng
        self.last = facts.completion_as_of.toordinal()
        self.first = facts.completion_as_of.replace(month=1, day=1).toordinal()
        self.rows = Copy(Visit, "id", "resident", "visited_on", "institution", "cost", "insurance_paid", "visit_no")
        self.count = 0

    def write(self) -> None:
        """Each person's visits of the year while in the population."""
        people, rng = self.people, self.rng
        for household, slot_number in enumerate(people.slot):
            slot = people.slots[slot_number]
            center = slot.village.center
            where = URBAN if center.is_urban else RURAL
            to = {"clinic": slot.clinic.pk, "center": center.institution.pk, "hospital": center.hospital.pk}
            for person in people.members(household):
                counts = COUNTS[self.state[person] == COVERED]
                for _ in range(counts[int(rng.random() * len(counts))]):
                    self._write_visit(person, where[int(rng.random() * len(where))], to)
            self.rows.flush(at_least=BATCH)
        self.rows.flush()

    def _write_visit(self, person: int, kind: str, to: dict[str, int]) -> None:
        rng, people = self.rng, self.people
        first = max(self.first, people.registered[person], people.birth[person])
        last = min(self.last, people.gone[person] - 1 if people.gone[person] else self.last)
        if first > last:
            return
        low, high = COST[kind]
        fen = int(100 * (low + (high - low) * rng.random() ** 3))
        paid = int(fen * INSURED[kind])
        self.count += 1
        day = first + int(rng.random() * (last - first + 1))
        self.rows.rows.append(
            f"{self.start + self.count}\t{self.start + 1 + person}\t{iso(day)}\t{to[kind]}"
            f"\t{fen // 100}.{fen % 100:02}\t{paid // 100}.{paid % 100:02}\tV{self.count:08}"
        )
