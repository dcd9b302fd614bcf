"""What speaks against freezing a month: units without figures, sums that don't add up, jumps nobody has explained."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments import figures
from assessments.calendar import CalendarMonth
from assessments.indicators import INDICATORS, Rows
from assessments.models import Figure, Month, Remark, Revision, Tally
from assessments.queries.figures import Count, Key
from assessments.queries.places import places_of
from residents.categories import ALL, KEY
from teams.kept import kept
from teams.models import Institution, Team
from teams.policy import policy_on

# Leading figures whose jump from one month to the next is to be explained. Those that begin anew in January are not
# held against December.
WATCHED = (
    Key("coverage"),
    Key("coverage", KEY),
    Key("paid_coverage"),
    Key("managed", "hypertension"),
    Key("managed", "diabetes"),
    Key("unserved"),
    Key("item_completion"),
    Key("package_completion"),
)
OF_THE_YEAR = ("item_completion", "package_completion")
PRESENT = Key("present")  # stands for a unit's figures as a whole
OWN = "own"  # the name of the tally of what institutions' own people make
KEPT_SECONDS = 40 * 24 * 3600  # a month waits about so long for being frozen
Value = tuple[int, int]
Own = tuple[int, str, str, int, int]  # institution, indicator, category, numerator, denominator
# Concern, institution, indicator, category, doubt and what its words tell: a finding that JSON can hold.
Found = tuple[str, int, str, str, str, Mapping[str, str | int]]


class Concern(StrEnum):
    """What kind of doubt it is."""

    MISSING = "missing"
    SUM = "sum"
    JUMP = "jump"


class Doubt(StrEnum):
    """What is found, worded where it is shown: it is kept once for every language."""

    GONE = "gone"
    TEAM = "team"
    SUM = "sum"
    POPULATION = "population"
    RATE = "rate"


WORDS = {
    Doubt.GONE: _("There are no figures of it any more."),
    Doubt.TEAM: _("Its team {team} has no figures."),
    Doubt.SUM: _("{shown} is shown, but its own people and the institutions below it make {sum}."),
    Doubt.POPULATION: _("The population went from {before} to {now} in a month."),
    Doubt.RATE: _("From {before}% to {now}% in a month."),
}


@dataclass(frozen=True)
class Finding:
    """A doubt about one figure of one institution, in words, and what somebody has remarked on it."""

    concern: Concern
    institution: Institution
    key: Key
    words: str
    remark: Remark | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still stands in the way: a wrong sum always, anything else until it is explained."""
        return self.concern is Concern.SUM or self.remark is None


def findings(revision: Revision) -> list[Finding]:
    """Everything to look into before the revision is frozen: missing units, wrong sums, jumps; by institution.

    What people make is counted from their rows, whatever was counted ahead.
    """
    check = _Check(revision, count_own)
    return check.told(check.found())


def findings_kept(revision: Revision) -> list[Finding]:
    """The same for a page, which needn't count the rows each time: once for all that the findings follow from."""
    check = _Check(revision, _own_tallied)
    return check.told(kept("findings", *check.sources(), count=check.found, seconds=KEPT_SECONDS))


