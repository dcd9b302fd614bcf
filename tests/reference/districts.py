"""Random small districts, full of what goes wrong in real ones, written straight into the database.

`build_district` makes the same district for the same random state.
"""

from collections.abc import Iterable, Sequence
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
from tests.reference.chance import FIRST, LAST, Chance
from tests.reference.days import ONE_DAY, add_months, birthday, exists
from tests.reference.districts_ledger import write_ledger
from tests.reference.report import REGISTERS

TIMES = (1, 1, 2, 3, 4, 4, 5, 6, 7, 10, 12, 12, 24)
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
    return builder.report_days()


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
        self.teams = []
        for _ in range(self.rng.randint(1, 5)):
            formed, dissolved = sorted([self.near(), self.near()])
            self.teams += _create(
                [
                    Team(
                        code=self.code("T"),
                        name="team",
                        institution=self.rng.choice(self.institutions),
                        formed_on=formed if self.chance(0.3) else None,
                        dissolved_on=dissolved if self.chance(0.2) else None,
                    )
                ]
            )
        for team in self.teams[1:] if self.chance(0.5) else self.teams:
            for village in self.some(self.villages, 3):
                periods = [(date(1900, 1, 1), None)] if self.chance(0.5) else self.periods()
                _create(TeamVillage(team=team, village=village, from_on=day, to_on=end) for day, end in periods)

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
                    annual_price=self.rng.choice((None, Decimal(0), Decimal("120.00"))),
                    status="published" if number == numbers[-1] else "retired",
                )
                for number in numbers
            )
            for version in self.packages[package]:
                self._add_items(version)

    def _add_items(self, version: PackageVersion) -> None:
        _create(
            PackageItem(
                version=version,
                item=item,
                times_per_year=self.rng.choice(TIMES),
                unit_price=self.rng.choice((Decimal(0), Decimal("12.50"))),
            )
            for item in self.some(self.items, 4)
        )

    def add_policies(self) -> None:
        """Ages, standards and goals that change on a day; a register of the district's own."""
        self.registers = [*REGISTERS]
        if self.chance(0.5):
            AddedRegister.objects.create(code="copd", name="copd", bit=self.rng.randint(10, 30))
            self.registers.append("copd")
        if self.chance(0.3):
            for code, values in self.some(POLICIES, 4):
                days = sorted({self.near() for _ in range(self.rng.randint(1, 2))})
                _create(PolicyValue(code=code, value=self.rng.choice(values), from_on=day) for day in days)

    # --- People -----------------------------------------------------------------------------------------------------

    def add_people(self, size: int) -> None:
        """Residents with their moves and registers; households may be split over villages and institutions."""
        homes = _create(Household(number=self.code("H")) for _ in range(size // 3 + 1))
        self.residents = _create(self._resident(number, homes) for number in range(1, size + 1))
        for resident in self.residents:
            self._add_transfers(resident)
            self._add_registers(resident)

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
            return date(self.rng.choice((1948, 1952, 1956, 1984, 2008, 2012, 2016)), 2, 29)
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

    def _add_transfers(self, resident: Resident) -> None:
        """Up to three moves, each from where the one before led; sometimes the record was corrected afterwards."""
        days = sorted({self.near() for _ in range(self.rng.choice((0, 0, 1, 2, 3)))})
        places = [(self.rng.choice(self.institutions), self._village()) for _ in days]
        present = (resident.institution, resident.village)
        places.append(present if self.chance(0.95) else (self.rng.choice(self.institutions), None))
        moves = zip(days, places[:-1], places[1:], strict=True)
        _create(
            Transfer(
                resident=resident,
                on=day,
                from_institution=old[0],
                from_village=old[1],
                to_institution=new[0],
                to_village=new[1],
            )
            for day, old, new in moves
        )

    def _add_registers(self, resident: Resident) -> None:
        """Entries that were closed and opened again, or overlap."""
        for category in self.some(self.registers, 3):
            rows = {start: end for _ in range(self.rng.randint(1, 2)) for start, end in self.periods()}
            if self.chance(0.4):
                rows = {max(resident.birth_date, date(2014, 5, 31)): None}
            _create(
                Register(resident=resident, category=category, from_on=start, to_on=end) for start, end in rows.items()
            )

    # --- Contracts --------------------------------------------------------------------------------------------------

    def add_coverages(self) -> None:
        """Up to three coverages a resident, one after the other, of one household contract or of their own."""
        self.coverages: list[Coverage] = []
        self.contracts: list[Contract] = []
        for resident in self.residents:
            free_from = max(resident.birth_date, FIRST)
            for _ in range(self.rng.choice((0, 1, 1, 2, 3))):
                coverage = self._coverage(resident, free_from)
                end = coverage.end_on + ONE_DAY
                ends = [end, coverage.terminated_on or end]
                free_from = max(min(ends), coverage.start_on)
                self._add_suspensions(coverage)
                self._add_packages(coverage)

    def _coverage(self, resident: Resident, free_from: date) -> Coverage:
        start = max(self.near(free_from, *self.notable), free_from)
        if start.day > 28 and self.chance(0.3):
            start = max(free_from, add_months(start.replace(day=1), 1) - ONE_DAY)
        end = self._term_end(start)
        stops = (start, end, end + ONE_DAY, self.any_day(start, end), *self.notable)
        terminated = self.perhaps(0.3, *stops)
        coverage = Coverage(
            contract=self._contract(resident),
            resident=resident,
            start_on=start,
            end_on=end,
            terminated_on=max(terminated, start) if terminated else None,
        )
        coverage.save()
        self.coverages.append(coverage)
        return coverage

    def _term_end(self, start: date) -> date:
        if self.chance(0.7):
            return add_months(start, 12 * self.rng.choice((1, 1, 1, 2, 3))) - ONE_DAY
        return start + timedelta(days=self.rng.choice((0, 1, 29, 89, 90, 200, 365, 366, 500, 900)))

    def _contract(self, resident: Resident) -> Contract:
        shared = [one for one in self.contracts if not one.coverages.filter(resident=resident).exists()]
        if shared and self.chance(0.4):
            return self.rng.choice(shared)
        contract = Contract.objects.create(
            number=self.code("C"), team=self.rng.choice(self.teams), signed_on=FIRST, representative=resident
        )
        self.contracts.append(contract)
        return contract

    def _add_suspensions(self, coverage: Coverage) -> None:
        if self.chance(0.25):
            _create(Suspension(coverage=coverage, from_on=start, to_on=end) for start, end in self.periods())

    def _add_packages(self, coverage: Coverage) -> None:
        for package in self.some(list(self.packages), 3):
            version = self.rng.choice(self.packages[package])
            CoveragePackage.objects.create(coverage=coverage, version=version, price=version.price)

    # --- What happened ----------------------------------------------------------------------------------------------

    def add_services(self) -> None:
        """Services in and out of windows and coverages, many on neighbouring days, some with readings."""
        given = set()
        for resident in self.residents:
            mine = [one for one in self.coverages if one.resident_id == resident.pk]
            days = [day for one in mine for day in (one.start_on, one.end_on, one.terminated_on) if day]
            days += [add_months(one.start_on, months) for one in mine for months in (1, 3, 6, 9, 12)]
            last = resident.died_on or LAST + timedelta(days=90)
            for item in self.items:
                for _ in range(self.rng.choice((0, 0, 1, 2, 4, 9))):
                    day = self.near(*days, *self.notable) if self.chance(0.7) else self.any_day()
                    if resident.birth_date <= day <= last:
                        given.add((resident, item, day))
        # A set of rows has no fixed order; the district of a seed must have one.
        ordered = sorted(given, key=lambda row: (row[0].pk, row[1].pk, row[2]))
        self.rng.shuffle(ordered)
        _create(self._service(*row) for row in ordered)

    def _service(self, resident: Resident, item: Item, day: date) -> Service:
        glucose = self.rng.choice((None, None, Decimal("5.5"), Decimal("6.9"), Decimal("7.0"), Decimal("7.1")))
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
        seen = set()
        for resident in self.residents:
            for _ in range(self.rng.choice((0, 1, 2, 5))):
                day, place = self.near(), self.rng.choice(self.institutions)
                number = self.code("V") if self.chance(0.5) else ""
                if number or (resident.pk, day, place.pk) not in seen:
                    seen.add((resident.pk, day, place.pk))
                    cost = Decimal(self.rng.choice((0, 1, 1050, 99999, self.rng.randrange(10**7)))) / 100
                    Visit.objects.create(
                        resident=resident, visited_on=day, institution=place, cost=cost, visit_no=number
                    )

    def add_opinions(self) -> None:
        """Survey answers and phone checks, also of people who left."""
        for resident in self.residents:
            for _ in range(self.rng.choice((0, 0, 1, 3))):
                SurveyAnswer.objects.create(resident=resident, answered_on=self.near(), rating=self.rng.randint(1, 5))
                outcome = self.rng.choice(PhoneCheck.Outcome.values)
                knows = outcome in ("resident", "family") and self.chance(0.5)
                PhoneCheck.objects.create(resident=resident, called_on=self.near(), outcome=outcome, knows_team=knows)

    def report_days(self) -> list[date]:
        """Notable days from 2016 on, and days around which something of this district happens."""
        coverages = [day for one in self.coverages for day in (one.start_on, one.end_on, one.terminated_on) if day]
        birthdays = [birthday(one.birth_date, 65) for one in self.residents]
        happening = [day for day in coverages + birthdays if FIRST <= day <= LAST]
        return sorted({*self.notable, *happening, *(day + ONE_DAY for day in happening)})


def _create(rows: Iterable[Row]) -> list[Row]:
    made = list(rows)
    if made:
        type(made[0])._default_manager.bulk_create(made)
    return made
