"""What a round comes to: every line with its shares and hospitals, from the allocation and what was paid before.

Rows are made here and not written; `assessments.actions.runs` does that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from assessments.models import Line, PassedOn, Revision, Round, Run, Share
from assessments.queries.basis import (
    Member,
    Unit,
    expected_revision,
    frozen_revisions,
    members_of,
    referred,
    units_of,
)
from assessments.queries.results import Result
from assessments.queries.simulation import claim, result_of, rule_of, simulate, simulate_prepayment
from assessments.rules.allocation import (
    HUNDRED,
    Allocation,
    Entitlement,
    FundRule,
    Surplus,
    cents,
    give_back,
    half_up,
    keep_surplus,
    settle,
    split,
    staff_and_unit,
    yuan,
)
from teams.models import Institution

# An institution that gets the money itself, or a team, which may belong to another institution by now.
UnitKey = tuple[int | None, int | None]
NOTHING = Surplus(0, 0, 0, 0)


@dataclass
class Drawn:
    """A line about to be written, with its parts."""

    line: Line
    shares: list[Share] = field(default_factory=list)
    hospitals: list[PassedOn] = field(default_factory=list)


@dataclass(frozen=True)
class Calculation:
    """A round about to be written: the allocation, its lines, and the frozen months behind it."""

    allocation: Allocation
    lines: Sequence[Drawn]
    revisions: Sequence[Revision]


def calculate_prepayment(run: Run) -> Calculation:
    """By the people of the last frozen month before the period, as if they stayed. Raises money.months_open."""
    revision = expected_revision(run.from_month, run.to_month)
    months = len(run.months)
    units = [
        replace(unit, basis=unit.basis * months, person_months=unit.person_months * months)
        for unit in units_of(run.version, [revision])
    ]
    allocation = simulate_prepayment(run.version, units)
    maker = _Maker(run, units, expected=True)
    lines = [maker.line(unit, allocation.entitlements[unit.code]) for unit in units]
    return Calculation(allocation, lines, [revision])


def calculate_settlement(run: Run, results: Mapping[int, Result], unit_kind: str) -> Calculation:
    """By the frozen months of the period and the results, less what was prepaid and is owed from before.

    Raises RuleViolation money.months_open.
    """
    revisions = frozen_revisions(run.months)
    before = Before(run)
    units = before.with_units(units_of(run.version, revisions))
    allocation = simulate(run.version, units, results, unit_kind)
    hospitals = referred(run.version, run.from_month, run.months[-1].last) if run.version.is_capitation else {}
    surpluses = {unit.code: _surplus(run, unit, allocation.entitlements[unit.code].total, hospitals) for unit in units}
    allocation = give_back(allocation, {code: surplus.given_back for code, surplus in surpluses.items()})
    maker = _Maker(run, units, expected=False, before=before)
    lines = []
    for unit in units:
        result = result_of(unit, results, unit_kind)
        drawn = maker.line(unit, allocation.entitlements[unit.code], surpluses[unit.code])
        drawn.line.coefficient = claim(run.version, unit, result).coefficient
        drawn.line.score, drawn.line.grade = (result.total, result.grade) if result else (None, "")
        drawn.hospitals = _hospitals(cents(drawn.line.passed_on), hospitals.get(unit.key, {}))
        lines.append(drawn)
    return Calculation(allocation, lines, revisions)


def run_before(run: Run) -> Run | None:
    """The fund's allocation of the period before."""
    return Run.objects.filter(fund=run.fund_id, to_month__lt=run.from_month).order_by("-to_month").first()


def owed_before(line: Line) -> Decimal:
    """What the unit of a line owes from the period before, in yuan, zero or below."""
    earlier = Line.objects.filter(round__run=run_before(line.round.run), round__stage=Round.Stage.SETTLEMENT)
    unit = {"team": line.team_id} if line.team_id else {"team": None, "institution": line.institution_id}
    row = earlier.filter(**unit).first()
    return row.carried_on if row else Decimal("0.00")


class Before:
    """What a run's units were prepaid, with whom, and what they owe from the period before."""

    def __init__(self, run: Run) -> None:
        lines = Line.objects.select_related("team", "institution").prefetch_related("shares__staff")
        prepaid = lines.filter(round__run=run, round__stage=Round.Stage.PREPAYMENT)
        self.prepaid = {_key(line.institution_id, line.team_id): line for line in prepaid}
        earlier = run_before(run)
        owing = lines.filter(round__run=earlier, round__stage=Round.Stage.SETTLEMENT).exclude(carried_on=0)
        self.owing = {_key(line.institution_id, line.team_id): line for line in owing} if earlier else {}

    def with_units(self, units: Sequence[Unit]) -> list[Unit]:
        """The units, and those that have nothing to show any more but were paid or owe."""
        known = {_key(unit.institution, unit.team) for unit in units}
        gone = [line for key, line in (self.owing | self.prepaid).items() if key not in known]
        others = [
            Unit(line.institution_id, line.team_id, line.code, (line.team or line.institution).name) for line in gone
        ]
        return sorted([*units, *others], key=lambda unit: unit.code)


