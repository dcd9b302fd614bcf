"""What teams and institutions can show for their money: covered person-months of frozen months, members, referrals."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.models import CoverageMonth, FundVersion, JobWeight, Line, Month, Revision
from assessments.queries.places import homes_of
from contracts.models import Referral
from teams.clock import month_words
from teams.models import Institution, Staff, Team, TeamMember, User
from teams.rules import RuleViolation

SQL = Path(__file__).parents[1] / "sql"
BASIS, SERVICES = (SQL / "basis.sql").read_text(), (SQL / "member_services.sql").read_text()


@dataclass(frozen=True)
class Unit:
    """A team or an institution with its covered people by month, weighted in `basis`; `visits` is in cents.

    `key` is its id in its own kind: `results_of` a cycle of that kind has it.
    """

    institution: int
    team: int | None
    code: str
    name: str
    basis: Decimal = Decimal(0)
    person_months: int = 0
    by_month: Mapping[str, int] = field(default_factory=dict)
    visits: int = 0

    @property
    def key(self) -> int:
        """The id of the team, or of the institution that gets the money itself."""
        return self.team or self.institution


@dataclass(frozen=True)
class Member:
    """Somebody who worked in a team: the weight of the role, and the work done."""

    staff: int
    code: str
    job: str
    job_weight: Decimal
    work: int

    @property
    def weight(self) -> Decimal:
        """Role × work."""
        return self.job_weight * self.work


def frozen_revisions(months: Sequence[CalendarMonth]) -> list[Revision]:
    """The frozen figures of each month. Raises RuleViolation `money.months_open`, which names those that aren't."""
    rows = Month.objects.filter(first_on__in=[month.first for month in months]).select_related("current__month")
    frozen = {row.first_on: row.current for row in rows if row.current and row.current.frozen_at}
    missing = [month.label for month in months if month.first not in frozen]
    if missing:
        raise RuleViolation(
            "money.months_open",
            format_lazy(_("Money is computed from frozen months. Freeze first: {months}"), months=", ".join(missing)),
        )
    return [frozen[month.first] for month in months]


def expected_revision(from_month: date, to_month: date) -> Revision:
    """The frozen month that a prepayment is expected by: the last before the period, else the first of it.

    Raises RuleViolation `money.months_open`.
    """
    frozen = Revision.objects.filter(month__current__isnull=False, frozen_at__isnull=False).select_related("month")
    frozen = frozen.filter(pk__in=Month.objects.values("current"))
    found = frozen.filter(month__first_on__lt=from_month).order_by("-month__first_on").first()
    found = found or frozen.filter(month__first_on__lte=to_month).order_by("month__first_on").first()
    if found is None:
        raise RuleViolation(
            "money.months_open",
            format_lazy(
                _("Money is computed from frozen months. Freeze first: {months}"), months=month_words(from_month)
            ),
        )
    return found


def units_of(version: FundVersion, revisions: Sequence[Revision]) -> list[Unit]:
    """Everybody who had somebody covered in these months or visits in their year; in order of code.

    What a team did in a month is the institution's that it belonged to in that month's figures.
    """
    names = {revision.pk: f"{revision.month}" for revision in revisions}
    last_of_year = {revision.as_of.year: revision.pk for revision in sorted(revisions, key=lambda row: row.as_of)}
    rows = _basis_rows(version, list(names))
    owners = owners_of(version, revisions)
    sums: dict[Team | Institution, _Sum] = defaultdict(_Sum)
    for revision, team, people, weight, visits in rows:
        got = sums[owners[revision][team]]
        got.months[names[revision]] += people
        got.basis += weight
        got.visits += int(visits) if revision in last_of_year.values() else 0
    return sorted((_unit(owner, got) for owner, got in sums.items()), key=lambda unit: unit.code)


def owners_of(version: FundVersion, revisions: Sequence[Revision]) -> dict[int, Mapping[int, Team | Institution]]:
    """Revision id -> team id -> who receives what the team earned in that month: the team or its institution."""
    if version.receiver == FundVersion.Receiver.TEAM:
        return dict.fromkeys((revision.pk for revision in revisions), Team.objects.in_bulk())
    institutions = Institution.objects.in_bulk()
    return {
        revision: {team: institutions[home] for team, home in homes.items()}
        for revision, homes in homes_of(revisions).items()
    }


