"""What renewing contracts would make: for each who goes on with which packages, and who or what can't and why.

The number of queries does not depend on the number of contracts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, Coverage, CoveragePackage
from contracts.rules import end_of_term, overlap_message
from contracts.rules.lifecycle import contract_year, followed_message, no_team_message, renewable_from
from residents.categories import ALL, KEY
from residents.models import Register, Resident
from service_packages.models import PackageVersion
from service_packages.rules import Reason, incompatible, unsuitable
from teams.dates import ONE_DAY, age_on
from teams.models import Team
from teams.policy import policy_on


@dataclass(frozen=True)
class Member:
    """Somebody whose term ends: what they would hold, what changes about it, or why they can't go on."""

    resident: Resident
    versions: Sequence[PackageVersion]
    notes: Sequence[str | Promise]
    refusal: Reason | None = None


@dataclass(frozen=True)
class Proposal:
    """A contract and what would follow it, from `start_on` to `end_on`."""

    contract: Contract
    members: Sequence[Member]
    start_on: date
    end_on: date
    refusal: Reason | None = None

    @property
    def going_on(self) -> dict[Resident, Sequence[PackageVersion]]:
        """Those who can, with their packages."""
        return {member.resident: member.versions for member in self.members if member.refusal is None}


@dataclass
class _Known:
    """What is looked up once for all contracts."""

    day: date
    policy: Mapping[str, int]
    following: Mapping[int, Contract]
    teams: Mapping[int, Team]
    held: Mapping[int, list[CoveragePackage]]
    published: Mapping[int, PackageVersion]
    others: Mapping[int, list[Coverage]]
    registers: Mapping[int, list[Register]] = field(default_factory=dict)


def proposals(contracts: Collection[Contract], day: date, *, years: int | None = None) -> list[Proposal]:
    """What renewing the contracts on `day` would make, in their order; `years` None: as long as before."""
    coverages = Coverage.objects.filter(contract__in=[contract.pk for contract in contracts], terminated_on=None)
    members: dict[int, list[Coverage]] = defaultdict(list)
    for coverage in coverages.select_related("resident").order_by("-resident__is_head", "resident_id"):
        members[coverage.contract_id].append(coverage)
    known = _look_up(contracts, [row for rows in members.values() for row in rows], day)
    return [_proposal(contract, members[contract.pk], known, years) for contract in contracts]


def proposal(contract: Contract, coverages: Iterable[Coverage], others: Iterable[Coverage], day: date) -> Proposal:
    """The same of one contract, whose page has looked up most of it: its coverages with their packages, and the
    `others` of its members, all loaded with resident, contract and team."""
    others = list(others)
    going = [coverage for coverage in coverages if coverage.terminated_on is None]
    known = _Known(
        day=day,
        policy=policy_on(day),
        following=_followed_by(contract, others),
        teams={contract.team_id: contract.team},
        held={coverage.pk: list(coverage.packages.all()) for coverage in going},
        published=_published(),
        others=_by_resident(sorted([*coverages, *others], key=lambda row: row.start_on)),
        registers=_by_resident(Register.objects.filter(resident__in=[coverage.resident_id for coverage in going])),
    )
    return _proposal(contract, going, known, None)


def refusal(contract: Contract, coverages: Iterable[Coverage], others: Iterable[Coverage], day: date) -> Reason | None:
    """Why nobody of the contract can go on, as far as its coverages and the `others` of its members tell, all loaded
    with resident, contract and team; what they hold is left to `proposals`."""
    others = list(others)
    known = _Known(
        day=day,
        policy=policy_on(day),
        following=_followed_by(contract, others),
        teams={contract.team_id: contract.team},
        held={},
        published={},
        others=_by_resident(others),
    )
    going = [coverage for coverage in coverages if coverage.terminated_on is None]
    last_on, start_on, end_on = _term(going, known, None)
    absent = [_absence(row.resident, start_on) or _overlap(row, start_on, end_on, known) for row in going]
    return _refusal(contract, absent, last_on, start_on, known)


def _followed_by(contract: Contract, others: Iterable[Coverage]) -> Mapping[int, Contract]:
    taken_up = (row for row in others if row.terminated_on is None or row.terminated_on > row.start_on)
    following = [row.contract for row in taken_up if row.contract.previous_id == contract.pk]
    return {contract.pk: max(following, key=lambda each: each.pk)} if following else {}


def _look_up(contracts: Collection[Contract], coverages: Collection[Coverage], day: date) -> _Known:
    residents = [coverage.resident_id for coverage in coverages]
    # One that was ended before it began takes nothing up.
    taken_up = Coverage.objects.filter(Q(terminated_on=None) | Q(terminated_on__gt=F("start_on")))
    following = Contract.objects.filter(previous__in=contracts, pk__in=taken_up.values("contract")).order_by("-pk")
    first_on = min((coverage.end_on for coverage in coverages), default=day)
    others = Coverage.objects.filter(resident__in=residents, end_on__gt=first_on)
    return _Known(
        day=day,
        policy=policy_on(day),
        following={contract.previous_id: contract for contract in following if contract.previous_id},
        teams=Team.objects.in_bulk({contract.team_id for contract in contracts}),
        held=_held(coverages),
        published=_published(),
        others=_by_resident(others.select_related("contract__team", "resident").order_by("start_on")),
        registers=_by_resident(Register.objects.filter(resident__in=residents)),
    )


def _published() -> dict[int, PackageVersion]:
    """Package id -> the version that is offered now."""
    versions = PackageVersion.objects.filter(status=PackageVersion.Status.PUBLISHED).prefetch_related("items")
    return {version.package_id: version for version in versions}


