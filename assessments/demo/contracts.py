"""Contracts, coverages, packages held, charges and suspensions as rows."""

from array import array
from datetime import date
from random import Random

from assessments.demo.copying import BATCH, Copy, iso
from assessments.demo.figures import PlaceFacts
from assessments.demo.packages import Catalogue, Offer
from assessments.demo.registers import BIT, CHILD, ELDERLY, LOW_INCOME, Entry
from assessments.demo.signing import Population
from assessments.demo.terms import Term
from contracts.models import Charge, Confirmation, Contract, Coverage, CoveragePackage, Suspension
from teams.dates import add_months

HELD_BEFORE = 0.75  # share of payers who held a priced package in earlier terms too
PAUSES = ("外出务工", "长期住院", "随子女居住")


class Agreements:
    """Writes what was signed. Coverages are numbered from 0; `crew` and the others tell of them by number."""

    def __init__(
        self, facts: PlaceFacts, population: Population, catalogue: Catalogue, start: int, rng: Random
    ) -> None:
        self.handed_over = facts.handed_over_on.toordinal()
        self.people = population.people
        self.pays = population.pays
        self.crews = population.crews
        self.catalogue = catalogue
        self.start = start
        self.rng = rng
        self.contracts = Copy(Contract, "id", "number", "team", "signed_on", "representative")
        self.coverages = Copy(
            Coverage, "id", "contract", "resident", "start_on", "end_on", "terminated_on", "termination_reason"
        )
        self.held = Copy(CoveragePackage, "id", "coverage", "version", "price")
        self.charges = Copy(Charge, "held", "payer", "amount")
        self.suspensions = Copy(Suspension, "coverage", "from_on", "to_on", "reason")
        self.confirmations = Copy(Confirmation, "contract", "year", "on")
        self.confirmed = facts.numbers.get("contracts_confirmed", 0) / 100
        self.contract_count = self.held_count = 0
        self.person = array("I")  # of each coverage
        self.crew = array("H")
        self.begin = array("i")
        self.until = array("i")  # the first day on which nothing is given any more
        self.pauses: dict[int, tuple[int, int]] = {}  # of a coverage: the first day, the first one after or 0
        self.since: dict[tuple[int, int], int] = {}  # person, register -> the day of entry
        self.held_from: dict[tuple[int, str], int] = {}  # person, package -> since when it was held first

    def note_registers(self, entries: dict[int, list[Entry]]) -> None:
        """Remember since when people are on registers."""
        for person, own in entries.items():
            for category, since, _until in own:
                self.since[person, BIT[category]] = since

    def write_household(self, household: int, terms: dict[int, list[Term]], entries: dict[int, list[Entry]]) -> None:
        """One contract for the members who sign for the same days; `terms` and `entries` by person."""
        contracts: dict[tuple[int, int], int] = {}
        for person, own in terms.items():
            pays = self.pays[person]
            always = self.rng.random() < HELD_BEFORE
            for place, term in enumerate(own):
                span = (term.start, term.end)
                if span not in contracts:
                    contracts[span] = self._write_contract(household, term)
                is_last = place == len(own) - 1 or term.end >= self.people.day
                paid = bool(pays and (is_last or always))
                self._write_coverage(contracts[span], household, person, term)
                self._write_packages(person, term, entries[person], pays=paid)
        self.flush(at_least=BATCH)

    def flush(self, *, at_least: int = 1) -> None:
        """Send what waits once there are `at_least` so many coverages; each takes its team from its contract."""
        if len(self.coverages.rows) >= at_least:
            for rows in (self.contracts, self.coverages, self.held, self.charges, self.suspensions, self.confirmations):
                rows.flush()

    def _crew_number(self, household: int, day: int) -> int:
        people = self.people
        moved_on = people.moved_on[household]
        slot = people.slots[people.old_slot[household] if day < moved_on else people.slot[household]]
        return slot.team_before if day < self.handed_over else slot.team

    def _write_contract(self, household: int, term: Term) -> int:
        self.contract_count += 1
        number = self.start + self.contract_count
        signed = term.start - int(self.rng.random() * 12)
        crew = self.crews[self._crew_number(household, term.start)].team
        representative = self.people.first[household]  # an adult, by the deck
        year = iso(signed)[:4]
        self.contracts.rows.append(
            f"{number}\t{crew.code}-{year}-{self.contract_count:06}\t{crew.pk}\t{iso(signed)}"
            f"\t{self.start + 1 + representative}"
        )
        if self.confirmed:
            self._write_confirmations(number, term)
        return number

    def _write_confirmations(self, contract: int, term: Term) -> None:
        """Confirmed in the weeks after its second and third year began, if they have."""
        begin, until = date.fromordinal(term.start), min(term.end, (term.stop or term.end + 1) - 1, self.people.day)
        for year in (2, 3):
            on = add_months(begin, 12 * (year - 1)).toordinal()
            if on <= until and self.rng.random() < self.confirmed:
                day = min(until, on + int(self.rng.random() * 30))
                self.confirmations.rows.append(f"{contract}\t{year}\t{iso(day)}")

    def _write_coverage(self, contract: int, household: int, person: int, term: Term) -> None:
        self.person.append(person)
        self.crew.append(self._crew_number(household, term.start))
        self.begin.append(term.start)
        gone = self.people.gone[person] or 10**6
        self.until.append(min(term.end + 1, term.stop or gone, gone))
        coverage = self.start + len(self.person)
        self.coverages.rows.append(
            f"{coverage}\t{contract}\t{self.start + 1 + person}\t{iso(term.start)}\t{iso(term.end)}"
            f"\t{iso(term.stop)}\t{term.reason}"
        )
        if term.pause:
            begin, until = self.pauses[len(self.person) - 1] = term.pause
            self.suspensions.rows.append(f"{coverage}\t{iso(begin)}\t{iso(until)}\t{self.rng.choice(PAUSES)}")

    def _write_packages(self, person: int, term: Term, entries: list[Entry], *, pays: bool) -> None:
        flags = self.people.flags[person] & (ELDERLY | CHILD)
        for category, since, until in entries:
            if since <= term.start and (not until or until > term.start):
                flags |= BIT[category]
        coverage = self.start + len(self.person)
        chosen = self.catalogue.choose(flags, self.rng, pays=pays)
        for name in chosen:
            self.held_from.setdefault((person, name), term.start)
            self.held_count += 1
            held = self.start + self.held_count
            offer = self.catalogue.offers[name]
            self.held.rows.append(f"{held}\t{coverage}\t{offer.version.pk}\t{offer.price}")
            self._write_charges(held, offer, is_low_income=bool(flags & LOW_INCOME))

    def _write_charges(self, held: int, offer: Offer, *, is_low_income: bool) -> None:
        shares = offer.shares_low_income if is_low_income else offer.shares
        self.charges.rows.extend(f"{held}\t{payer}\t{amount}" for payer, amount in shares.items())
