"""Fill an empty database with a made place and compute its months."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import groupby
from random import Random

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from assessments.actions import months, policies, screening
from assessments.actions.cohorts import count_cohorts
from assessments.actions.samples import draw_sample
from assessments.calendar import CalendarMonth
from assessments.demo import accounts, activities, aims, bulletins, contacts, inspections, opinions
from assessments.demo.contracts import Agreements
from assessments.demo.copying import without_keys
from assessments.demo.fees import receive_fees
from assessments.demo.figures import PlaceFacts, read_place
from assessments.demo.frauds import plant
from assessments.demo.packages import Catalogue
from assessments.demo.people import People, Settlement
from assessments.demo.places import make_places
from assessments.demo.public_health import PublicHealth
from assessments.demo.registers import KEY, Registry
from assessments.demo.residents import Records
from assessments.demo.services import Fulfilment
from assessments.demo.signing import COVERED, Population, Signing
from assessments.demo.staff import Roster
from assessments.demo.terms import Diary
from assessments.demo.threads import side_by_side
from assessments.demo.visits import Visits
from assessments.demo.waivers import waive_some
from assessments.demo.year import DemoYear
from assessments.models import FundVersion, Sample
from assessments.policy_files import FundPolicy, Policy, read_policy
from contracts.actions import ledger, problems
from contracts.actions.fee_counts import count_fees
from contracts.actions.fulfilment import count_promises
from contracts.models import Charge, Contract, Coverage, CoveragePackage, Obligation, Service, Suspension, Visit
from residents.models import Household, Register, Resident, Transfer
from teams.blocks import claim_block
from teams.models import User

Say = Callable[[str], object]
CENT = Decimal("0.01")
# Everything that is written by COPY; their ids lie in the county's block.
BLOCK_TABLES = (
    Household, Resident, Register, Transfer, Contract, Coverage, CoveragePackage, Obligation, Service, Visit,
)  # fmt: skip
# What the making and matching of obligations rests on.
LEDGER_KEYS = ("contracts_obligation_coverage_id", "residents_register_once_a_day")
COPIED = (*(table for table in BLOCK_TABLES if table is not Obligation), Charge, Suspension)


def load(place: str, *, scale: float, seed: int, out: Say) -> list[accounts.Account]:
    """Make the district, then compute its year and look for data problems. `out` gets a line for each step."""
    made = make(place, scale=scale, seed=seed, out=out)
    facts = read_place(place)
    side_by_side([partial(_compute, month, as_of, out) for month, as_of in _months(facts)])
    year = partial(_live, facts, out)  # nothing that it scores comes from the others
    others = [partial(_count_for_pages, facts.completion_as_of), partial(supervise, facts, seed)]
    side_by_side([year, *others] if _lives_year(facts) else others)
    _report(facts)
    return made


def _compute(month: date, as_of: date, out: Say) -> None:
    started = time.monotonic()
    months.compute(month=month, as_of=as_of, by=None)
    out(f"{month:%Y-%m} as of {as_of}: {time.monotonic() - started:.1f} s")


def _live(facts: PlaceFacts, out: Say) -> None:
    started = time.monotonic()
    DemoYear(facts).live()
    out(f"a year assessed and paid: {time.monotonic() - started:.1f} s")


def _count_for_pages(day: date) -> None:
    """What the worker counts by the hour or the night, and what it screens for."""
    count_cohorts(day)
    problems.check(check_id=problems.request().pk)
    count_promises()
    count_fees()
    screening.screen(screening_id=screening.request().pk)


@transaction.atomic
def supervise(facts: PlaceFacts, seed: int) -> None:
    """Inspections, activities and a sample to call, on months that were computed."""
    official, clerk = (User.objects.get(username=name) for name in ("official", "clerk"))
    inspections.inspect(facts, official, clerk, Random(f"{seed}/inspections"))
    activities.report(facts, official, clerk, Random(f"{seed}/activities"))
    draw_sample(
        name="四季度签约真实性电话核查",
        kind=Sample.Kind.PHONE,
        method=Sample.Method.SIZE,
        size=10,
        margin=Decimal(10),
        confidence=95,
        extra_percent=20,
        second_percent=10,
        by=official,
        seed=f"{seed}/sample",
    )


@transaction.atomic
def _report(facts: PlaceFacts) -> None:
    """Bulletins of the year's end, on what was computed, assessed and found."""
    bulletins.issue(facts, User.objects.get(username="official"))


@transaction.atomic
def make(place: str, *, scale: float, seed: int, out: Say) -> list[accounts.Account]:
    """Make the district without its months, whole or not at all; returns the accounts to enter it with.

    The same place, scale and seed make the same district but for nonces and random passwords. Raises KeyError for an
    unknown place.
    """
    return _District(read_place(place), scale, seed, out).make()


def _months(facts: PlaceFacts) -> list[tuple[date, date]]:
    """The months of the year up to the published figures, then the running one on the second report date; in a demo,
    which assesses a year, the month before them too."""
    year, last = facts.as_of.year, facts.as_of.month
    ends = [CalendarMonth(year, month).last for month in range(1, last)]
    before = [DemoYear.first_month(facts.as_of).last] if _lives_year(facts) else []
    days = [*before, *ends, facts.as_of, facts.completion_as_of]
    return [(day.replace(day=1), day) for day in days]


def _lives_year(facts: PlaceFacts) -> bool:
    """Whether the year is assessed and paid: in a demo of a place with a target for every rule."""
    return bool(settings.DEMO and "year" in facts.facts)


