"""The signing desk: a sheet of ids (contracts.desk) with the people, packages, teams, fees and conflicts it names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Prefetch

from contracts.desk import Choice, Sheet
from contracts.models import Coverage
from contracts.queries.conflicts import find_conflicts, find_overload
from contracts.queries.fees import NOTHING, Fees, preview_fees
from contracts.rules import Conflict, end_of_term
from residents.categories import Category, category_names
from residents.identity import mask_id_number
from residents.models import Resident
from residents.queries.memberships import memberships
from service_packages.models import PackageItem, PackageVersion, Payer
from service_packages.rules import unsuitable
from teams import cipher
from teams.cells import CellError, parse_date
from teams.clock import today
from teams.dates import add_months, age_on
from teams.models import Team, TeamVillage, User
from teams.policy import policy_on


class Catalogue(NamedTuple):
    """What is on offer: published versions, basic ones first; names of key populations by code."""

    versions: Sequence[PackageVersion]
    names: Mapping[str, object]


@dataclass(frozen=True)
class Offer:
    """A package version in a resident's line; `reasons` say why it is not for them (empty: it is)."""

    version: PackageVersion
    is_chosen: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A resident on the desk, as of the first day of the term. `coverages` are those that run or are still to begin."""

    resident: Resident
    age: int
    categories: tuple[Category, ...]
    coverages: tuple[Coverage, ...]
    is_present: bool
    is_ticked: bool
    offers: tuple[Offer, ...]

    @property
    def id_number(self) -> str:
        """Masked."""
        return mask_id_number(cipher.decrypt(self.resident.id_cipher, field="id_number"))

    @property
    def coverage(self) -> Coverage | None:
        """The one that runs, or begins next."""
        return next(iter(self.coverages), None)

    @property
    def suitable(self) -> list[Offer]:
        """Packages that are for them, and whatever else is chosen."""
        return [offer for offer in self.offers if not offer.reasons or offer.is_chosen]

    @property
    def others(self) -> list[Offer]:
        """Packages that are for other people."""
        return [offer for offer in self.offers if offer.reasons and not offer.is_chosen]

    @property
    def versions(self) -> list[PackageVersion]:
        """What is chosen."""
        return [offer.version for offer in self.offers if offer.is_chosen]


class FeeRow(NamedTuple):
    """What a member costs a year."""

    name: str
    amounts: list[Decimal]
    total: Decimal


@dataclass(frozen=True)
class Desk:
    """Everything that the form shows. `start_on` falls back to today while what was typed is no date."""

    sheet: Sheet
    lines: tuple[Line, ...]
    teams: tuple[Team, ...]
    team: Team | None
    start_on: date
    has_start: bool
    years: int
    years_allowed: range
    representative: Resident | None

    @property
    def end_on(self) -> date:
        """The last day of the term."""
        return end_of_term(self.start_on, self.years)

    @property
    def members(self) -> dict[Resident, Sequence[PackageVersion]]:
        """Those who are ticked, with what they chose."""
        return {line.resident: line.versions for line in self.lines if line.is_ticked}

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Errors and warnings, in the order of the page."""
        return (*find_conflicts(self), *find_overload(self))

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way of signing."""
        return bool(self.members) and not any(conflict.is_error for conflict in self.conflicts)

    @cached_property
    def fees(self) -> Fees:
        """What the members would pay a year, and who."""
        return preview_fees(members=self.members, start_on=self.start_on)

    @property
    def own_share(self) -> Decimal:
        """What the members pay themselves a year."""
        return self.fees.by_payer.get(Payer.RESIDENT, NOTHING)

    @property
    def fee_rows(self) -> list[FeeRow]:
        """A row for each member: the amounts of `fees.payers`, and their sum."""
        rows = ((resident.name, self.fees.by_member[resident.pk]) for resident in self.members)
        return [
            FeeRow(name, [shares.get(payer, NOTHING) for payer in self.fees.payers], sum(shares.values(), NOTHING))
            for name, shares in rows
        ]


def open_desk(sheet: Sheet, user: User, *, usual_team: int | None = None) -> Desk:
    """Look up what the sheet names, among what the account sees; propose what is not chosen yet.

    The returned desk's sheet is complete: nobody on it is without a choice. `usual_team` is the team signed with last.
    """
    start_on, has_start = _start_of(sheet)
    policy = policy_on(start_on)
    residents = _residents(sheet, user)
    lines = _lines(sheet, residents, start_on)
    teams = tuple(Team.objects.visible_to(user).existing_on(start_on).select_related("institution").order_by("code"))
    years_allowed = range(policy["term_years_least"], policy["term_years_most"] + 1)
    desk = Desk(
        sheet=sheet,
        lines=lines,
        teams=teams,
        team=_team(sheet, lines, teams, start_on, usual_team),
        start_on=start_on,
        has_start=has_start,
        years=next((years for years in years_allowed if years == sheet.years), years_allowed[0]),
        years_allowed=years_allowed,
        representative=_representative(sheet, lines),
    )
    return replace(desk, sheet=_settled(desk))


def household_of(resident: Resident, user: User) -> list[int]:
    """Ids of everybody of the household whom the account sees and who lives here today, the head first; or just the
    resident."""
    if resident.household_id is None:
        return [resident.pk]
    members = Resident.objects.visible_to(user).in_population_on(today()).filter(household=resident.household_id)
    ids = list(members.order_by("-is_head", "birth_date", "pk").values_list("pk", flat=True))
    return ids if resident.pk in ids else [resident.pk, *ids]


# So many months ahead a contract may begin.
FURTHEST_START = 12


def _start_of(sheet: Sheet) -> tuple[date, bool]:
    if not sheet.start_on:
        return today(), True
    try:
        start_on = parse_date(sheet.start_on)
    except CellError:
        return today(), False
    # A day further off is a mistyped year.
    is_near = start_on <= add_months(today(), FURTHEST_START)
    return start_on if is_near else today(), is_near


def _residents(sheet: Sheet, user: User) -> list[Resident]:
    """Those on the sheet whom the account sees, in the sheet's order."""
    rows = Resident.objects.visible_to(user).filter(pk__in=sheet.residents)
    found = {resident.pk: resident for resident in rows.select_related("household", "village", "institution")}
    return [found[key] for key in sheet.residents if key in found]