class _Sum:
    def __init__(self) -> None:
        self.months: defaultdict[str, int] = defaultdict(int)
        self.basis = Decimal(0)
        self.visits = 0


def _basis_rows(version: FundVersion, revisions: Sequence[int]) -> list[tuple[int, int, int, Decimal, int]]:
    parameters = {"version": version.pk, "other": version.other_weight, "revisions": list(revisions)}
    with connection.cursor() as cursor:
        cursor.execute(BASIS, parameters)
        return cursor.fetchall()


def _unit(owner: Team | Institution, got: _Sum) -> Unit:
    team = owner.pk if isinstance(owner, Team) else None
    institution = owner.institution_id if isinstance(owner, Team) else owner.pk
    months = dict(sorted(got.months.items()))
    return Unit(institution, team, owner.code, owner.name, got.basis, sum(months.values()), months, got.visits)


def people_of(line: Line, revision: int, user: User) -> QuerySet[CoverageMonth]:
    """Those whom a line's basis counts in a frozen month, in a stable order."""
    rows = CoverageMonth.objects.visible_to(user).filter(revision=revision, in_force=True)
    teams = [line.team_id] if line.team_id else _teams_of(line.institution_id, revision)
    return rows.filter(team__in=teams).order_by("coverage_id")


def _teams_of(institution: int, revision: int) -> list[int]:
    homes = homes_of(Revision.objects.filter(pk=revision))[revision]
    return [team for team, home in homes.items() if home == institution]


def members_of(
    version: FundVersion, teams: Sequence[int], months: Sequence[CalendarMonth], *, expected: bool
) -> dict[int, list[Member]]:
    """Team id -> who worked in it: months in the team on their last day, or services given, as the rule says.

    `expected`: before the period, when nobody has worked yet, everybody of the first month counts alike.
    """
    weights = dict(JobWeight.objects.filter(version=version).values_list("job", "weight"))
    by_services = version.work == FundVersion.Work.SERVICES and not expected
    services = _services(months) if by_services else {}
    work: dict[tuple[int, int], int] = defaultdict(int)
    people: dict[int, Staff] = {}
    rows = TeamMember.objects.filter(team__in=teams, from_on__lte=months[-1].last).select_related("staff")
    for row in rows.filter(Q(to_on=None) | Q(to_on__gt=months[0].first)):
        people[row.staff_id] = row.staff
        days = [month.last for month in (months[:1] if expected else months)]
        held = sum(row.from_on <= day and (row.to_on is None or row.to_on > day) for day in days)
        key = (row.team_id, row.staff_id)
        work[key] = services.get(key, 0) if by_services else work[key] + held
    found: dict[int, list[Member]] = defaultdict(list)
    for (team, staff), done in work.items():
        person = people[staff]
        weight = weights.get(person.job, Decimal(1))
        found[team].append(Member(staff, person.staff_no, person.job, weight, done))
    return found


def _services(months: Sequence[CalendarMonth]) -> dict[tuple[int, int], int]:
    with connection.cursor() as cursor:
        cursor.execute(SERVICES, {"first": months[0].first, "last": months[-1].last})
        return {(team, staff): count for team, staff, count in cursor.fetchall()}


def referred(version: FundVersion, from_on: date, to_on: date) -> dict[int, dict[int, int]]:
    """`Unit.key` -> hospital id -> referrals up that the hospital saw between these days, both in it."""
    unit = "team_id" if version.receiver == FundVersion.Receiver.TEAM else "team__institution_id"
    seen = Referral.objects.filter(
        direction=Referral.Direction.UP, steps__status=Referral.Status.SEEN, steps__on__range=(from_on, to_on)
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for key, hospital, count in seen.values_list(unit, "hospital_id").annotate(Count("pk", distinct=True)):
        found[key][hospital] = count
    return found
