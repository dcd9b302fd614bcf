"""Units (an institution with its subtree, or a team) and months as a page or command selects them, within a scope."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.http import Http404

from assessments.calendar import CalendarMonth
from assessments.models import Month, Places, Revision
from assessments.queries.places import places_of, places_on
from residents.categories import ALL, GROUP_NAMES, Category, categories
from residents.models import Resident
from teams.clock import today
from teams.memory import once_a_request
from teams.models import Institution, Team, TeamMember, User
from teams.models.places import subtree_ids
from teams.rules import RuleViolation


@dataclass(frozen=True)
class Unit:
    """An institution's own figures (`team` empty) or a team's."""

    institution: Institution
    team: Team | None = None

    @property
    def name(self) -> str:
        return self.team.name if self.team else self.institution.name

    @property
    def key(self) -> tuple[int, int]:
        """As figures are keyed: institution id, team id or 0."""
        return self.institution.pk, self.team.pk if self.team else 0

    def key_in(self, revision: Revision) -> tuple[int, int]:
        """As figures of a revision are keyed, in which the team may have been of another institution."""
        institution, team = self.key
        return (places_of(revision).homes.get(team, institution) if team else institution), team

    @property
    def query(self) -> dict[str, str]:
        """GET parameters that select it."""
        return {"team": self.team.code} if self.team else {"unit": self.institution.code}


@once_a_request
def existing_teams(day: date) -> tuple[Team, ...]:
    """The teams that there are on a day, by institution."""
    rows = Team.objects.existing_on(day).select_related("institution")
    return tuple(rows.order_by("institution__code", "code"))


@once_a_request
def memberships(day: date) -> tuple[tuple[int, int], ...]:
    """(team id, staff id) of everybody in a team on a day, by team."""
    return tuple(TeamMember.objects.on(day).order_by("team__code").values_list("team_id", "staff_id"))


def open_institutions(kinds: Collection[str], day: date) -> list[Institution]:
    """Institutions of some kinds, by code, without those that shut (docs/teams.md): they had teams, none of which
    exists on the day, and neither they nor any below them have another or manage anybody."""
    teams = Team.objects.filter(institution=OuterRef("pk"))
    is_idle = ExpressionWrapper(Q(Exists(teams)) & ~Q(Exists(teams.existing_on(day))), BooleanField())
    rows = Institution.objects.filter(kind__in=kinds).select_related("division").order_by("code")
    found = list(rows.annotate(is_idle=is_idle))
    shut = _shut({row.pk: subtree_ids(row.pk, day) for row in found if row.is_idle}, day)
    return [row for row in found if row.pk not in shut]


def _shut(below: Mapping[int, frozenset[int]], day: date) -> set[int]:
    """Of idle institutions, with everything below them, those where nobody works or is managed."""
    held = frozenset[int]().union(*below.values())
    if not held:
        return set()
    at_work = Team.objects.existing_on(day).filter(institution__in=held).order_by()
    living = Resident.objects.in_population_on(day).filter(institution__in=held).order_by()
    used = {pk for (pk,) in at_work.values_list("institution_id").union(living.values_list("institution_id"))}
    return {pk for pk, own in below.items() if not own & used}


@dataclass(frozen=True)
class Tree:
    """The institutions that an account sees, and where they and their teams stood."""

    institutions: Mapping[int, Institution]
    places: Places

    @property
    def above(self) -> Mapping[int, int]:
        """Institution id -> id of the institution right above it."""
        return self.places.above

    @cached_property
    def below(self) -> dict[int, list[Institution]]:
        """Institution id -> those right below it, by code."""
        found: dict[int, list[Institution]] = {}
        for row in self.institutions.values():
            parent = self.above.get(row.pk)
            if parent is not None and parent in self.institutions:
                found.setdefault(parent, []).append(row)
        return found

    def path(self, institution: Institution) -> list[Institution]:
        """From the highest that the account sees down to the institution."""
        path, node = [institution], self.above.get(institution.pk)
        while node is not None and node in self.institutions and len(path) < 20:
            path.insert(0, self.institutions[node])
            node = self.above.get(node)
        return path

    def subtree(self, institution: Institution) -> set[int]:
        """Ids of the institution and everything below it."""
        found, todo = {institution.pk}, [institution.pk]
        while todo:
            todo = [row.pk for node in todo for row in self.below.get(node, ()) if row.pk not in found]
            found.update(todo)
        return found

    def unit_of(self, team: Team) -> Unit:
        """The team, below the institution that it was of, whoever sees that one."""
        home = self.places.homes.get(team.pk, team.institution_id)
        if home == team.institution_id:
            return Unit(team.institution, team)
        return Unit(Institution.objects.filter(pk=home).first() or team.institution, team)

    @property
    def roots(self) -> list[Institution]:
        """Those without a visible institution above them."""
        return [row for row in self.institutions.values() if self.above.get(row.pk) not in self.institutions]


@dataclass(frozen=True)
class Selection:
    """What a page of figures is about: the account, a unit of its scope, a month with figures, the category."""

    user: User
    tree: Tree
    unit: Unit
    months: list[Month]
    month: Month | None
    category: str = "all"
    as_known_now: bool = False

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """The district's key populations, in order."""
        return categories()

    @cached_property
    def names(self) -> dict[str, str]:
        """Category code -> its name in the page's language."""
        names = {**GROUP_NAMES, **{category.code: category.name for category in self.categories}}
        return {code: str(name) for code, name in names.items()}

    @property
    def members(self) -> str:
        """The name of the key population, empty for everybody."""
        return "" if self.category == ALL else self.names[self.category]

    @property
    def revision(self) -> Revision | None:
        return self.month.current if self.month else None

    @property
    def calendar(self) -> CalendarMonth | None:
        return CalendarMonth.of(self.month.first_on) if self.month else None

    def query(self, **changes: str) -> dict[str, str]:
        """GET parameters of this selection with some changed; empty values are left out."""
        present = {**self.unit.query, **({"month": str(self.calendar)} if self.month else {})}
        if self.category != "all":
            present["category"] = self.category
        if self.as_known_now:
            present["known"] = "now"
        if "unit" in changes or "team" in changes:
            present.pop("unit", None)
            present.pop("team", None)
        return {name: value for name, value in {**present, **changes}.items() if value}

    def window(self, count: int) -> list[Month | None]:
        """The `count` calendar months that end with this one, oldest first; None where nothing was computed."""
        if self.calendar is None:
            return []
        rows = {CalendarMonth.of(row.first_on): row for row in self.months}
        return [rows.get(self.calendar.plus(-back)) for back in range(count - 1, -1, -1)]


