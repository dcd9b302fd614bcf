"""What if: scores and money of frozen months under a changed policy, beside those under the present one."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, QuerySet

from assessments.calendar import CalendarMonth
from assessments.models import FundVersion, Revision, RubricVersion, Scenario, UnitKind
from assessments.queries.answers import Answer, Line, Side, fees_of_units, grades, kept_answer, payers
from assessments.queries.basis import Unit as Payee
from assessments.queries.basis import frozen_revisions
from assessments.queries.holdings import Fees, counted, fees, holdings, payees
from assessments.queries.results import Result
from assessments.queries.rubrics import Trial, TrialRow, trial
from assessments.queries.scoring import assessed_units, whole
from assessments.queries.simulation import result_of, rule_of, simulate
from assessments.rules.allocation import FundRule, cents, yuan
from service_packages.models import Package, PackageVersion
from teams.health import is_work_waiting
from teams.models import User
from teams.rules import RuleViolation

Row = TypeVar("Row", bound=Model)
# What of a fund's rule a scenario may change; amounts are by payer.
FACTORS = ("excellent", "good", "passed", "failed", "unassessed")
FUND_FIELDS = ("quality", "withheld", *FACTORS)


def scenarios(user: User) -> QuerySet[Scenario]:
    """Scenarios, the latest first; they show everybody's results, so they are for accounts that see the district."""
    rows = Scenario.objects.select_related("version__rubric", "made_by")
    return rows if user.scope.is_district else rows.none()


def changed_version(version: RubricVersion, changes: Mapping[str, Any]) -> RubricVersion:
    """A copy of the version (read with `whole`) with the points and targets of some rules changed in memory."""
    sections = []
    for section in version.sections.all():
        rules = [copy(rule) for rule in section.rules.all()]
        for rule in rules:
            for name, text in changes.get(rule.code, {}).items():
                setattr(rule, name, Decimal(text))
        sections.append(_holding(section, rules=rules))
    return _holding(version, sections=sections, vetoes=list(version.vetoes.all()))


def _holding(row: Row, **related: Sequence[Model]) -> Row:
    """A copy of a row that has these related rows, as if they had been read with it."""
    copied = copy(row)
    copied._prefetched_objects_cache = related  # type: ignore[attr-defined]
    return copied


class Frozen(NamedTuple):
    """The frozen revisions of a scenario's months, and why they are no ground for money, if they aren't."""

    revisions: Sequence[Revision]
    obstacle: str = ""


def frozen_of(scenario: Scenario) -> Frozen:
    """One query, two where a month is not frozen."""
    rows = Revision.objects.filter(
        frozen_at__isnull=False, month__first_on__range=(scenario.from_month, scenario.to_month)
    )
    found = list(rows.select_related("month").order_by("month__first_on", "number"))
    months = _months(scenario)
    if {row.month.first_on for row in found if row.month.current_id == row.pk} == {month.first for month in months}:
        return Frozen(found)
    try:
        frozen_revisions(months)
    except RuleViolation as refusal:
        return Frozen(found, str(refusal) if _is_paid(scenario) else "")
    return Frozen(found)


def look(scenario: Scenario, frozen: Frozen) -> Answer | None:
    """The answer of now, if it is kept. While Redis is away nothing can be, and it is worked out at once."""
    if is_work_waiting():
        return answer(scenario, frozen)
    return kept_answer(scenario, frozen.revisions, frozen.obstacle)


def progress(scenario: Scenario, frozen: Frozen) -> tuple[int, int]:
    """How many of the months that have to be counted are, and how many there are."""
    current = _current(frozen)
    return (counted(current), len(current)) if _is_paid(scenario) else (0, 0)


def _current(frozen: Frozen) -> list[Revision]:
    return [row for row in frozen.revisions if row.month.current_id == row.pk]


def _is_paid(scenario: Scenario) -> bool:
    return bool(scenario.changes.get("fund", {}).get("version") or scenario.changes.get("prices"))


