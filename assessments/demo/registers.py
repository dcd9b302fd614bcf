"""Who is on which key-population register on the day of the published figures, and since when."""

from random import Random

from assessments.demo.figures import Quotas, split
from assessments.demo.people import People
from residents.categories import CORE

BIT = {category.code: category.mask for category in CORE}
KEY = sum(BIT.values())
ELDERLY, CHILD, MATERNAL, HYPERTENSION, DIABETES = (
    BIT[code] for code in ("elderly", "child", "maternal", "hypertension", "diabetes")
)
MENTAL, TUBERCULOSIS, DISABLED, LOW_INCOME, SPECIAL = (
    BIT[code] for code in ("mental_disorder", "tuberculosis", "disabled", "low_income", "special_family")
)
AILING = HYPERTENSION | DIABETES
WAS_MATERNAL = 1 << 15  # no key population on the day any more, but this year: such mothers sign like the others

# Of 10,000 residents on the register; the covered among them are published.
ON_REGISTER = {HYPERTENSION: 934, DIABETES: 297}
BOTH = 155  # of 10,000: hypertension and diabetes
MOTHERS_BEFORE = 75  # of 10,000
# Adults below 65 who are key: what makes them so, in shares of 1,000.
ADULTS = {
    HYPERTENSION: 480, AILING: 130, DIABETES: 87, MATERNAL: 143, MENTAL: 70, DISABLED: 48, LOW_INCOME: 30,
    TUBERCULOSIS: 7, SPECIAL: 5,
}  # fmt: skip
# What people are besides, of 1,000.
BESIDES_ADULT = {LOW_INCOME: 80, DISABLED: 40, MENTAL: 8}
BESIDES_ELDERLY = {LOW_INCOME: 120, DISABLED: 60, SPECIAL: 6, MENTAL: 5, TUBERCULOSIS: 2}
BESIDES_CHILD = {LOW_INCOME: 15, DISABLED: 3}
# Whom each adult reason is drawn from first: letters of people.DECK, and only women where it says so.
FROM_ROLES = {
    HYPERTENSION: "MMMMMQ", AILING: "MMMMMQ", DIABETES: "MMMQ", MATERNAL: "P", MENTAL: "MQPS", DISABLED: "MQPSY",
    LOW_INCOME: "MQPSY", TUBERCULOSIS: "MQPS", SPECIAL: "M",
}  # fmt: skip


