"""Every indicator of rules.md 3 for every unit and category, by counting one thing after another.

Each indicator yields shares: what one thing (a person, an obligation, a visit …) adds to one unit. A unit is
("institution", code), for what the institution itself manages, or ("team", code). `figures` adds the shares up,
institutions also into everything above them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from tests.reference.days import add_months, whole_months
from tests.reference.facts import Facts, Service
from tests.reference.ledger import Obligation, ledger
from tests.reference.report import REGISTERS, Person, Report

Unit = tuple[str, str]
Key = tuple[str, str, str, str]
Figures = dict[Key, tuple[int, int]]

STANDARD_KINDS = {
    "hypertension": "htn_follow_up",
    "diabetes": "dm_follow_up",
    "mental_disorder": "smd_follow_up",
    "tuberculosis": "tb_follow_up",
    "elderly": "elderly_exam",
}
PRIMARY_KINDS = ("township_center", "community_center", "village_clinic")


class Share(NamedTuple):
    """What one thing adds to one unit's figure, in each of the categories."""

    unit: Unit
    categories: Iterable[str]
    num: int
    den: int = 1


def figures(facts: Facts, day: date) -> Figures:
    """(institution code, team code or '', category, indicator) -> (numerator, denominator), zeros included."""
    report = Report(facts, day)
    rows = _Ledger(report)
    places = _places(report, rows)
    totals: dict[tuple[Unit, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for indicator, shares in INDICATORS.items():
        for share in shares(report, rows):
            for unit in _adds_to(report, share.unit):
                for category in share.categories:
                    total = totals[unit, category, indicator]
                    total[0] += share.num
                    total[1] += share.den
    return {
        (institution, unit[1] if unit[0] == "team" else "", category, indicator): _pair(
            totals.get((unit, category, indicator), [0, 0])
        )
        for unit, institution in places.items()
        for indicator in INDICATORS
        for category in categories_of(indicator, facts)
    }


def categories_of(indicator: str, facts: Facts) -> tuple[str, ...]:
    """The categories in which an indicator is kept (rules.md 3, last column)."""
    if indicator in ("household_coverage", "satisfaction", "awareness", "phone_valid"):
        return ("all",)
    if indicator == "managed":
        return tuple(STANDARD_KINDS)
    if indicator == "controlled":
        return ("hypertension", "diabetes")
    return ("all", "key", "elderly", "child", *REGISTERS, *facts.registers_added)


def _pair(total: list[int]) -> tuple[int, int]:
    return total[0], total[1]


def _adds_to(report: Report, unit: Unit) -> list[Unit]:
    kind, code = unit
    return [unit] if kind == "team" else [("institution", above) for above in report.upwards(code)]


def _places(report: Report, rows: "_Ledger") -> dict[Unit, str]:
    """Every unit that has figures -> the institution that it stands under (reading 16 of docs/rules.md)."""
    counting = {person.team for person in report.people.values() if person.team}
    counting |= {coverage.team for coverage, _, _ in rows.counting} | {team for team, _, _ in _visits(report)}
    teams = [team for team in report.facts.teams if report.exists(team) or team.code in counting]
    managing = {person.institution for person in report.people.values()} | {team.institution for team in teams}
    institutions = {above for code in managing for above in report.upwards(code)}
    return {("institution", code): code for code in institutions} | {
        ("team", team.code): team.institution for team in teams
    }


class _Ledger:
    """The year's obligations that count on the report date, with their coverage and the day when they were met."""

    def __init__(self, report: Report) -> None:
        waived = {(row.held, row.item, row.opens_on) for row in report.facts.waivers if row.waived_on <= report.day}
        self.counting = [
            (coverage, owed, service.performed_on if service and service.performed_on <= report.day else None)
            for coverage, owed, service in ledger(report.facts)
            if report.this_year(owed.due_on)
            and report.in_force(coverage, owed.due_on)
            and (owed.held, owed.item, owed.opens_on) not in waived
        ]


# --- People ---------------------------------------------------------------------------------------------------------


def _of_people(report: Report, people: Iterable[Person], counts: Callable[[Person], bool]) -> Iterator[Share]:
    """People count where they are managed, and for each team that serves their village (rules.md 4)."""
    for person in people:
        yield Share(("institution", person.institution), person.categories, int(counts(person)))
        for team in report.teams_serving(person.village):
            yield Share(("team", team), person.categories, int(person.team == team and counts(person)))


def _coverage(report: Report, rows: _Ledger) -> Iterator[Share]:
    return _of_people(report, report.population, lambda person: person.coverage is not None)


def _paid_coverage(report: Report, rows: _Ledger) -> Iterator[Share]:
    def pays(person: Person) -> bool:
        return person.coverage is not None and any(held.price > 0 for held in report.held[person.coverage.key])

    return _of_people(report, report.population, pays)


def _renewal(report: Report, rows: _Ledger) -> Iterator[Share]:
    def ran_out(person: Person) -> bool:
        return any(
            report.year_start <= row.end_on < report.day
            and (row.terminated_on is None or row.terminated_on > row.end_on)
            for row in report.coverages[person.resident.key]
        )

    return _of_people(report, filter(ran_out, report.population), lambda person: person.coverage is not None)


def _household_coverage(report: Report, rows: _Ledger) -> Iterator[Share]:
    """A household counts once in each unit that has a member of it (reading 7 of docs/rules.md)."""
    covered: dict[tuple[Unit, str], bool] = defaultdict(bool)
    for person in report.population:
        household = person.resident.household
        if household is not None:
            covered[("institution", person.institution), household] |= person.coverage is not None
            for team in report.teams_serving(person.village):
                covered[("team", team), household] |= person.team == team
    for (unit, _), is_covered in covered.items():
        yield Share(unit, ("all",), int(is_covered))


def _of_members(person: Person, category: str, counts: bool) -> Iterator[Share]:
    """Members count where they are managed, and for the team that covers them."""
    yield Share(("institution", person.institution), (category,), int(counts))
    if person.team:
        yield Share(("team", person.team), (category,), int(counts))


def _last_12_months(report: Report, person: Person) -> list[Service]:
    after = add_months(report.day, -12)
    return [row for row in report.services[person.resident.key] if after < row.performed_on <= report.day]


def _managed(report: Report, rows: _Ledger) -> Iterator[Share]:
    for category, kind in STANDARD_KINDS.items():
        for person in report.members(category):
            months = whole_months(report.member_since(person, category), report.day)
            required = report.policy[f"standard_{category}"] * months // 12
            given = [service for service in _last_12_months(report, person) if service.kind == kind]
            if required >= 1:
                yield from _of_members(person, category, len(given) >= required)


def _controlled(report: Report, rows: _Ledger) -> Iterator[Share]:
    for category, at_goal in (("hypertension", _pressure_at_goal), ("diabetes", _glucose_at_goal)):
        for person in report.members(category):
            verdict = at_goal(report, person)
            if verdict is not None:
                yield from _of_members(person, category, verdict)


def _pressure_at_goal(report: Report, person: Person) -> bool | None:
    """Whether the latest blood pressure is below the goal of the age; the worse of a day counts; None without one."""
    readings = [
        (service.performed_on, service.systolic, service.diastolic)
        for service in _last_12_months(report, person)
        if service.systolic is not None and service.diastolic is not None
    ]
    if not readings:
        return None
    _, systolic, diastolic = max(readings)
    suffix = "_elderly" if person.age >= report.policy["goal_age"] else ""
    return systolic < report.policy["goal_systolic" + suffix] and diastolic < report.policy["goal_diastolic" + suffix]


def _glucose_at_goal(report: Report, person: Person) -> bool | None:
    readings = [
        (service.performed_on, service.fasting_glucose)
        for service in _last_12_months(report, person)
        if service.fasting_glucose is not None
    ]
    if not readings:
        return None
    return max(readings)[1] < Decimal(report.policy["goal_glucose_tenths"]) / 10


# --- Coverages ------------------------------------------------------------------------------------------------------


def _of_coverages(report: Report, team: str, resident: int, num: int, den: int = 1) -> Iterator[Share]:
    """What hangs on a coverage counts where its resident is managed, and for the team that signed it."""
    person = report.people[resident]
    yield Share(("institution", person.institution), person.categories, num, den)
    yield Share(("team", team), person.categories, num, den)


def _item_completion(report: Report, rows: _Ledger) -> Iterator[Share]:
    for coverage, _, met_on in rows.counting:
        yield from _of_coverages(report, coverage.team, coverage.resident, int(met_on is not None))


def _item_on_time(report: Report, rows: _Ledger) -> Iterator[Share]:
    for coverage, owed, met_on in rows.counting:
        on_time = met_on is not None and met_on <= owed.due_on
        yield from _of_coverages(report, coverage.team, coverage.resident, int(on_time))


def _package_completion(report: Report, rows: _Ledger) -> Iterator[Share]:
    by_package: dict[int, list[tuple[Obligation, date | None]]] = defaultdict(list)
    coverages = {}
    for coverage, owed, met_on in rows.counting:
        by_package[owed.held].append((owed, met_on))
        coverages[owed.held] = coverage
    for held, owed_here in by_package.items():
        complete = all(met_on is not None for _, met_on in owed_here)
        yield from _of_coverages(report, coverages[held].team, coverages[held].resident, int(complete))


def _unserved(report: Report, rows: _Ledger) -> Iterator[Share]:
    started_by = report.day - timedelta(days=report.policy["unserved_after_days"])
    window = report.day - timedelta(days=report.policy["unserved_window_days"])
    for person in report.population:
        coverage = person.coverage
        if coverage is None or coverage.start_on > started_by:
            continue
        since = max(coverage.start_on, window)
        served = any(since <= row.performed_on <= report.day for row in report.services[person.resident.key])
        yield from _of_coverages(report, coverage.team, coverage.resident, int(not served))


def _visits(report: Report) -> Iterator[tuple[str, bool, tuple[int, int]]]:
    """Visits that count: the covering team, whether at the primary level, and (resident, cost in fen)."""
    kinds = {institution.code: institution.kind for institution in report.facts.institutions}
    for visit in report.facts.visits:
        coverage = report.coverage_on(visit.resident, visit.visited_on)
        if coverage is not None and report.this_year(visit.visited_on):
            fen = visit.cost * 100
            assert fen == int(fen), "money is kept to the cent"
            yield coverage.team, kinds[visit.institution] in PRIMARY_KINDS, (visit.resident, int(fen))


def _primary_share(report: Report, rows: _Ledger) -> Iterator[Share]:
    for team, primary, (resident, _) in _visits(report):
        yield from _of_coverages(report, team, resident, int(primary))


def _visit_cost(report: Report, rows: _Ledger) -> Iterator[Share]:
    for team, _, (resident, fen) in _visits(report):
        yield from _of_coverages(report, team, resident, fen)


# --- What residents say ---------------------------------------------------------------------------------------------


def _of_opinions(report: Report, opinions: Iterable[tuple[int, date, bool]]) -> Iterator[Share]:
    """This year's answers count where the resident is managed on the report date, and for the team covering them."""
    for resident, day, counts in opinions:
        person = report.people.get(resident)
        if person is not None and report.this_year(day):
            yield from _of_members(person, "all", counts)


def _satisfaction(report: Report, rows: _Ledger) -> Iterator[Share]:
    return _of_opinions(report, ((row.resident, row.answered_on, row.rating >= 4) for row in report.facts.answers))


def _awareness(report: Report, rows: _Ledger) -> Iterator[Share]:
    reached = [row for row in report.facts.phone_checks if row.outcome in ("resident", "family")]
    return _of_opinions(report, ((row.resident, row.called_on, row.knows_team) for row in reached))


def _phone_valid(report: Report, rows: _Ledger) -> Iterator[Share]:
    calls = report.facts.phone_checks
    return _of_opinions(report, ((row.resident, row.called_on, row.outcome in ("resident", "family")) for row in calls))


INDICATORS: dict[str, Callable[[Report, _Ledger], Iterator[Share]]] = {
    "coverage": _coverage,
    "paid_coverage": _paid_coverage,
    "household_coverage": _household_coverage,
    "renewal": _renewal,
    "item_completion": _item_completion,
    "item_on_time": _item_on_time,
    "package_completion": _package_completion,
    "unserved": _unserved,
    "managed": _managed,
    "controlled": _controlled,
    "primary_share": _primary_share,
    "visit_cost": _visit_cost,
    "satisfaction": _satisfaction,
    "awareness": _awareness,
    "phone_valid": _phone_valid,
}
