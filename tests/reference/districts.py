"""Random small districts, full of what goes wrong in real ones, written straight into the database.

`build_district` makes the same district for the same random state.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from django.db.models import Model

from assessments.models import PhoneCheck, SurveyAnswer
from contracts.models import Contract, Coverage, CoveragePackage, Service, Suspension, Visit
from residents.models import AddedRegister, Household, Register, Resident, Sex, Transfer
from service_packages.models import Item, Package, PackageItem, PackageVersion
from teams.models import Division, Institution, InstitutionParent, PolicyValue, Team, TeamVillage
from tests.reference.chance import BEGINNING, FIRST, LAST, Chance
from tests.reference.days import ONE_DAY, add_months, exists
from tests.reference.districts_fees import write_fees
from tests.reference.districts_ledger import write_ledger
from tests.reference.report import REGISTERS

ANCHORS = (
    ("age_days", (0, 7), (28, 30)),
    ("age_months", (1, 1), (3, 5), (6, 11), (12, 35), (36, 71)),
    ("age_months", (780, 791), (792, 900)),
    ("pregnancy_weeks", (0, 12), (16, 20), (28, 36), (37, 40)),
    ("delivery_days", (0, 7), (28, 42)),
    ("register_days", (0, 3), (10, 20), (100, 300)),
    ("register_months", (0, 0), (1, 2), (6, 11)),
)
TIMES = (1, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 10, 12, 24)
ITEM_KINDS = ("htn_follow_up", "htn_follow_up", "dm_follow_up", "smd_follow_up", "tb_follow_up", "elderly_exam", "")
POLICIES = (
    ("elderly_age", (60, 66)),
    ("child_age", (3, 7)),
    ("standard_hypertension", (2, 6)),
    ("standard_elderly", (0, 2)),
    ("goal_systolic", (130,)),
    ("goal_age", (60, 80)),
    ("goal_glucose_tenths", (65,)),
    ("unserved_after_days", (30,)),
    ("unserved_window_days", (180,)),
)

Row = TypeVar("Row", bound=Model)
Thing = TypeVar("Thing")


def build_district(rng: Random, size: int) -> list[date]:
    """Write a district with `size` residents (0: nobody at all); give the days on which a report is worth having."""
    builder = _Builder(rng)
    builder.add_places()
    builder.add_teams()
    builder.add_packages()
    builder.add_policies()
    builder.add_people(size)
    builder.add_coverages()
    builder.add_services()
    write_ledger(rng, builder.near)
    builder.add_visits()
    builder.add_opinions()
    write_fees(builder)
    return sorted({*builder.notable, *(day + ONE_DAY for day in builder.notable)})


class _Builder(Chance):
    """The rows made so far; every method adds one kind of them."""

    # --- Places and teams -------------------------------------------------------------------------------------------

    def add_places(self) -> None:
        """A bureau; a lead hospital, centres and clinics under changing parents; one institution that nobody uses."""
        county = Division.objects.create(code="341204", name="county", level="county")
        self.villages = _create(
            Division(code=f"34120400{number:04d}", name="village", level="village", parent=county)
            for number in range(self.rng.randint(1, 5))
        )
        self.bureau = self._institutions("bureau")
        upper = self._institutions("lead_hospital", "hospital")
        centres = self._institutions("township_center", "community_center", "township_center")
        clinics = self._institutions(*["village_clinic"] * self.rng.randint(0, 4))
        self.idle = self._institutions("village_clinic")
        for below, above in ((upper, self.bureau), (centres, self.bureau + upper), (clinics + self.idle, centres)):
            for institution in below:
                self._add_parents(institution, above)
        self.institutions = self.bureau + upper + centres + clinics

    def _institutions(self, *kinds: str) -> list[Institution]:
        return _create(Institution(code=self.code("I"), name=kind, kind=kind) for kind in kinds)

    def _add_parents(self, institution: Institution, above: Sequence[Institution]) -> None:
        """Mostly one parent since always; else a move, perhaps with a time without a parent in between."""
        if self.chance(0.6):
            InstitutionParent.objects.create(institution=institution, parent=self.rng.choice(above))
            return
        _create(
            InstitutionParent(institution=institution, parent=self.rng.choice(above), from_on=start, to_on=end)
            for start, end in self.periods(3)
        )

    def add_teams(self) -> None:
        """Teams with changing villages: some have none, some share one, some are dissolved or not yet formed."""
        self.teams = _create(self._team() for _ in range(self.rng.randint(1, 5)))
        idle = self.teams[:1] if self.chance(0.5) else []
        _create(
            TeamVillage(team=team, village=village, from_on=start, to_on=end)
            for team in self.teams
            if team not in idle
            for village in self.some(self.villages, 3)
            for start, end in ([(BEGINNING, None)] if self.chance(0.5) else self.periods())
        )

    def _team(self) -> Team:
        formed, dissolved = sorted([self.near(), self.near()])
        return Team(
            code=self.code("T"),
            name="team",
            institution=self.rng.choice(self.institutions),
            formed_on=formed if self.chance(0.3) else None,
            dissolved_on=dissolved if self.chance(0.3) else None,
        )

    # --- The catalogue ----------------------------------------------------------------------------------------------

    def add_packages(self) -> None:
        """Packages that share items, some for nothing, some in two versions."""
        self.items = _create(Item(code=self.code("S"), name="item", kind=kind) for kind in ITEM_KINDS)
        self.packages: dict[Package, list[PackageVersion]] = {}
        for _ in range(self.rng.randint(1, 5)):
            package = Package.objects.create(code=self.code("P"))
            numbers = [1, 2] if self.chance(0.2) else [1]
            self.packages[package] = _create(
                PackageVersion(
                    package=package,
                    number=number,
                    name="package",
                    categories=self.some([*REGISTERS], 3),
                    annual_price=self.rng.choice((None, Decimal(0), Decimal("120.00"))),
                    status="published" if number == numbers[-1] else "retired",
                )
                for number in numbers
            )
            for version in self.packages[package]:
                self._add_items(version)

    def _add_items(self, version: PackageVersion) -> None:
        rows = [
            PackageItem(
                version=version,
                item=item,
                times_per_year=self.rng.choice(TIMES),
                unit_price=self.rng.choice((Decimal(0), Decimal("12.50"))),
            )
            for item in self.some(self.items, 4)
        ]
        for row in rows:
            if self.chance(0.4):
                row.anchor, *spans = self.rng.choice(ANCHORS)
                row.opens, row.closes = map(list, zip(*spans, strict=True))
        _create(rows)

    def add_policies(self) -> None:
        """Ages, standards and goals that change on a day; a register of the district's own."""
        self.registers = [*REGISTERS]
        if self.chance(0.5):
            AddedRegister.objects.create(code="copd", name="copd", bit=self.rng.randint(10, 30))
            self.registers.append("copd")
        if self.chance(0.5):
            for code, values in self.some(POLICIES, 6):
                days = sorted({self.near() for _ in range(self.rng.randint(1, 2))})
                _create(PolicyValue(code=code, value=self.rng.choice(values), from_on=day) for day in days)

    # --- People -----------------------------------------------------------------------------------------------------

    def add_people(self, size: int) -> None:
        """Residents with their moves and registers; households may be split over villages and institutions."""
        homes = _create(Household(number=self.code("H")) for _ in range(size // 3 + 1))
        self.residents = _create(self._resident(number, homes) for number in range(1, size + 1))
        _create(row for resident in self.residents for row in self._transfers(resident))
        _create(row for resident in self.residents for row in self._registers(resident))

    def _resident(self, number: int, homes: Sequence[Household]) -> Resident:
        birth = self._birth_date()
        return Resident(
            person=number,
            id_cipher=b"",
            id_hash=number.to_bytes(32),
            name="resident",
            sex=Sex.FEMALE,
            birth_date=birth,
            household=self.rng.choice(homes) if self.chance(0.8) else None,
            village=self._village(),
            institution=self.rng.choice(self.institutions),
            registered_on=self._after(birth, 0.2),
            moved_out_on=self._after(birth, 0.12),
            died_on=self._after(birth, 0.12),
        )

    def _birth_date(self) -> date:
        """Old, young, newborn, on a 29 February, or 6, 7 or 65 years old on a notable day."""
        choice = self.rng.random()
        if choice < 0.15:
            return date(self.rng.choice((1948, 1952, 1952, 1984, 2012, 2012, 2016)), 2, 29)
        if choice < 0.3:
            return self.near()
        if choice < 0.6:
            day, age = self.near(), self.rng.choice((6, 7, 60, 65, 66))
            return day.replace(year=day.year - age) if exists(day.year - age, day.month, day.day) else day
        return self.any_day(date(1925, 1, 1), date(2018, 12, 31))

    def _after(self, birth: date, share: float) -> date | None:
        day = self.perhaps(share)
        return max(day, birth) if day else None

    def _village(self) -> Division | None:
        return self.rng.choice(self.villages) if self.chance(0.85) else None

    def _transfers(self, resident: Resident) -> Iterator[Transfer]:
        """Up to three moves, each from where the one before led; sometimes the record was corrected afterwards."""
        days = sorted({self.near() for _ in range(self.rng.choice((0, 0, 1, 2, 3)))})
        places = [(self.rng.choice(self.institutions), self._village()) for _ in days]
        present = (resident.institution, resident.village)
        places.append(present if self.chance(0.95) else (self.rng.choice(self.institutions), None))
        for day, old, new in zip(days, places[:-1], places[1:], strict=True):
            yield Transfer(
                resident=resident,
                on=day,
                from_institution=old[0],
                from_village=old[1],
                to_institution=new[0],
                to_village=new[1],
            )

    def _registers(self, resident: Resident) -> Iterator[Register]:
        """Entries that were closed and opened again, or overlap."""
        for category in self.some(self.registers, 3):
            rows = {start: end for _ in range(self.rng.randint(1, 2)) for start, end in self.periods()}
            if self.chance(0.4):
                rows = {max(resident.birth_date, self.rng.choice((self.near(), date(2014, 5, 31)))): None}
            for start, end in rows.items():
                yield Register(
                    resident=resident,
                    category=category,
                    from_on=start,
                    to_on=end,
                    expected_on=self.perhaps(0.7, start + timedelta(days=self.rng.randint(0, 250))),
                    delivered_on=self.perhaps(0.5, start + timedelta(days=self.rng.randint(0, 250))),
                )

    # --- Contracts --------------------------------------------------------------------------------------------------

    def add_coverages(self) -> None:
        """Up to three coverages a resident, one after the other, of one household contract or of their own."""
        self.contracts: list[tuple[Contract, set[int]]] = []
        coverages = [row for resident in self.residents for row in self._coverages(resident)]
        _create(contract for contract, _ in self.contracts)
        self.coverages = _create(coverages)
        _create(
            Suspension(coverage=coverage, from_on=start, to_on=end)
            for coverage in self.coverages
            if self.chance(0.25)
            for start, end in self.periods()
        )
        _create(
            CoveragePackage(coverage=coverage, version=version, price=version.price)
            for coverage in self.coverages
            for package in self.some(list(self.packages), 3)
            for version in self.some(self.packages[package], 2) or self.packages[package][-1:]
        )

    def _coverages(self, resident: Resident) -> Iterator[Coverage]:
        free_from = max(resident.birth_date, FIRST)
        for _ in range(self.rng.choice((0, 1, 1, 2, 3))):
            coverage = self._coverage(resident, free_from)
            after = coverage.end_on + ONE_DAY
            free_from = max(min(after, coverage.terminated_on or after), coverage.start_on)
            yield coverage

    def _coverage(self, resident: Resident, free_from: date) -> Coverage:
        start = max(self.near(free_from, *self.notable), free_from)
        end = self._term_end(start)
        stops = (start, end, end + ONE_DAY, self.any_day(start, end), *self.notable)
        terminated = self.perhaps(0.3, *stops)
        return Coverage(
            contract=self._contract(resident),
            resident=resident,
            start_on=start,
            end_on=end,
            terminated_on=max(terminated, start) if terminated else None,
        )

    def _term_end(self, start: date) -> date:
        if self.chance(0.7):
            return add_months(start, 12 * self.rng.choice((1, 1, 1, 2, 3, 5))) - ONE_DAY
        return start + timedelta(days=self.rng.choice((0, 1, 29, 89, 90, 200, 365, 366, 500, 900)))

    def _contract(self, resident: Resident) -> Contract:
        others = [row for row in self.contracts if resident.pk not in row[1]]
        if not others or self.chance(0.6):
            team = self.rng.choice(self.teams)
            others = [(Contract(number=self.code("C"), team=team, signed_on=FIRST), set())]
            self.contracts += others
        contract, covered = self.rng.choice(others)
        covered.add(resident.pk)
        return contract

    # --- What happened ----------------------------------------------------------------------------------------------

    def add_services(self) -> None:
        """Services in and out of windows and coverages, many on neighbouring days, some with readings."""
        given = {
            (resident, item, day)
            for resident in self.residents
            for item, day in self._days_of_services(resident)
            if resident.birth_date <= day <= (resident.died_on or LAST + timedelta(days=90))
        }
        # A set of rows has no fixed order; the district of a seed must have one.
        ordered = sorted(given, key=lambda row: (row[0].pk, row[1].pk, row[2]))
        self.rng.shuffle(ordered)
        _create(self._service(*row) for row in ordered)

    def _days_of_services(self, resident: Resident) -> Iterator[tuple[Item, date]]:
        mine = [one for one in self.coverages if one.resident_id == resident.pk]
        days = [day for one in mine for day in (one.start_on, one.end_on, one.terminated_on) if day]
        days += [add_months(one.start_on, months) for one in mine for months in (1, 3, 6, 9, 12)]
        often = self.rng.choice((0, 2, 3, 6, 10))
        common = [self.near(*days, *self.notable) for _ in range(often)]
        for item in self.items:
            for _ in range(self.rng.randint(0, often)):
                day = self.near(*common, *self.notable)
                for number in range(self.rng.choice((1, 1, 2, 4))):
                    yield item, day + timedelta(days=number)

    def _service(self, resident: Resident, item: Item, day: date) -> Service:
        glucose = self.rng.choice((None, None, Decimal("5.5"), Decimal("6.95"), Decimal("7.0"), Decimal("7.1")))
        return Service(
            resident=resident,
            item=item,
            performed_on=day,
            systolic=self.rng.choice((None, 128, 139, 140, 149, 150)),
            diastolic=self.rng.choice((None, 80, 89, 90, 95)),
            fasting_glucose=glucose,
        )

    def add_visits(self) -> None:
        """Visits inside and outside coverages, with and without a number."""
        visits: dict[object, Visit] = {}
        for resident in self.residents:
            for _ in range(self.rng.choice((0, 1, 2, 5, 9))):
                visit = Visit(
                    resident=resident,
                    visited_on=self.near(),
                    institution=self.rng.choice(self.institutions),
                    cost=Decimal(self.rng.choice((0, 1, 1050, 99999, self.rng.randrange(10**7)))) / 100,
                    visit_no=self.code("V") if self.chance(0.5) else "",
                )
                visits[visit.visit_no or (resident.pk, visit.visited_on, visit.institution_id)] = visit
        _create(visits.values())

    def add_opinions(self) -> None:
        """Survey answers and phone checks, also of people who left."""
        asked = [resident for resident in self.residents for _ in range(self.rng.choice((0, 1, 3, 6)))]
        _create(
            SurveyAnswer(resident=resident, answered_on=self.near(), rating=self.rng.randint(1, 5))
            for resident in asked
        )
        outcomes = [self.rng.choice(PhoneCheck.Outcome.values) for _ in asked]
        _create(
            PhoneCheck(
                resident=resident,
                called_on=self.near(),
                outcome=outcome,
                knows_team=outcome in PhoneCheck.REACHED and self.chance(0.5),
            )
            for resident, outcome in zip(asked, outcomes, strict=True)
        )


def _create(rows: Iterable[Row]) -> list[Row]:
    made = list(rows)
    if made:
        type(made[0])._default_manager.bulk_create(made)
    return made
