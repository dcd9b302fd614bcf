"""Follow-ups and examinations of the public health service, which people get whether they are signed or not."""

from random import Random

from assessments.demo.contracts import Agreements
from assessments.demo.copying import BATCH
from assessments.demo.registers import DIABETES, ELDERLY, HYPERTENSION, MENTAL, TUBERCULOSIS
from assessments.demo.services import Fulfilment
from assessments.demo.signing import COVERED

# Register, the priced package that would hold the item, the item, and the days between two services.
PROGRAMMES = (
    (HYPERTENSION, "HTN", "HTN-FU", 91),
    (DIABETES, "DM", "DM-FU", 91),
    (MENTAL, "SMD", "SMD-FU", 91),
    (TUBERCULOSIS, "TB", "TB-FU", 30),
    (ELDERLY, "ELD", "ELD-EXAM", 365),
)
PROGRAMME_MASK = sum(row[0] for row in PROGRAMMES)
DAYS = 690  # how far back the records go
FOLLOWED = {True: 0.88, False: 0.55}  # share of the covered and of the others who are followed up at all
KEPT = 0.95  # share of their services that were given


class PublicHealth:
    """Writes services for members of registers while they don't hold the package that promises them yet."""

    def __init__(self, fulfilment: Fulfilment, agreements: Agreements, state: bytearray, rng: Random) -> None:
        self.fulfilment = fulfilment
        self.agreements = agreements
        self.people = agreements.people
        self.state = state
        self.rng = rng

    def write(self) -> None:
        """Everybody's services of every programme that they belong to."""
        items = {code: item.pk for code, item in self.agreements.catalogue.items.items()}
        for household, slot in enumerate(self.people.slot):
            crew = self.people.slots[slot].team
            for person in self.people.members(household):
                flags = self.people.flags[person]
                for mask, package, item, pause in PROGRAMMES if flags & PROGRAMME_MASK else ():
                    if flags & mask and item in items:
                        until = self.agreements.held_from.get((person, package), self.fulfilment.last + 1) - 1
                        self._follow(person, items[item], pause, crew, (until, mask))
            self.fulfilment.services.flush(at_least=BATCH)
        self.fulfilment.services.flush()

    def _follow(self, person: int, item: int, pause: int, crew: int, bounds: tuple[int, int]) -> None:
        """One service in each period while the person was on the register and in the population."""
        rng, people, (until, mask) = self.rng, self.people, bounds
        served = self.agreements.crews[crew].habit.served * FOLLOWED[self.state[person] == COVERED]
        if rng.random() > served:
            return
        last = self.fulfilment.last
        until = min(until, people.gone[person] - 1 if people.gone[person] else last)
        begin = max(last - DAYS, people.registered[person], self.agreements.since.get((person, mask), 0))
        day = begin + int(rng.random() * min(pause, 60))
        while day <= until:
            if rng.random() < KEPT:
                self.fulfilment.write_one(person, item, day, crew)
            day += pause - 12 + int(rng.random() * 14)