class _District:
    """The steps of a load, each drawing from a stream of its own."""

    def __init__(self, facts: PlaceFacts, scale: float, seed: int, out: Say) -> None:
        self.facts = facts
        self.policies = [_scaled(read_policy(name), scale) for name in facts.policies]
        self.scale = scale
        self.seed = seed
        self.out = out
        self.quotas = facts.quotas(scale)
        self.started = time.monotonic()

    def make(self) -> list[accounts.Account]:
        """Everything but the months."""
        passwords = accounts.Passwords()
        places = make_places(self.facts, self.quotas.teams, self._stream("places"))
        roster = Roster(self.facts, places, self.quotas, self._stream("staff"))
        roster.make()
        catalogue = Catalogue(self.policies)
        start = claim_block(*BLOCK_TABLES)
        population = self._draw_population(roster)
        with without_keys(Obligation, but=LEDGER_KEYS):
            with without_keys(*COPIED, but=LEDGER_KEYS):
                agreements = self._write_people(population, catalogue, start)
                self._analyze(*COPIED)
                self._write_ledger(agreements, population, start)
            self._say("keys made again")
            ledger.match_services(coverages=Coverage.objects.all())
            self._say("services matched")
        self._analyze(*COPIED, Obligation)
        receive_fees(self.facts)
        self._say("fees received")
        opinions.ask(self.facts, agreements, self.scale, self._stream("opinions"))
        made = accounts.make_accounts(places, roster, passwords)
        contacts.make_contacts(self.facts, self._stream("contacts"))
        self._set_rules()
        aims.set_populations(self.facts, self.quotas, places, population.people, self._stream("aims"))
        self._count_up()
        frauds = sorted(plant(roster.crews, self.facts.completion_as_of))
        for signal, of_signal in groupby(frauds, lambda fraud: fraud.signal):
            self.out(f"planted: {signal} {' '.join(fraud.team for fraud in of_signal)}")
        return accounts.seat_doctor(self.facts.completion_as_of, made)

    def _stream(self, noun: str) -> Random:
        return Random(f"{self.seed}/{noun}")

    def _say(self, what: str) -> None:
        self.out(f"{what}: {time.monotonic() - self.started:.1f} s")

    def _set_rules(self) -> None:
        """What the place's policies say beside their catalogue."""
        for policy in self.policies:
            policies.set_settings(policy=policy)
            policies.set_targets(policy=policy, population=self.quotas.population)
            policies.set_funds(policy=policy)
            policies.set_rubric(policy=policy)

    def _draw_population(self, roster: Roster) -> Population:
        people: People = Settlement(self.facts, roster.slots, self._stream("people")).draw(self.quotas.population)
        Registry(people, self.quotas, self._stream("registers")).enter()
        signing = Signing(self.facts, people, self.quotas, self._stream("signing"))
        signing.decide()
        self._say(f"{len(people)} people drawn")
        return Population(people, roster.crews, signing.state, signing.pays)

    def _write_people(self, population: Population, catalogue: Catalogue, start: int) -> Agreements:
        records = Records(self.facts, population, start, self._stream("records"))
        agreements = Agreements(self.facts, population, catalogue, start, self._stream("agreements"))
        people, state = population.people, population.state
        diary = Diary(self.facts, people, state, self._stream("diary"))
        for household in range(len(people.slot)):
            entries = records.write_household(household)
            agreements.note_registers(entries)
            signed = [person for person in people.members(household) if state[person]]
            if signed:
                is_covered = any(state[person] == COVERED for person in signed)
                is_key = any(people.flags[person] & KEY for person in signed)
                shared = diary.household_spans(is_key=is_key) if is_covered else []
                agreements.write_household(
                    household, {person: diary.terms(person, shared) for person in signed}, entries
                )
        records.flush()
        agreements.flush()
        self._say(f"{len(people)} residents, {len(agreements.person)} coverages written")
        return agreements

    def _write_ledger(self, agreements: Agreements, population: Population, start: int) -> None:
        ledger.make_obligations(coverages=Coverage.objects.all())
        self._analyze(Obligation)
        self._say("obligations made")
        waive_some(self.facts)
        fulfilment = Fulfilment(self.facts, agreements, start, self._stream("services"))
        fulfilment.write()
        PublicHealth(fulfilment, agreements, population.state, self._stream("public health")).write()
        self._say(f"{fulfilment.count} services written")
        visits = Visits(self.facts, agreements, population.state, start, self._stream("visits"))
        visits.write()
        self._analyze(Service, Visit)
        self._say(f"{visits.count} visits written")

    def _analyze(self, *tables: type[Model]) -> None:
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"analyze {table._meta.db_table}")

    def _count_up(self) -> None:
        """Let the ids go on after those written here."""
        with connection.cursor() as cursor:
            for table in COPIED:
                name = table._meta.db_table
                cursor.execute(
                    f"select setval(pg_get_serial_sequence('{name}', 'id'), max(id)) from {name} having max(id) > 0"
                )


def _scaled(policy: Policy, scale: float) -> Policy:
    """The policy with the heads of its targets and the pools of its funds, which are those of the whole place, times
    `scale`; rates stay."""
    targets = [row if row.count is None else replace(row, count=round(row.count * scale)) for row in policy.targets]
    return replace(policy, targets=targets, funds=[_scaled_fund(row, scale) for row in policy.funds])


def _scaled_fund(fund: FundPolicy, scale: float) -> FundPolicy:
    if fund.terms.fields["method"] == FundVersion.Method.RATE:
        return fund
    payers = {payer: max(CENT, (of * Decimal(str(scale))).quantize(CENT)) for payer, of in fund.terms.payers.items()}
    return replace(fund, terms=replace(fund.terms, payers=payers))