def select(
    user: User, parameters: Mapping[str, str], *, category: str = "all", places: Places | None = None
) -> Selection:
    """Read `unit`, `team` and `month` of a page's GET parameters. What isn't there for the account is not found.

    With `known=now` frozen months show what was computed last beside them, instead of what was frozen. Units stand
    where they stood when the month was computed, or where `places` say.
    """
    months = list(Month.objects.exclude(current=None).select_related("current").order_by("-first_on"))
    as_known_now = parameters.get("known") == "now"
    if as_known_now:
        _show_latest(months)
    month = _month(months, parameters.get("month", ""))
    if places is None:
        places = places_of(month.current) if month and month.current else places_on(today())
    tree = _tree(user, places)
    return Selection(user, tree, _unit(user, tree, parameters), months, month, category, as_known_now)


def select_today(user: User, parameters: Mapping[str, str]) -> Selection:
    """The same for what is followed up to today, whatever the month: units stand where they stand today."""
    return select(user, parameters, places=places_on(today()))


def place(user: User, parameters: Mapping[str, str], day: date, *, category: str = "all") -> Selection:
    """Read `unit` and `team` for a page that is about a day, not a month."""
    tree = _tree(user, places_on(day))
    return Selection(user, tree, _unit(user, tree, parameters), [], None, category)


def _tree(user: User, places: Places) -> Tree:
    """What the account sees of the institutions; its own is among them, which the page's head needn't read again."""
    institutions = Institution.objects.visible_to(user).in_bulk()
    if user.institution_id in institutions:
        user.institution = institutions[user.institution_id]
    return Tree(institutions, places)


def _show_latest(months: list[Month]) -> None:
    """Let each month show its last computation (in memory)."""
    done = Revision.objects.filter(status=Revision.Status.DONE).order_by("month_id", "-number").distinct("month_id")
    latest = {revision.month_id: revision for revision in done}
    for month in months:
        month.current = latest.get(month.pk, month.current)


def _month(months: list[Month], text: str) -> Month | None:
    if not text:
        return months[0] if months else None
    try:
        wanted = CalendarMonth.parse(text).first
    except RuleViolation:
        raise Http404 from None
    for row in months:
        if row.first_on == wanted:
            return row
    raise Http404


def _unit(user: User, tree: Tree, parameters: Mapping[str, str]) -> Unit:
    if code := parameters.get("team", ""):
        team = Team.objects.visible_to(user).select_related("institution").filter(code=code).first()
        if team is None:
            raise Http404
        return tree.unit_of(team)
    if code := parameters.get("unit", ""):
        for row in tree.institutions.values():
            if row.code == code:
                return Unit(row)
        raise Http404
    return _own_unit(user, tree)


def _own_unit(user: User, tree: Tree) -> Unit:
    """The account's institution; else the district's root; for a doctor the first of their teams."""
    if user.institution_id is not None and user.institution_id in tree.institutions:
        return Unit(tree.institutions[user.institution_id])
    if root := _root(tree):
        return Unit(root)
    team = Team.objects.visible_to(user).select_related("institution").order_by("code").first()
    if team is None:
        raise Http404
    return tree.unit_of(team)


def _root(tree: Tree) -> Institution | None:
    """The bureau, or else the first institution without one above it."""
    return min(tree.roots, key=lambda row: (row.kind != Institution.Kind.BUREAU, row.code), default=None)
