"""Who lives where: households drawn from a deck of compositions, and a few who have died, left or come since.

People are numbers here, in arrays by their order: names, ID numbers and phones come when their rows are written.
"""

from array import array
from itertools import cycle
from random import Random

from assessments.demo.figures import PlaceFacts
from assessments.demo.staff import Slot

# Compositions of 200 households, a letter a person: E elder, M middle-aged, Q parent of a youth, P parent of a small
# child, S single young adult, Y youth, C child. 11 % are 65 or older, 8 % are 0-6.
DECK = {
    "E": 9, "M": 7, "S": 6, "Q": 4, "EE": 13, "MM": 16, "PP": 8, "QQ": 4, "PPC": 18, "QQY": 20, "MMS": 26, "EES": 2,
    "QQYC": 9, "QQYY": 12, "MMSS": 14, "PPCC": 3, "PPCE": 2, "QQYE": 6, "MMPPC": 8, "QQYEE": 3, "QQYYE": 4, "MMSSE": 4,
    "MMPPCY": 2, "QQYCEE": 3,
}  # fmt: skip
AGES = {"E": (65, 84), "M": (46, 64), "Q": (33, 47), "P": (23, 38), "S": (18, 29), "Y": (7, 17), "C": (0, 6)}
COUPLES = frozenset("EMQP")  # two of these in a row are husband and wife
LEFT_BY_DEATH, LEFT_BY_MOVE = 1, 2
# Shares of households with someone who has died, moved out, or come after the day of the published figures.
DEATHS, MOVES, LATE_COMERS, TRANSFERS = 0.045, 0.055, 0.003, 0.006
LEAVES_SOON = 0.0008  # share of people who die or move right after that day


class People:
    """Everybody by number. `slots` and `villages` say where households belong; a household's people are neighbours."""

    def __init__(self, facts: PlaceFacts) -> None:
        self.day = facts.as_of.toordinal()
        self.last = facts.completion_as_of.toordinal()
        self.first_event = facts.first_event.toordinal()
        self.slots: list[Slot] = []
        self.household = array("I")
        self.first = array("I")  # of each household: its first person; one more entry ends the last
        self.slot = array("H")
        self.old_slot = array("H")  # before the household's transfer on `moved_on`
        self.moved_on = array("i")
        self.role = bytearray()
        self.female = bytearray()
        self.birth = array("i")
        self.registered = array("i")
        self.gone = array("i")  # the first day no longer in the population, 0 for none
        self.left_by = bytearray()
        self.present = bytearray()  # in the population on the day of the published figures
        self.flags = array("H")  # key populations on that day, a bit each

    def __len__(self) -> int:
        return len(self.role)

    def members(self, household: int) -> range:
        """The people of a household."""
        return range(self.first[household], self.first[household + 1])


class Settlement:
    """Draws `count` people who are present on the day, and those before and after them."""

    def __init__(self, facts: PlaceFacts, slots: dict[str, list[Slot]], rng: Random) -> None:
        self.rng = rng
        self.people = People(facts)
        self.by_village = list(slots.values())
        self.people.slots = [slot for own in self.by_village for slot in own]
        deck = [form for form, count in DECK.items() for _ in range(count)]
        rng.shuffle(deck)
        self.deck = cycle(deck)

    def draw(self, count: int) -> People:
        """Fill the villages by weight, whole households at a time; the very last one is cut to the count."""
        present, aim, first_slot = 0, 0.0, 0
        for slots in self.by_village:
            aim += count * slots[0].village.weight / 100
            numbers = range(first_slot, first_slot + len(slots))
            while present < round(aim):
                present += self._add_household(self.rng.choice(numbers), count - present)
            first_slot += len(slots)
        self.people.first.append(len(self.people))
        return self.people

    def _add_household(self, slot: int, room: int) -> int:
        people, rng = self.people, self.rng
        people.first.append(len(people))
        people.slot.append(slot)
        is_moved = rng.random() < TRANSFERS
        people.old_slot.append(self._neighbour(slot) if is_moved else slot)
        people.moved_on.append(rng.randint(people.day - 500, people.last - 10) if is_moved else 0)
        form = next(self.deck)[:room]
        for place, role in enumerate(form):
            self._add_person(role, self._sex(form, place))
        if rng.random() < DEATHS:
            self._add_gone(LEFT_BY_DEATH, "E" if rng.random() < 0.8 else "M")
        if rng.random() < MOVES:
            self._add_gone(LEFT_BY_MOVE, rng.choice("SSPPQMYC"))
        if rng.random() < LATE_COMERS:
            self._add_late_comer()
        return len(form)

    def _neighbour(self, slot: int) -> int:
        """Another slot of the same township."""
        slots = self.people.slots
        near = range(max(0, slot - 6), min(len(slots), slot + 7))
        township = slots[slot].village.township_code
        return self.rng.choice([other for other in near if slots[other].village.township_code == township])

    def _sex(self, form: str, place: int) -> int:
        role = form[place]
        if role in COUPLES and form.count(role) == 2:
            return int(form.index(role) < place)
        return int(self.rng.random() < (0.57 if role == "E" else 0.47))

    def _add_person(self, role: str, female: int) -> None:
        people, rng = self.people, self.rng
        low, high = AGES[role]
        age = low + int((rng.random() ** 1.6 if role == "E" else rng.random()) * (high - low + 1))
        # Born so that the age is completed on the day: at least `age`, less than `age` + 1 years before.
        birth = people.day - int(age * 365.25) - 3 - int(rng.random() * 355)
        if age == 0:
            birth = people.day - int(rng.random() * 350)
        people.household.append(len(people.slot) - 1)
        people.role.append(ord(role))
        people.female.append(female)
        people.birth.append(birth)
        people.registered.append(self._registered(birth))
        leaves = rng.random() < LEAVES_SOON
        people.gone.append(rng.randint(people.day + 1, people.last) if leaves else 0)
        people.left_by.append(rng.choice((LEFT_BY_DEATH, LEFT_BY_MOVE)) if leaves else 0)
        people.present.append(1)
        people.flags.append(0)

    def _registered(self, birth: int) -> int:
        """Children are registered after birth, others when the records were set up or they came; some undated."""
        rng, day = self.rng, self.people.day
        if birth > day - 1000:
            return min(day, birth + 5 + int(rng.random() * 40))
        chance = rng.random()
        if chance < 0.03:
            return 0
        earliest = day - (3500 if chance < 0.9 else 1000 if chance < 0.985 else 330)
        latest = day - (1100 if chance < 0.9 else 330 if chance < 0.985 else 0)
        return max(birth, rng.randint(earliest, latest))

    def _add_gone(self, how: int, role: str) -> None:
        """Somebody who died or moved out before the day."""
        people = self.people
        self._add_person(role, int(self.rng.random() < 0.5))
        people.gone[-1] = max(people.birth[-1], self.rng.randint(people.first_event, people.day))
        people.registered[-1] = min(people.registered[-1], people.gone[-1])
        people.left_by[-1] = how
        people.present[-1] = 0

    def _add_late_comer(self) -> None:
        """A newborn or newcomer of the days between the two report dates."""
        people, rng = self.people, self.rng
        self._add_person(rng.choice("CCSP"), int(rng.random() < 0.5))
        people.registered[-1] = came = rng.randint(people.day + 1, people.last)
        if people.role[-1] == ord("C"):
            people.birth[-1] = came - 1 if came - 1 > people.day else came
        people.gone[-1] = people.left_by[-1] = 0
        people.present[-1] = 0