class _Check:
    """One revision beside the shown one of the month before."""

    def __init__(self, revision: Revision, own: Callable[[Revision], Iterable[Own]]) -> None:
        self.revision, self.own = revision, own
        self.policy = policy_on(revision.as_of)
        self.institutions = Institution.objects.in_bulk()
        self.above = places_of(revision).above
        self.teams = list(Team.objects.existing_on(revision.as_of).order_by("pk"))

    def found(self) -> list[Found]:
        """What is found, counted from the rows."""
        return [*self.missing(), *self.sums(), *self.jumps()]

    def told(self, found: Iterable[Found]) -> list[Finding]:
        """The findings with their institutions and today's remarks, wrong sums first."""
        remarks = {
            (row.institution_id, Key(row.indicator, row.category)): row
            for row in Remark.objects.filter(month=self.revision.month_id)
        }
        told = [
            Finding(
                Concern(concern),
                self.institutions[institution],
                Key(indicator, category),
                WORDS[Doubt(doubt)].format(**values),
                remarks.get((institution, Key(indicator, category))),
            )
            for concern, institution, indicator, category, doubt, values in found
        ]
        return sorted(told, key=lambda finding: (finding.concern is not Concern.SUM, finding.institution.code))

    def sources(self) -> Iterator[object]:
        """All that the findings follow from: rows (a revision's never change), settings, and units."""
        for revision in (self.revision, self.before):
            yield revision and (revision.pk, revision.finished_at)
        yield sorted(self.policy.items())
        yield sorted((row.pk, row.kind) for row in self.institutions.values())
        yield sorted(self.above.items())
        yield [(team.pk, team.name, team.institution_id) for team in self.teams]

    @cached_property
    def values(self) -> dict[tuple[int, Key], Value]:
        """The revision's figures that are checked."""
        return _values(self.revision, {*_summed_keys(), *WATCHED})

    @cached_property
    def before(self) -> Revision | None:
        """What is shown for the month before."""
        first = CalendarMonth.of(self.revision.as_of).plus(-1).first
        month = Month.objects.filter(first_on=first).select_related("current").first()
        return month.current if month else None

    @cached_property
    def values_before(self) -> dict[tuple[int, Key], Value]:
        return _values(self.before, set(WATCHED)) if self.before else {}

    def missing(self) -> Iterator[Found]:
        """Institutions that had figures a month ago and have none now; teams that exist and have none."""
        had = {institution for institution, _key in self.values_before}
        have = {institution for institution, _key in self.values}
        for institution in sorted((had - have) & self.above.keys()):
            yield _found(Concern.MISSING, institution, PRESENT, Doubt.GONE)
        figures_of_teams = Figure.objects.filter(revision=self.revision, team__isnull=False, category=ALL)
        counted = set(figures_of_teams.values_list("team_id", flat=True).distinct())
        for team in self.teams:
            if team.pk not in counted:
                yield _found(Concern.MISSING, team.institution_id, PRESENT, Doubt.TEAM, team=team.name)

    def sums(self) -> Iterator[Found]:
        """Institutions whose figure isn't their own people's and those of the institutions below."""
        below: dict[tuple[int, Key], Value] = {}
        for institution, indicator, category, above, under in self.own(self.revision):
            below[institution, Key(indicator, category)] = above, under
        for (institution, key), value in self.values.items():
            parent = self.above.get(institution)
            if parent is not None and key in _summed_keys():
                below[parent, key] = _added(below.get((parent, key), (0, 0)), value)
        for (institution, key), value in self.values.items():
            expected = below.get((institution, key), (0, 0))
            if key in _summed_keys() and value != expected:
                shown, made = (f"{above} / {under}" for above, under in (value, expected))
                yield _found(Concern.SUM, institution, key, Doubt.SUM, shown=shown, sum=made)

    def jumps(self) -> Iterator[Found]:
        """Watched figures that moved further in a month than policy holds for possible."""
        if self.before is None:
            return
        same_year = self.before.as_of.year == self.revision.as_of.year
        for (institution, key), now in self.values.items():
            before = self.values_before.get((institution, key))
            clinic = self.institutions[institution].kind == Institution.Kind.VILLAGE_CLINIC
            if before is None or clinic or key not in WATCHED or (key.indicator in OF_THE_YEAR and not same_year):
                continue
            if jump := self._jump(key, before, now):
                doubt, was, became = jump
                yield _found(Concern.JUMP, institution, key, doubt, before=was, now=became)

    def _jump(self, key: Key, before: Value, now: Value) -> tuple[Doubt, str | int, str | int] | None:
        if min(before[1], now[1]) < self.policy["jump_people_least"]:
            return None
        if key == Key("coverage") and self._has_moved(before[1], now[1]):
            return Doubt.POPULATION, before[1], now[1]
        was, became = Count(key, *before).rate(), Count(key, *now).rate()
        if was is None or became is None or abs(became - was) < Decimal(self.policy["jump_points"]):
            return None
        return Doubt.RATE, str(was), str(became)

    def _has_moved(self, before: int, now: int) -> bool:
        return abs(now - before) * 100 >= before * self.policy["jump_population_percent"]


def _found(concern: Concern, institution: int, key: Key, doubt: Doubt, **values: str | int) -> Found:
    return concern.value, institution, key.indicator, key.category, doubt.value, values


def _values(revision: Revision, keys: set[Key]) -> dict[tuple[int, Key], Value]:
    """(institution, key) -> numerator and denominator, of institutions' own figures. Each that has any has all."""
    asked = Q()
    for category in {key.category for key in keys}:
        codes = [key.indicator for key in keys if key.category == category]
        asked |= Q(category=category, indicator__in=codes)
    rows = Figure.objects.filter(asked, revision=revision, team_key=0).values_list(
        "institution_id", "indicator", "category", "numerator", "denominator"
    )
    return {(row[0], Key(row[1], row[2])): (row[3], row[4]) for row in rows}


@cache
def _summed_keys() -> frozenset[Key]:
    """Figures of everyone and of the key populations together that the month's own rows make up."""
    keys = set()
    for indicator in INDICATORS:
        if indicator.rows in (Rows.RESIDENT, Rows.COVERAGE) and not indicator.by_register:
            keys |= {Key(indicator.code, code) for code in (ALL, KEY) if indicator.categories is None or code == ALL}
    return frozenset(keys)


def _own_tallied(revision: Revision) -> Iterable[Own]:
    """As counted ahead, else now."""
    counts = Tally.objects.filter(revision=revision, name=OWN).values_list("counts", flat=True).first()
    return count_own(revision) if counts is None else counts


def count_own(revision: Revision) -> list[Own]:
    """What the people managed right in each institution make, counted from the rows again."""
    found = []
    tables = figures.Tables(revision.pk)
    for rows in (Rows.RESIDENT, Rows.COVERAGE):
        keys = sorted(key for key in _summed_keys() if _rows_of(key) is rows)
        source = figures.source(rows, tables)
        for institution, *counts in _grouped(source, keys):
            pairs = zip(counts[::2], counts[1::2], strict=True)
            found += [(institution, *key, int(num), int(den)) for key, (num, den) in zip(keys, pairs, strict=True)]
    return found


def _rows_of(key: Key) -> Rows:
    return Count(key, 0, 0).indicator.rows


def _grouped(source: str, keys: Sequence[Key]) -> list[tuple[int, ...]]:
    columns = []
    for key in keys:
        indicator = Count(key, 0, 0).indicator
        only = " filter (where categories <> 0)" if key.category == KEY else ""
        for measure in (indicator.numerator, indicator.denominator):
            columns.append(f"coalesce(sum({measure.value()}){only}, 0)")
    with connection.cursor() as cursor:
        cursor.execute(f"select institution_id, {', '.join(columns)} from {source} m group by institution_id")
        return cursor.fetchall()


def _added(first: Value, second: Value) -> Value:
    return first[0] + second[0], first[1] + second[1]