def _lines(sheet: Sheet, residents: Sequence[Resident], start_on: date) -> tuple[Line, ...]:
    choices = {choice.resident: choice for choice in sheet.members}
    belonging = memberships(residents, start_on)
    running = _coverages(residents, min(today(), start_on))
    present = set(
        Resident.objects.in_population_on(start_on)
        .filter(pk__in=[resident.pk for resident in residents])
        .values_list("pk", flat=True)
    )
    offered = (
        PackageVersion.objects.filter(status=PackageVersion.Status.PUBLISHED)
        .select_related("package")
        .prefetch_related(Prefetch("items", PackageItem.objects.select_related("item")))
    )
    catalogue = Catalogue(list(offered.order_by("tier", "package__code")), category_names())

    def line(resident: Resident) -> Line:
        choice, coverages = choices[resident.pk], tuple(running.get(resident.pk, ()))
        is_present = resident.pk in present
        age = age_on(resident.birth_date, start_on)
        categories = belonging[resident.pk]
        proposed = is_present and not coverages
        return Line(
            resident=resident,
            age=age,
            categories=tuple(categories),
            coverages=coverages,
            is_present=is_present,
            is_ticked=proposed if choice.is_ticked is None else choice.is_ticked,
            offers=tuple(_offers(catalogue, choice, resident, age, categories)),
        )

    return tuple(line(resident) for resident in residents)


def _coverages(residents: Collection[Resident], day: date) -> dict[int, list[Coverage]]:
    """Resident id -> the coverages that are not over before the day, in their order."""
    known = {resident.pk: resident for resident in residents}
    rows = Coverage.objects.filter(resident__in=known).overlapping(day, date.max)
    found: dict[int, list[Coverage]] = {}
    shown = rows.select_related("contract__team").prefetch_related("contract__entries")
    for coverage in shown.order_by("start_on"):
        coverage.resident = known[coverage.resident_id]
        found.setdefault(coverage.resident_id, []).append(coverage)
    return found


def _offers(
    catalogue: Catalogue, choice: Choice, resident: Resident, age: int, categories: Sequence[Category]
) -> list[Offer]:
    codes = {category.code for category in categories}
    made: list[Offer] = []
    for version in catalogue.versions:
        reasons = unsuitable(version, categories=codes, age=age, sex=resident.sex, names=catalogue.names)
        proposed = not reasons and _is_proposed(version, made)
        is_chosen = proposed if choice.versions is None else version.pk in choice.versions
        made.append(Offer(version, is_chosen, tuple(str(reason.message) for reason in reasons)))
    return made


def _is_proposed(version: PackageVersion, earlier: Sequence[Offer]) -> bool:
    """Basic packages, and those for a population that the person belongs to; of an exclusive group the first."""
    taken = {offer.version.exclusive_group for offer in earlier if offer.is_chosen}
    if version.exclusive_group and version.exclusive_group in taken:
        return False
    return version.tier == PackageVersion.Tier.BASIC or bool(version.categories or version.required)


def _team(
    sheet: Sheet, lines: Sequence[Line], teams: Sequence[Team], start_on: date, usual_team: int | None
) -> Team | None:
    """The chosen team; else one that serves the household's village, best the usual one; else the usual one."""
    known = {team.pk: team for team in teams}
    if sheet.team in known:
        return known[sheet.team]
    villages = [line.resident.village_id for line in lines if line.resident.village_id]
    if not villages:
        return known.get(usual_team or 0)
    rows = TeamVillage.objects.on(start_on).filter(village__in=villages, team__in=known)
    serving = list(rows.order_by("team__code").values_list("team", flat=True))
    best = usual_team if usual_team in serving or not serving else serving[0]
    return known.get(best or 0)


def _representative(sheet: Sheet, lines: Sequence[Line]) -> Resident | None:
    """The chosen one; else the head of the household, else the eldest."""
    chosen = next((line.resident for line in lines if line.resident.pk == sheet.representative), None)
    if chosen or not lines:
        return chosen
    able = [line.resident for line in lines if line.is_present] or [line.resident for line in lines]
    return next((resident for resident in able if resident.is_head), min(able, key=attrgetter("birth_date")))


def _settled(desk: Desk) -> Sheet:
    members = tuple(
        Choice(line.resident.pk, line.is_ticked, tuple(version.pk for version in line.versions)) for line in desk.lines
    )
    return replace(
        desk.sheet,
        members=members,
        team=desk.team.pk if desk.team else None,
        years=desk.years,
        representative=desk.representative.pk if desk.representative else None,
    )
