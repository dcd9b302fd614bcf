"""The promise ledger (rules.md 5): what a coverage owes, window by window, and which service met what."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.reference.days import ONE_DAY, add_months
from tests.reference.facts import Anchored, Coverage, Facts, Held, Register, Resident, Service, Waiver

WEEKS_OF_PREGNANCY = timedelta(weeks=40)


@dataclass(frozen=True)
class Obligation:
    """One service owed from `opens_on` to `due_on`, both days in the window; `package` is its code and version."""

    coverage: int
    held: int
    package: tuple[str, int]
    item: str
    opens_on: date
    due_on: date


def windows(start_on: date, end_on: date, times: int) -> list[tuple[date, date]]:
    """First and last day of every window of an item owed `times` a year, over the full term."""
    found = []
    contract_year = 0
    while add_months(start_on, 12 * contract_year) <= end_on:
        year_start = add_months(start_on, 12 * contract_year)
        next_year = add_months(start_on, 12 * (contract_year + 1))
        openings = [_opening(year_start, number, times) for number in range(times)]
        for opens_on, next_on in zip(openings, [*openings[1:], next_year], strict=True):
            due_on = min(next_on - ONE_DAY, end_on)
            if opens_on <= due_on:
                found.append((opens_on, due_on))
        contract_year += 1
    return found


def _opening(year_start: date, number: int, times: int) -> date:
    if 12 % times == 0:
        return add_months(year_start, number * 12 // times)
    days, rest = divmod(number * 365, times)
    return year_start + timedelta(days=days + 1 if 2 * rest >= times else days)


def anchored_windows(
    coverage: Coverage, item: Anchored, birth_date: date, registers: Iterable[Register]
) -> list[tuple[date, date]]:
    """First and last day of every window counted from the birth or from entries on a register.

    A window is owed by the coverage that holds its last day. It begins no earlier than coverage and entry.
    """
    found: dict[date, date] = {}
    for anchor_on, entry in _anchors(item, birth_date, registers):
        for first, last in item.spans:
            opens_on = max(_moved(anchor_on, first, item.anchor), coverage.start_on, entry.from_on)
            due_on = _moved(anchor_on, last + 1, item.anchor) - ONE_DAY
            is_over = entry.to_on is not None and entry.to_on <= opens_on
            is_born = entry.delivered_on is not None and entry.delivered_on <= due_on
            if due_on > coverage.end_on or due_on < opens_on or is_over:
                continue
            if item.anchor == "pregnancy_weeks" and is_born:
                continue
            found[opens_on] = min(due_on, found.get(opens_on, due_on))
    return sorted(found.items())


def _anchors(item: Anchored, birth_date: date, registers: Iterable[Register]) -> Iterator[tuple[date, Register]]:
    if item.anchor.startswith("age_"):
        yield birth_date, Register(0, "", birth_date)
        return
    of_mothers = item.anchor in ("pregnancy_weeks", "delivery_days")
    for entry in registers:
        if entry.category not in (("maternal",) if of_mothers else item.categories):
            continue
        if not of_mothers:
            yield entry.from_on, entry
        elif item.anchor == "delivery_days" and (entry.delivered_on or entry.expected_on):
            yield entry.delivered_on or entry.expected_on, entry  # type: ignore[misc]
        elif item.anchor == "pregnancy_weeks" and entry.expected_on:
            yield entry.expected_on - WEEKS_OF_PREGNANCY, entry


def _moved(day: date, number: int, anchor: str) -> date:
    if anchor.endswith("_months"):
        return add_months(day, number)
    return day + number * timedelta(weeks=1 if anchor.endswith("_weeks") else 0, days=anchor.endswith("_days"))


def obligations(
    coverage: Coverage,
    held: Iterable[Held],
    birth_date: date = date(1900, 1, 1),
    registers: Sequence[Register] = (),
) -> list[Obligation]:
    """Everything that a coverage owes over its full term, whether or not it ends early."""
    found = []
    for package in held:
        of_package = [(item, windows(coverage.start_on, coverage.end_on, times)) for item, times in package.items]
        of_package += [(one.item, anchored_windows(coverage, one, birth_date, registers)) for one in package.anchored]
        found += [
            Obligation(coverage.key, package.key, (package.package, package.version), item, opens_on, due_on)
            for item, days in of_package
            for opens_on, due_on in days
        ]
    return found


def within_term(coverage: Coverage, day: date) -> bool:
    """Whether the day lies in the coverage's term, cut by termination; suspension and population don't matter here."""
    ended = coverage.terminated_on is not None and coverage.terminated_on <= day
    return coverage.start_on <= day <= coverage.end_on and not ended


def match(
    coverage: Coverage, owed: Sequence[Obligation], services: Iterable[Service], waivers: Iterable[Waiver] = ()
) -> dict[Obligation, Service]:
    """Which service met which obligation of the coverage. `services` may hold other people's and other days'."""
    waived = {(waiver.held, waiver.item, waiver.opens_on): waiver.waived_on for waiver in waivers}
    met: dict[Obligation, Service] = {}
    given = [one for one in services if one.resident == coverage.resident and within_term(coverage, one.performed_on)]
    for service in sorted(given, key=lambda one: one.performed_on):
        chosen = _choose(service, [one for one in owed if one not in met and not _is_waived(one, service, waived)])
        if chosen is not None:
            met[chosen] = service
    return met


def _is_waived(one: Obligation, service: Service, waived: dict[tuple[int, str, date], date]) -> bool:
    waived_on = waived.get((one.held, one.item, one.opens_on))
    return waived_on is not None and waived_on <= service.performed_on


def _choose(service: Service, unmet: Sequence[Obligation]) -> Obligation | None:
    day = service.performed_on
    same_item = [one for one in unmet if one.item == service.item]
    current = [one for one in same_item if one.opens_on <= day <= one.due_on]
    if current:
        return min(current, key=lambda one: one.package)
    missed = [one for one in same_item if one.due_on < day]
    return min(missed, key=lambda one: (one.due_on, one.package), default=None)


def ledger(facts: Facts) -> Iterator[tuple[Coverage, Obligation, Service | None]]:
    """Every obligation of every coverage with the service that met it."""
    held: dict[int, list[Held]] = {}
    services: dict[int, list[Service]] = {}
    for package in facts.held:
        held.setdefault(package.coverage, []).append(package)
    for service in facts.services:
        services.setdefault(service.resident, []).append(service)
    people: dict[int, Resident] = {one.key: one for one in facts.residents}
    registers: dict[int, list[Register]] = {}
    for entry in facts.registers:
        registers.setdefault(entry.resident, []).append(entry)
    for coverage in facts.coverages:
        person = people.get(coverage.resident)
        owed = obligations(
            coverage,
            held.get(coverage.key, ()),
            person.birth_date if person else date(1900, 1, 1),
            registers.get(coverage.resident, ()),
        )
        met = match(coverage, owed, services.get(coverage.resident, ()), facts.waivers)
        for one in owed:
            yield coverage, one, met.get(one)
