"""What teams gave: services on promises, some late and some never, and public health services beside any contract.

Exactly the published share of packages is complete and of items done on the second report date; which ones are not
follows from the teams' habits. Where nothing is published, all of it does. The engine matches and counts them like
anybody's services.
"""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from random import Random

from django.db import connection

from assessments.demo.contracts import Agreements
from assessments.demo.copying import BATCH, Copy, iso
from assessments.demo.figures import PlaceFacts
from assessments.demo.habits import Habit
from assessments.demo.readings import Readings
from assessments.demo.registers import ELDERLY
from contracts.models import Service
from service_packages.models import Item

MODES = (Item.Mode.CLINIC, Item.Mode.CLINIC, Item.Mode.CLINIC, Item.Mode.HOME, Item.Mode.PHONE)
GOLDEN = 2654435761  # spreads person numbers, so that neighbours differ

_DUE = """
select held_id, coverage_id, item_id, opens_on - date '0001-01-01' + 1, due_on - date '0001-01-01' + 1,
       waived_on is not null
from contracts_obligation
where {condition}
order by coverage_id, held_id, item_id, opens_on
"""

Row = tuple[int, int, int, int, int, bool]


class Fulfilment:
    """Writes the services that meet obligations, and leaves out those that are missed."""

    def __init__(self, facts: PlaceFacts, agreements: Agreements, start: int, rng: Random) -> None:
        self.agreements = agreements
        self.people = agreements.people
        self.start = start
        self.rng = rng
        self.last = facts.completion_as_of.toordinal()
        self.year_start = date(facts.completion_as_of.year, 1, 1).toordinal()
        self.numbers = facts.numbers
        self.is_planned = "packages_completed" in facts.numbers
        self.kinds = {item.pk: item.kind for item in agreements.catalogue.items.values()}
        self.readings = Readings(rng)
        self.services = Copy(
            Service, "id", "resident", "item", "performed_on", "staff", "place", "systolic", "diastolic",
            "fasting_glucose", "note",
        )  # fmt: skip
        self.count = 0
        self.given: set[tuple[int, int]] = set()  # items and days of a coverage; two packages may hold the same item
        self.misses: dict[int, int] = {}  # package held -> how many of this year's obligations stay unmet

    def write(self) -> None:
        """Plan the year's completion where it is published, then write the services of every coverage."""
        if self.is_planned:
            self._plan()
        obligations = _rows(f"opens_on <= date '{iso(self.last)}'")
        for coverage, of_coverage in groupby(obligations, key=itemgetter(1)):
            self.given.clear()
            for held, rows in groupby(of_coverage, key=itemgetter(0)):
                self._serve(held, coverage - self.agreements.start - 1, list(rows))
            self.services.flush(at_least=BATCH)
        self.services.flush()

    def write_one(self, person: int, item: int, day: int, crew: int) -> None:
        """One service row."""
        self.count += 1
        rng, flags = self.rng, self.people.flags[person]
        giver = self.agreements.crews[crew]
        is_well = (person * GOLDEN >> 8) % 1000 < giver.habit.control * 1000
        readings = self.readings.draw(self.kinds[item], giver.habit, is_well=is_well, is_elderly=bool(flags & ELDERLY))
        mode = MODES[int(rng.random() * len(MODES))]
        self.services.rows.append(
            f"{self.start + self.count}\t{self.start + 1 + person}\t{item}\t{iso(day)}"
            f"\t{giver.staff_ids[person % len(giver.staff_ids)]}\t{mode.value}\t{readings}\t"
        )

    def _counts(self, coverage: int, due: int, *, is_waived: bool) -> bool:
        """Whether an obligation counts this year: due up to the report date, in force then, not waived."""
        if is_waived or not self.year_start <= due <= self.last or due >= self.agreements.until[coverage]:
            return False
        begin, until = self.agreements.pauses.get(coverage, (0, -1))
        return not (begin and begin <= due and (not until or due < until))

    def _plan(self) -> None:
        """Choose the packages that stay incomplete, the worst teams' first, and how much of each is missed."""
        due: dict[tuple[int, int], int] = {}
        window = f"due_on between date '{iso(self.year_start)}' and date '{iso(self.last)}'"
        for held, coverage, _item, _opens, due_on, is_waived in _rows(window):
            number = coverage - self.agreements.start - 1
            if self._counts(number, due_on, is_waived=is_waived):
                due[held, number] = due.get((held, number), 0) + 1
        crews, noise = self.agreements.crews, self.rng.gauss
        score = {key: crews[self.agreements.crew[key[1]]].habit.quality + noise(0, 0.8) for key in due}
        incomplete = sorted(due, key=score.__getitem__)[
            : round(len(due) * (1 - self.numbers["packages_completed"] / 100))
        ]
        incomplete.sort()
        to_miss = round(sum(due.values()) * (1 - self.numbers["package_items_completed"] / 100))
        spare = sum(due[key] for key in incomplete) - len(incomplete)
        share = max(0.0, min(1.0, (to_miss - len(incomplete)) / spare)) if spare else 0.0
        owed = 0.0
        for key in incomplete:
            owed += 1 + (due[key] - 1) * share
            self.misses[key[0]] = missed = max(1, min(due[key], round(owed)))
            owed -= missed

    def _serve(self, held: int, coverage: int, rows: list[Row]) -> None:
        """The services of one package that a coverage holds."""
        agreements, rng = self.agreements, self.rng
        crew = agreements.crew[coverage]
        habit = agreements.crews[crew].habit
        counting = [place for place, row in enumerate(rows) if self._counts(coverage, row[4], is_waived=row[5])]
        missed = set(rng.sample(counting, self.misses.get(held, 0)))
        bound = set(counting) - missed if self.is_planned else set()
        person, until = agreements.person[coverage], min(agreements.until[coverage] - 1, self.last)
        days: list[tuple[int, int, int]] = []  # item, window's place, day
        for place, (_held, _coverage, item, opens, due, is_waived) in enumerate(rows):
            if place in missed or is_waived or (place not in bound and rng.random() > habit.served):
                continue
            day = self._day(habit, item, opens, due)
            if day <= until:
                days.append((item, place, day))
        for item, wished in self._delayed(habit, rows, days, until):
            day = wished
            while (item, day) in self.given:
                day += 1
            if day <= until:
                self.given.add((item, day))
                self.write_one(person, item, day, crew)

    def _day(self, habit: Habit, item: int, opens: int, due: int) -> int:
        """A day within the window, by the team's pace; records are mostly updated at the start."""
        chance, length = self.rng.random(), due - opens + 1
        if self.kinds[item] == "record" and chance < habit.served - 0.2:
            return opens + int(self.rng.random() * min(60, length))
        if habit.pace == "steady":
            return opens + int(chance * length)
        if habit.pace == "prompt":
            return opens + int(chance * chance * length)
        if habit.pace == "year_end":
            december = date.fromordinal(due).replace(month=12, day=5).toordinal()
            start = december if opens <= december < due - 5 else opens
            return max(start, due - int(chance * 25))
        return max(opens, due - int(chance * chance * 40))

    def _delayed(
        self, habit: Habit, rows: list[Row], days: list[tuple[int, int, int]], until: int
    ) -> Iterator[tuple[int, int]]:
        """Items and days, some moved behind the next window's service of the same item, which keeps both met.

        Only while nothing of the item was missed before: an older missed window would be met instead.
        """
        whole_until = -1  # the place up to which the item's windows were all served
        for number, (item, place, day) in enumerate(days):
            is_first = place == 0 or rows[place - 1][2] != item
            whole_until = place if is_first or whole_until == place - 1 else whole_until
            following = days[number + 1] if number + 1 < len(days) else None
            if (
                whole_until == place
                and following
                and following[:2] == (item, place + 1)
                and self.rng.random() < habit.late
            ):
                latest = min(until, rows[place + 1][4])
                if following[2] < latest:
                    day = self.rng.randint(following[2] + 1, latest)
            yield item, day


def _rows(condition: str) -> Iterator[Row]:
    """Obligations in the order of coverages, packages, items and windows, streamed."""
    with connection.connection.cursor(name="obligations") as cursor:
        cursor.itersize = 20_000
        cursor.execute(_DUE.format(condition=condition))
        yield from cursor