class _Maker:
    """Makes lines: settles with what was paid, splits off the staff's part and shares it inside the team."""

    def __init__(self, run: Run, units: Sequence[Unit], *, expected: bool, before: Before | None = None) -> None:
        self.rule: FundRule = rule_of(run.version)
        self.before = before
        teams = [unit.team for unit in units if unit.team]
        self.members = members_of(run.version, teams, run.months, expected=expected)

    def line(self, unit: Unit, got: Entitlement, surplus: Surplus = NOTHING) -> Drawn:
        """The line of a unit with its shares."""
        key = _key(unit.institution, unit.team)
        paid = self.before.prepaid.get(key) if self.before else None
        owing = self.before.owing.get(key) if self.before else None
        prepaid = cents(paid.payable) if paid else 0
        carried = cents(owing.carried_on) if owing else 0
        balance = settle(got.total - surplus.passed_on, prepaid, carried, keeps_clawback=self.rule.keeps_clawback)
        staff_in_all, _unit = staff_and_unit(prepaid + balance.payable, self.rule.staff_share)
        staff = staff_in_all - (cents(paid.staff_amount) if paid else 0)
        shares = _shares(staff_in_all, self.members.get(unit.team or 0, []), paid)
        line = Line(
            institution_id=unit.institution,
            team_id=unit.team,
            code=unit.code,
            basis=unit.basis,
            person_months=unit.person_months,
            full=yuan(got.full),
            earned=yuan(got.earned),
            bonus=yuan(got.bonus),
            spent=yuan(surplus.spent),
            given_back=yuan(got.given_back),
            entitled=yuan(got.total),
            prepaid=yuan(prepaid),
            carried=yuan(carried),
            payable=yuan(balance.payable + surplus.passed_on),
            carried_on=yuan(balance.carried_on),
            passed_on=yuan(surplus.passed_on),
            staff_amount=yuan(staff),
            unit_amount=yuan(balance.payable - staff),
            unshared=yuan(staff - sum(cents(share.amount) for share in shares)),
            by_payer={payer: str(yuan(amount)) for payer, amount in got.by_payer.items()},
            inputs={"months": dict(unit.by_month), "visits": str(yuan(unit.visits))},
        )
        return Drawn(line, shares)


def _shares(staff_in_all: int, members: Sequence[Member], paid: Line | None) -> list[Share]:
    """Each member's part of the staff's money of the whole period, less what was prepaid to them.

    Without anybody's work nothing is shared out, and what was prepaid stays where it is.
    """
    earlier = {share.staff_id: share for share in paid.shares.all()} if paid else {}
    known = {member.staff: member for member in members}
    for share in earlier.values():
        if share.staff_id not in known:
            known[share.staff_id] = Member(share.staff_id, share.staff.staff_no, share.job, share.job_weight, 0)
    weights = {member.code: member.weight for member in known.values()}
    parts = split(staff_in_all, weights) if any(weights.values()) else None
    rows = []
    for member in known.values():
        prepaid = cents(earlier[member.staff].amount) if member.staff in earlier else 0
        total = prepaid if parts is None else parts[member.code]
        rows.append(
            Share(
                staff_id=member.staff,
                job=member.job,
                job_weight=member.job_weight,
                work=member.work,
                total=yuan(total),
                prepaid=yuan(prepaid),
                amount=yuan(total - prepaid),
            )
        )
    return rows


def _surplus(run: Run, unit: Unit, capitation: int, hospitals: Mapping[int, Mapping[int, int]]) -> Surplus:
    """What a capitation leaves after the unit's visits and referrals; other funds have none."""
    version = run.version
    if not version.is_capitation:
        return NOTHING
    patients = sum(hospitals.get(unit.key, {}).values())
    spent = half_up(Fraction(unit.visits) * Fraction(version.cost_share) / HUNDRED)
    return keep_surplus(capitation, spent, cents(version.referral_fee) * patients, version.kept_share)


def _hospitals(passed_on: int, patients: Mapping[int, int]) -> list[PassedOn]:
    codes = dict(Institution.objects.filter(pk__in=patients).values_list("pk", "code")) if passed_on else {}
    parts = split(passed_on, {codes[pk]: count for pk, count in patients.items()}) if passed_on else {}
    return [
        PassedOn(hospital_id=pk, patients=count, amount=yuan(parts[codes[pk]]))
        for pk, count in patients.items()
        if passed_on
    ]


def _key(institution: int, team: int | None) -> UnitKey:
    return (None, team) if team else (institution, None)
