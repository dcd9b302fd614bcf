"""What if: scores and money of frozen months under a changed policy, beside those under the present one."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connection
from django.db.models import Model, QuerySet

from assessments.calendar import CalendarMonth
from assessments.models import FundVersion, Revision, RubricVersion, Scenario, UnitKind
from assessments.queries.basis import Unit as Payee
from assessments.queries.basis import frozen_revisions, units_of
from assessments.queries.fees import KEPT, Fees, fees
from assessments.queries.results import Result
from assessments.queries.rubrics import Trial, TrialRow, trial
from assessments.queries.scoring import assessed_units, whole
from assessments.queries.simulation import result_of, rule_of, simulate
from assessments.rules.allocation import FundRule, cents, yuan
from assessments.rules.scores import Outcome
from service_packages.models import Package, PackageVersion
from teams.models import User
from teams.rules import RuleViolation

Row = TypeVar("Row", bound=Model)
# What of a fund's rule a scenario may change; amounts are by payer.
FACTORS = ("excellent", "good", "passed", "failed", "unassessed")
FUND_FIELDS = ("quality", "withheld", *FACTORS)


@dataclass(frozen=True)
class Line:
    """A team or institution: its result, its money and the fees of its people's packages, before and after.

    Money is yuan, None without a fund; so are fees where no price is changed. An institution or doctor has no `team`.
    """

    name: str
    institution: int
    before: Outcome | None
    after: Outcome | None
    money_before: Decimal | None = None
    money_after: Decimal | None = None
    team: int | None = None
    fees_before: Decimal | None = None
    fees_after: Decimal | None = None

    @property
    def points(self) -> Decimal | None:
        """Points more or less."""
        if self.before is None or self.after is None or self.before.total is None or self.after.total is None:
            return None
        return self.after.total - self.before.total

    @property
    def money(self) -> Decimal | None:
        """Yuan more or less from the fund."""
        if self.money_before is None or self.money_after is None:
            return None
        return self.money_after - self.money_before

    @property
    def fees(self) -> Decimal | None:
        """Yuan more or less for packages."""
        if self.fees_before is None or self.fees_after is None:
            return None
        return self.fees_after - self.fees_before


@dataclass(frozen=True)
class Answer:
    """What a scenario comes to; `obstacle` says why there is no money in it. `has_fees`: prices are changed."""

    trial: Trial
    lines: Sequence[Line]
    obstacle: str = ""
    has_fees: bool = False

    @property
    def sums(self) -> tuple[Decimal, Decimal]:
        """All money before and after."""
        return (
            sum((line.money_before or Decimal(0) for line in self.lines), Decimal("0.00")),
            sum((line.money_after or Decimal(0) for line in self.lines), Decimal("0.00")),
        )

    @property
    def fee_sums(self) -> tuple[Decimal, Decimal]:
        """All fees of packages before and after."""
        return (
            sum((line.fees_before or Decimal(0) for line in self.lines), Decimal("0.00")),
            sum((line.fees_after or Decimal(0) for line in self.lines), Decimal("0.00")),
        )


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


def answer(scenario: Scenario, before: RubricVersion | None = None, fund: FundVersion | None = None) -> Answer:
    """Score and pay the scenario's months by the present policy and by the changed one. Nothing is written.

    `before` is its version read with `whole` and `fund` what `fund_of` says, where they were read already.
    """
    before, fund = before or whole(scenario.version), fund or fund_of(scenario)
    after = changed_version(before, scenario.changes.get("rules", {}))
    units = assessed_units(scenario.unit_kind, scenario.to_month)
    tried = trial(before, after, scenario.unit_kind, units, (scenario.from_month, scenario.to_month))
    prices = prices_of(scenario)
    lines = [_scores_only(row) for row in tried.rows]
    if fund is None and not prices:
        return Answer(tried, lines)
    try:
        revisions = frozen_revisions(_months(scenario))
    except RuleViolation as refusal:
        return Answer(tried, lines, str(refusal))
    if fund is not None:
        lines = _with_money(scenario, tried, fund, _payees(fund, revisions))
    if prices and scenario.unit_kind != UnitKind.STAFF:
        lines = _with_fees(lines, fees(revisions, {}), fees(revisions, prices))
    return Answer(tried, lines, has_fees=bool(prices))


def _payees(fund: FundVersion, revisions: Sequence[Revision]) -> list[Payee]:
    """`units_of` the fund, kept for a day: frozen months stay as they are, and what-ifs are looked at repeatedly."""
    weights = list(fund.package_weights.order_by("package").values_list("package", "weight"))
    said = (fund.pk, fund.receiver, fund.other_weight, weights, sorted(row.pk for row in revisions))
    key = f"payees:{connection.settings_dict['NAME']}:{sha256(repr(said).encode()).hexdigest()}"
    return cache.get_or_set(key, lambda: units_of(fund, revisions), KEPT) or []


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
    return Line(row.unit.name, row.unit.institution.pk, row.before, row.after, team=team)


def _with_fees(lines: Sequence[Line], before: Fees, after: Fees) -> list[Line]:
    return [
        replace(
            line,
            fees_before=before.of(line.institution, line.team),
            fees_after=after.of(line.institution, line.team),
        )
        for line in lines
    ]


def _with_money(scenario: Scenario, tried: Trial, fund: FundVersion, payees: Sequence[Payee]) -> list[Line]:
    changed, rule = _changed_fund(fund, scenario.changes["fund"])
    outcomes = [{row.unit.pk: getattr(row, side) for row in tried.rows} for side in ("before", "after")]
    results = [{unit: Result(o.total, o.grade) for unit, o in side.items() if o.total is not None} for side in outcomes]
    kind = scenario.unit_kind
    paid = [simulate(fund, payees, results[0], kind), simulate(changed, payees, results[1], kind, rule=rule)]
    return [
        Line(
            payee.name,
            payee.institution,
            _outcome(payee, results[0], kind),
            _outcome(payee, results[1], kind),
            yuan(paid[0].entitlements[payee.code].total),
            yuan(paid[1].entitlements[payee.code].total),
            payee.team,
        )
        for payee in payees
    ]


def _outcome(payee: Payee, results: Mapping[int, Result], kind: str) -> Outcome | None:
    found = result_of(payee, results, kind)
    return Outcome(found.total, found.grade) if found else None


def _changed_fund(fund: FundVersion, changes: Mapping[str, Any]) -> tuple[FundVersion, FundRule]:
    """The fund's rule with its factors and amounts changed in memory."""
    changed = copy(fund)
    for name in FUND_FIELDS:
        if name in changes:
            setattr(changed, name, Decimal(changes[name]) if name in FACTORS else changes[name])
    rule = rule_of(changed)
    amounts = {payer: cents(Decimal(text)) for payer, text in changes.get("amounts", {}).items()}
    return changed, replace(rule, payers={**rule.payers, **amounts})