def _held(coverages: Iterable[Coverage]) -> dict[int, list[CoveragePackage]]:
    rows = CoveragePackage.objects.filter(coverage__in=[coverage.pk for coverage in coverages])
    found: dict[int, list[CoveragePackage]] = defaultdict(list)
    for row in rows.select_related("version__package").order_by("version__package__code"):
        found[row.coverage_id].append(row)
    return found


def _by_resident(rows: Iterable) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows:
        found[row.resident_id].append(row)
    return found


def _proposal(contract: Contract, coverages: Sequence[Coverage], known: _Known, years: int | None) -> Proposal:
    last_on, start_on, end_on = _term(coverages, known, years)
    members = [_member(coverage, start_on, end_on, known) for coverage in coverages]
    refusal = _refusal(contract, [member.refusal for member in members], last_on, start_on, known)
    return Proposal(contract, members, start_on, end_on, refusal)


def _term(coverages: Sequence[Coverage], known: _Known, years: int | None) -> tuple[date, date, date]:
    """The last day of what there is, and the first and last of what would follow."""
    last_on = max((coverage.end_on for coverage in coverages), default=known.day)
    start_on = last_on + ONE_DAY if last_on >= known.day else known.day
    if years is None and coverages:
        years = _years_before(coverages, known.policy)
    return last_on, start_on, end_of_term(start_on, years or known.policy["term_years_least"])


def _years_before(coverages: Sequence[Coverage], policy: Mapping[str, int]) -> int:
    """How long the term was, as far as the policy allows."""
    longest = max(contract_year(coverage.start_on, coverage.end_on) for coverage in coverages)
    return min(max(longest, policy["term_years_least"]), policy["term_years_most"])


def _refusal(
    contract: Contract, members: Sequence[Reason | None], last_on: date, start_on: date, known: _Known
) -> Reason | None:
    if contract.pk in known.following:
        return Reason("contract.followed", followed_message(known.following[contract.pk]))
    if not members:
        return Reason("contract.over", _("The contract was terminated for everybody."))
    earliest = renewable_from(last_on, known.policy)
    if earliest > known.day:
        message = _("It runs until {last}; it can be renewed from {first} on.")
        return Reason("contract.too_early", format_lazy(message, last=last_on, first=earliest))
    team = known.teams[contract.team_id]
    if team.dissolved_on and team.dissolved_on <= start_on:
        return Reason("contract.no_team", no_team_message(team, start_on))
    if all(members):
        return Reason("contract.nobody", _("Nobody of this contract can go on."))
    return None


def _member(coverage: Coverage, start_on: date, end_on: date, known: _Known) -> Member:
    resident = coverage.resident
    if refusal := _absence(resident, start_on) or _overlap(coverage, start_on, end_on, known):
        return Member(resident, (), (), refusal)
    versions: list[PackageVersion] = []
    notes: list[str | Promise] = []
    for held in known.held.get(coverage.pk, ()):
        version = known.published.get(held.version.package_id)
        if version is None:
            notes.append(format_lazy(_("“{name}” is no longer offered."), name=held.version.name))
            continue
        reasons = unsuitable(
            version,
            categories=_categories(resident, start_on, known),
            age=age_on(resident.birth_date, start_on),
            sex=resident.sex,
        )
        notes += [format_lazy("{name}: {reason}", name=version.name, reason=reason.message) for reason in reasons]
        if reasons and version.is_must:
            continue
        versions.append(version)
        notes += _changes(held, version)
    if not versions:
        return Member(resident, (), notes, Reason("contract.no_packages", _("No package is left to go on with.")))
    if reasons := incompatible(versions):
        return Member(resident, (), notes, reasons[0])
    return Member(resident, versions, notes)


def _absence(resident: Resident, start_on: date) -> Reason | None:
    if resident.died_on and resident.died_on <= start_on:
        return Reason("resident.died", format_lazy(_("died on {day}"), day=resident.died_on))
    if resident.moved_out_on and resident.moved_out_on <= start_on:
        return Reason("resident.moved", format_lazy(_("moved away on {day}"), day=resident.moved_out_on))
    return None


def _overlap(coverage: Coverage, start_on: date, end_on: date, known: _Known) -> Reason | None:
    for other in known.others.get(coverage.resident_id, ()):
        if other.pk == coverage.pk:
            continue
        if other.start_on <= end_on and other.last_on >= max(start_on, other.start_on):
            return Reason("contract.overlap", overlap_message(other))
    return None


def _changes(held: CoveragePackage, version: PackageVersion) -> list[str | Promise]:
    """What is other than before about a package that goes on."""
    if held.version_id == version.pk:
        return []
    if held.price == version.price:
        return [format_lazy(_("{name}: the present version takes the place of the old one."), name=version.name)]
    message = _("{name}: {new} yuan a year instead of {old}.")
    return [format_lazy(message, name=version.name, old=held.price, new=version.price)]


def _categories(resident: Resident, day: date, known: _Known) -> set[str]:
    """Codes of the populations that the resident belongs to on the day (docs/rules.md 2)."""
    age = age_on(resident.birth_date, day)
    entries = known.registers.get(resident.pk, ())
    codes = {row.category for row in entries if row.from_on <= day and (row.to_on is None or row.to_on > day)}
    codes |= {"elderly"} if age >= known.policy["elderly_age"] else set()
    codes |= {"child"} if age <= known.policy["child_age"] else set()
    return codes | ({ALL, KEY} if codes else {ALL})