def answer(scenario: Scenario, frozen: Frozen | None = None) -> Answer:
    """Score and pay the scenario's months by the present policy and by the changed one. Nothing is written.

    Half a second a month for a district where its months are not kept, so that the worker does it for pages.
    """
    frozen, fund, prices = frozen or frozen_of(scenario), fund_of(scenario), prices_of(scenario)
    before = whole(scenario.version)
    after = changed_version(before, scenario.changes.get("rules", {}))
    units = assessed_units(scenario.unit_kind, scenario.to_month)
    tried = trial(before, after, scenario.unit_kind, units, (scenario.from_month, scenario.to_month))
    found = Answer(
        [_scores_only(row) for row in tried.rows],
        grades([(row.before, row.after) for row in tried.rows]),
        obstacle=frozen.obstacle,
    )
    if frozen.obstacle or (fund is None and not prices):
        return found
    months = holdings(_current(frozen))
    if fund is not None:
        found = replace(found, lines=_with_money(scenario, tried, fund, payees(fund, months)))
    if prices and scenario.unit_kind != UnitKind.STAFF:
        found = _with_fees(found, fees(months, {}), fees(months, prices))
    return found


def priced_packages(user: User) -> QuerySet[PackageVersion]:
    """The published packages with what their prices follow from, by code."""
    published = PackageVersion.objects.visible_to(user).filter(status=PackageVersion.Status.PUBLISHED)
    return published.select_related("package").prefetch_related("items").order_by("package__code")


def prices_of(scenario: Scenario) -> dict[int, Decimal]:
    """Package id -> the yuan a year that the scenario puts in place of what was signed."""
    said = {code: Decimal(text) for code, text in scenario.changes.get("prices", {}).items()}
    if not said:
        return {}
    known = Package.objects.filter(code__in=said).values_list("pk", "code")
    return {package: said[code] for package, code in known}


def fund_of(scenario: Scenario) -> FundVersion | None:
    """The rule of the fund that the scenario pays by."""
    chosen = scenario.changes.get("fund", {}).get("version")
    if chosen is None:
        return None
    return FundVersion.objects.select_related("fund").prefetch_related("payers").filter(pk=chosen).first()


def _months(scenario: Scenario) -> list[CalendarMonth]:
    first, last = CalendarMonth.of(scenario.from_month), CalendarMonth.of(scenario.to_month)
    months = [first]
    while months[-1] < last:
        months.append(months[-1].plus(1))
    return months


def _scores_only(row: TrialRow) -> Line:
    team = row.unit.team.pk if row.unit.team else None
    before, after = (Side(each.total, each.grade) for each in (row.before, row.after))
    return Line(row.unit.name, row.unit.institution.pk, team, before, after)


def _with_fees(found: Answer, before: Fees, after: Fees) -> Answer:
    old, new = ([each.shares(line.institution, line.team) for line in found.lines] for each in (before, after))
    lines = [
        replace(line, before=line.before._replace(fees=first), after=line.after._replace(fees=second))
        for line, first, second in zip(found.lines, fees_of_units(old), fees_of_units(new), strict=True)
    ]
    return replace(found, lines=lines, payers=payers(old, new))


def _with_money(scenario: Scenario, tried: Trial, fund: FundVersion, units: Sequence[Payee]) -> list[Line]:
    changed, rule = _changed_fund(fund, scenario.changes["fund"])
    outcomes = [{row.unit.pk: getattr(row, side) for row in tried.rows} for side in ("before", "after")]
    results = [{unit: Result(o.total, o.grade) for unit, o in side.items() if o.total is not None} for side in outcomes]
    kind = scenario.unit_kind
    paid = [simulate(fund, units, results[0], kind), simulate(changed, units, results[1], kind, rule=rule)]

    def side(unit: Payee, place: int) -> Side:
        scored = result_of(unit, results[place], kind)
        money = yuan(paid[place].entitlements[unit.code].total)
        return Side(scored.total, scored.grade, money) if scored else Side(money=money)

    return [Line(unit.name, unit.institution, unit.team, side(unit, 0), side(unit, 1)) for unit in units]


def _changed_fund(fund: FundVersion, changes: Mapping[str, Any]) -> tuple[FundVersion, FundRule]:
    """The fund's rule with its factors and amounts changed in memory."""
    changed = copy(fund)
    for name in FUND_FIELDS:
        if name in changes:
            setattr(changed, name, Decimal(changes[name]) if name in FACTORS else changes[name])
    rule = rule_of(changed)
    amounts = {payer: cents(Decimal(text)) for payer, text in changes.get("amounts", {}).items()}
    return changed, replace(rule, payers={**rule.payers, **amounts})