class Registry:
    """Sets `People.flags` so that exactly `quotas.key` people present are in a key population."""

    def __init__(self, people: People, quotas: Quotas, rng: Random) -> None:
        self.people = people
        self.quotas = quotas
        self.rng = rng

    def enter(self) -> None:
        """Decide everybody's registers on the day."""
        by_role = self._by_role()
        elders, children = by_role["E"], by_role["C"]
        for person in elders:
            self.people.flags[person] |= ELDERLY
        for person in children:
            self.people.flags[person] |= CHILD
        self._enter_mothers(by_role["P"])
        adults = self._enter_adults(by_role, self.quotas.key - len(elders) - len(children))
        self._enter_elders(elders)
        self._add_besides(adults, BESIDES_ADULT)
        self._add_besides(elders, BESIDES_ELDERLY)
        self._add_besides(children, BESIDES_CHILD)
        self._enter_absent()

    def _by_role(self) -> dict[str, list[int]]:
        people = self.people
        by_role: dict[str, list[int]] = {role: [] for role in "EMQPSYC"}
        for person, (role, present) in enumerate(zip(people.role, people.present, strict=True)):
            if present:
                by_role[chr(role)].append(person)
        for persons in by_role.values():
            self.rng.shuffle(persons)
        return by_role

    def _enter_adults(self, by_role: dict[str, list[int]], count: int) -> list[int]:
        """Put `count` adults on one register or two. Raises ValueError when that many cannot be."""
        adults: list[int] = []
        mothers = [person for person in by_role["P"] if self.people.female[person]]
        pools = by_role | {"P": [person for person in by_role["P"] if not self.people.female[person]]}
        if count < 0:
            raise ValueError("More elderly people and children than key population")
        for flags, number in split(count, ADULTS).items():
            for _ in range(number):
                pool = mothers if flags == MATERNAL else pools[self.rng.choice(FROM_ROLES[flags])]
                person = (pool or by_role["S"] if flags == MATERNAL else pool or pools["M"]).pop()
                self.people.flags[person] |= flags
                adults.append(person)
        return adults

    def _enter_mothers(self, parents: list[int]) -> None:
        """Mark women whose time on the register ended in the year before the day."""
        women = [person for person in parents if self.people.female[person]]
        for person in women[: round(self.quotas.population * MOTHERS_BEFORE / 10_000)]:
            self.people.flags[person] |= WAS_MATERNAL

    def _enter_elders(self, elders: list[int]) -> None:
        """Fill hypertension and diabetes up to their size among those of 65 and more."""
        both = self._missing(BOTH, AILING)
        sizes = {
            AILING: both,
            HYPERTENSION: self._missing(ON_REGISTER[HYPERTENSION], HYPERTENSION) - both,
            DIABETES: self._missing(ON_REGISTER[DIABETES], DIABETES) - both,
        }
        start = 0
        for flags, size in sizes.items():
            for person in elders[start : start + size]:
                self.people.flags[person] |= flags
            start += size

    def _missing(self, of_10000: int, flags: int) -> int:
        """How many more the register needs."""
        there = sum(1 for own in self.people.flags if own & flags == flags)
        return max(0, round(self.quotas.population * of_10000 / 10_000) - there)

    def _add_besides(self, persons: list[int], shares: dict[int, int]) -> None:
        for flags, of_1000 in shares.items():
            for person in self.rng.sample(persons, round(len(persons) * of_1000 / 1000)):
                self.people.flags[person] |= flags

    def _enter_absent(self) -> None:
        """Those who died, left or came later were on registers like their age group; nobody counts them."""
        people, rng = self.people, self.rng
        for person, (role, present) in enumerate(zip(people.role, people.present, strict=True)):
            if present:
                continue
            if role == ord("E"):
                people.flags[person] |= ELDERLY | (HYPERTENSION if rng.random() < 0.6 else 0)
            elif role == ord("C"):
                people.flags[person] |= CHILD
            elif role == ord("M") and rng.random() < 0.12:
                people.flags[person] |= HYPERTENSION


# --- Since when -------------------------------------------------------------------------------------------------------

# Days before the day of the figures on which people were entered: most long ago, some this year.
_SINCE = {MATERNAL: (5, 200), TUBERCULOSIS: (10, 240), SPECIAL: (400, 2500), LOW_INCOME: (340, 1800)}
# Entries that ended, by role: category, chance, how long they lasted.
_ENDED = {
    "P": (("low_income", 0.01, 700),),
    "Q": (("low_income", 0.01, 700), ("tuberculosis", 0.001, 210)),
    "M": (("tuberculosis", 0.002, 210), ("low_income", 0.01, 700)),
    "E": (("tuberculosis", 0.003, 210), ("low_income", 0.02, 700)),
    "S": (("tuberculosis", 0.0005, 210),),
}
_FLAG_CODES = tuple((category.mask, category.code) for category in CORE if category.is_register)

Entry = tuple[str, int, int]  # category, from, until (0: still so)


def entries(people: People, person: int, rng: Random) -> list[Entry]:
    """The person's register entries: those of the day (some end soon after it), and some that ended before."""
    flags = people.flags[person]
    day = min(people.day, people.gone[person] or people.day)
    made = []
    for mask, code in _FLAG_CODES if flags & KEY else ():
        if flags & mask:
            until = day + 1 + rng.randrange(15) if rng.random() < 0.004 else 0
            made.append((code, _since(mask, day, people.birth[person], rng), until))
    for code, chance, length in _ENDED.get(chr(people.role[person]), ()):
        if rng.random() < chance and not flags & BIT[code]:
            end = day - rng.randrange(900)
            made.append((code, end - length + rng.randrange(40), end))
    if flags & WAS_MATERNAL:
        end = day - rng.randrange(330)
        made.append(("maternal", end - 200 - rng.randrange(60), end))
    return made


def _since(mask: int, day: int, born: int, rng: Random) -> int:
    low, high = _SINCE.get(mask, (340, 2600))
    if mask & AILING and rng.random() < 0.10:
        low, high = 1, 340
    return max(born, day - rng.randint(low, high))
