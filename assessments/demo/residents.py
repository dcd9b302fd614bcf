"""Households and residents as rows: names, identities, phones, addresses, registers, transfers."""

from datetime import date
from itertools import count
from random import Random

from assessments.demo.copying import BATCH, NULL, Copy, iso
from assessments.demo.figures import PlaceFacts
from assessments.demo.identities import IdNumbers, SealedPhone, fixed_line, mobile, seal_id, seal_phone, spoilt
from assessments.demo.names import Names
from assessments.demo.people import LEFT_BY_DEATH
from assessments.demo.registers import Entry, entries
from assessments.demo.signing import NEVER, Population
from assessments.demo.staff import Crew, Slot
from residents.models import Household, Register, Resident, Transfer

# Shares of people by what stands in the phone column; the rest have a mobile of their own or their family's.
NO_PHONE, SPOILT, FIXED_LINE, OWN_IN_AGE = 0.03, 0.006, 0.02, 0.5
# How much of what a careless team writes down is like this.
CARELESS = {"consecutive": 0.4, "shared": 0.25, "own": 0.3}
AT_CENTER = 0.02  # share of households that the centre manages itself
SHARED_NUMBERS = 3  # numbers that a team of that habit uses again and again


class Phones:
    """What stands in the phone column, by age, family and the habit of the team that wrote it down."""

    def __init__(self, crews: list[Crew], area: str, rng: Random) -> None:
        self.rng = rng
        self.area = area
        self.own = [seal_phone(crew.village_phone) for crew in crews]
        self.shared = [
            [seal_phone(mobile(rng)) for _ in range(SHARED_NUMBERS if crew.habit.phones == "shared" else 0)]
            for crew in crews
        ]
        self.consecutive = [count(int(mobile(rng)[:9] + "00")) for _crew in crews]
        self.habits = [crew.habit.phones for crew in crews]

    def draw(self, crew: int, role: str, family: SealedPhone | None, *, is_signed: bool) -> SealedPhone:
        """The phone of one person; `family` is the number of the household's first adult."""
        rng, habit = self.rng, self.habits[crew]
        if habit and is_signed and rng.random() < CARELESS[habit]:
            if habit == "consecutive":
                return seal_phone(str(next(self.consecutive[crew])))
            return self.own[crew] if habit == "own" else rng.choice(self.shared[crew])
        chance = rng.random()
        if chance < NO_PHONE:
            return seal_phone("")
        if chance < NO_PHONE + SPOILT:
            return seal_phone(spoilt(rng))
        if family and (role in "YC" or (role == "E" and rng.random() > OWN_IN_AGE)):
            return family
        return seal_phone(fixed_line(rng, self.area) if rng.random() < FIXED_LINE else mobile(rng))


class Records:
    """Writes households one after the other; ids are `start` + 1 + the number of a person or household."""

    def __init__(self, facts: PlaceFacts, population: Population, start: int, rng: Random) -> None:
        self.people = population.people
        self.state = population.state
        self.start = start
        self.rng = rng
        self.names = Names(rng)
        self.numbers = IdNumbers(rng, facts.facts["id_codes_elsewhere"])
        self.phones = Phones(population.crews, facts.facts["phone_area"], rng)
        self.households = Copy(Household, "id", "number")
        self.residents = Copy(
            Resident, "id", "person", "id_cipher", "id_hash", "name", "initials", "sex", "birth_date", "phone_cipher",
            "phone_hash", "phone_problem", "household", "is_head", "village", "institution", "address",
            "registered_on", "moved_out_on", "died_on",
        )  # fmt: skip
        self.registers = Copy(Register, "resident", "category", "from_on", "to_on")
        self.transfers = Copy(
            Transfer, "resident", "on", "from_institution", "from_village", "to_institution", "to_village"
        )
        self.prefix = f"{facts.division}H"

    def write_household(self, household: int) -> dict[int, list[Entry]]:
        """A household with its members; returns their register entries."""
        people = self.people
        slot = people.slots[people.slot[household]]
        self.households.rows.append(f"{self.start + 1 + household}\t{self.prefix}{household + 1:07}")
        place = self._place(slot)
        where = f"{slot.village.division.pk}\t{place}\t{self._address(slot)}"
        surname, family = self.names.surname(), None
        made = {}
        for person in people.members(household):
            phone = self._write_resident(household, person, surname, family, where)
            family = family or (phone if phone[0] != NULL else None)
            made[person] = self._write_registers(person)
            if people.moved_on[household]:
                self._write_transfer(household, person, place)
        self.flush(at_least=BATCH)
        return made

    def flush(self, *, at_least: int = 1) -> None:
        """Send what waits."""
        for rows in (self.households, self.residents, self.registers, self.transfers):
            rows.flush(at_least=at_least)

    def _write_resident(
        self, household: int, person: int, surname: str, family: SealedPhone | None, where: str
    ) -> SealedPhone:
        people, rng = self.people, self.rng
        role, female, birth = chr(people.role[person]), people.female[person], people.birth[person]
        # Children and their fathers share a name; wives and some of the old bring their own.
        own = self.names.surname() if (female and role not in "YC") or rng.random() < 0.04 else surname
        name, initials = self.names.full(own, is_female=female, born=date.fromordinal(birth).year)
        slot = people.slots[people.slot[household]]
        phone = self.phones.draw(slot.team, role, family, is_signed=self.state[person] != NEVER)
        gone = iso(people.gone[person])
        moved, died = (NULL, gone) if people.left_by[person] == LEFT_BY_DEATH else (gone, NULL)
        is_head = "t" if person == people.first[household] else "f"
        identity = seal_id(self.numbers.draw(birth, female, slot.village.division.code[:6]))
        self.residents.rows.append(
            f"{self.start + 1 + person}\t{identity}\t{name}\t{initials}\t{'female' if female else 'male'}"
            f"\t{iso(birth)}\t{phone[0]}\t{phone[1]}\t{phone[2]}\t{self.start + 1 + household}\t{is_head}"
            f"\t{where}\t{iso(people.registered[person])}\t{moved}\t{died}"
        )
        return phone

    def _write_registers(self, person: int) -> list[Entry]:
        made = entries(self.people, person, self.rng)
        resident = self.start + 1 + person
        self.registers.rows.extend(f"{resident}\t{code}\t{iso(since)}\t{iso(until)}" for code, since, until in made)
        return made

    def _write_transfer(self, household: int, person: int, place: int) -> None:
        people = self.people
        old, new = (people.slots[slots[household]] for slots in (people.old_slot, people.slot))
        self.transfers.rows.append(
            f"{self.start + 1 + person}\t{iso(people.moved_on[household])}\t{old.clinic.pk}"
            f"\t{old.village.division.pk}\t{place}\t{new.village.division.pk}"
        )

    def _place(self, slot: Slot) -> int:
        """The clinic, or for a few households the centre itself."""
        return slot.village.center.institution.pk if self.rng.random() < AT_CENTER else slot.clinic.pk

    def _address(self, slot: Slot) -> str:
        rng, village = self.rng, slot.village
        group, number = int(rng.random() * 12) + 1, int(rng.random() * 180) + 1
        if village.center.is_urban:
            return f"{village.township}{village.place_name}{group}号楼{number}室"
        return f"{village.township}{village.place_name}{group}组{number}号"
