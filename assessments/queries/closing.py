"""What speaks against freezing a month: units without figures, sums that don't add up, jumps nobody has explained."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property

from django.db import connection
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments import figures
from assessments.calendar import CalendarMonth
from assessments.indicators import INDICATORS, Rows
from assessments.models import Figure, Month, Remark, Revision
from assessments.queries.figures import Count, Key
from residents.categories import ALL, KEY
from teams.kept import kept
from teams.models import Institution, Team
from teams.models.places import parent_ids
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
KEPT_SECONDS = 40 * 24 * 3600  # a month waits about so long for being frozen
Value = tuple[int, int]
Found = tuple[str, int, str, str, str]  # concern, institution, indicator, category, words: a finding that JSON can hold


class Concern(StrEnum):
    """What kind of doubt it is."""

    MISSING = "missing"
    SUM = "sum"
    JUMP = "jump"


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
    """Everything to look into before the revision is frozen: missing units, wrong sums, jumps; by institution."""
    check = _Check(revision)
    return check.told(check.found())


def findings_kept(revision: Revision) -> list[Finding]:
    """The same for a page, which needn't count the rows each time: once for all that the findings follow from."""
    check = _Check(revision)
    return check.told(kept("findings", *check.sources(), count=check.found, seconds=KEPT_SECONDS))


class _Check:
    """One revision beside the shown one of the month before."""

    def __init__(self, revision: Revision) -> None:
        self.revision = revision
        self.policy = policy_on(revision.as_of)
        self.institutions = Institution.objects.in_bulk()
        self.above = parent_ids(revision.as_of)
        self.teams = list(Team.objects.existing_on(revision.as_of).order_by("pk"))

    def found(self) -> list[Found]:
        """What is found, counted from the rows, in the page's language."""
        return [*self.missing(), *self.sums(), *self.jumps()]

    def told(self, found: Iterable[Found]) -> list[Finding]:
        """The findings with their institutions and today's remarks, wrong sums first."""
        remarks = {
            (row.institution_id, Key(row.indicator, row.category)): row
            for row in Remark.objects.filter(month=self.revision.month_id)
        }
        told = [
            Finding(Concern(concern), self.institutions[institution], key, words, remarks.get((institution, key)))
            for concern, institution, *names, words in found
            for key in [Key(*names)]
        ]
        return sorted(told, key=lambda finding: (finding.concern is not Concern.SUM, finding.institution.code))

    def sources(self) -> Iterator[object]:
        """All that the findings follow from: rows (a revision's never change), settings, units, and the language."""
        for revision in (self.revision, self.before):
            yield revision and (revision.pk, revision.finished_at)
        yield sorted(self.policy.items())
        yield sorted((row.pk, row.kind) for row in self.institutions.values())
        yield sorted(self.above.items())
        yield [(team.pk, team.name, team.institution_id) for team in self.teams]
        yield get_language()

    @cached_property
    def values(self) -> dict[tuple[int, Key], Value]:
        """The revision's figures."""
        return _values(self.revision)

    @cached_property
    def before(self) -> Revision | None:
        """What is shown for the month before."""
        first = CalendarMonth.of(self.revision.as_of).plus(-1).first
        month = Month.objects.filter(first_on=first).select_related("current").first()
        return month.current if month else None

    @cached_property
    def values_before(self) -> dict[tuple[int, Key], Value]:
        return _values(self.before) if self.before else {}

    def missing(self) -> Iterator[Found]:
        """Institutions that had figures a month ago and have none now; teams that exist and have none."""
        had = {institution for institution, _key in self.values_before}
        have = {institution for institution, _key in self.values}
        for institution in sorted((had - have) & self.above.keys()):
            yield self._finding(Concern.MISSING, institution, PRESENT, _("There are no figures of it any more."))
        figures_of_teams = Figure.objects.filter(revision=self.revision, team__isnull=False)
        counted = set(figures_of_teams.values_list("team_id", flat=True).distinct())
        for team in self.teams:
            if team.pk in counted:
                continue
            words = format_lazy(_("Its team {team} has no figures."), team=team.name)
            yield self._finding(Concern.MISSING, team.institution_id, PRESENT, words)

    def sums(self) -> Iterator[Found]:
        """Institutions whose figure isn't their own people's and those of the institutions below."""
        own = _own_values(self.revision)
        below: dict[tuple[int, Key], Value] = dict(own)
        for (institution, key), value in self.values.items():
            parent = self.above.get(institution)
            if parent is not None and key in _summed_keys():
                below[parent, key] = _added(below.get((parent, key), (0, 0)), value)
        for (institution, key), value in self.values.items():
            expected = below.get((institution, key), (0, 0))
            if key in _summed_keys() and value != expected:
                words = format_lazy(
                    _("{shown} is shown, but its own people and the institutions below it make {sum}."),
                    shown=f"{value[0]} / {value[1]}",
                    sum=f"{expected[0]} / {expected[1]}",
                )
                yield self._finding(Concern.SUM, institution, key, words)

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
            words = self._jump(key, before, now)
            if words:
                yield self._finding(Concern.JUMP, institution, key, words)

    def _jump(self, key: Key, before: Value, now: Value) -> Promise | None:
        if min(before[1], now[1]) < self.policy["jump_people_least"]:
            return None
        if key == Key("coverage") and self._has_moved(before[1], now[1]):
            return format_lazy(
                _("The population went from {before} to {now} in a month."), before=before[1], now=now[1]
            )
        was, became = Count(key, *before).rate(), Count(key, *now).rate()
        if was is None or became is None or abs(became - was) < Decimal(self.policy["jump_points"]):
            return None
        return format_lazy(_("From {before}% to {now}% in a month."), before=was, now=became)

    def _has_moved(self, before: int, now: int) -> bool:
        return abs(now - before) * 100 >= before * self.policy["jump_population_percent"]

    def _finding(self, concern: Concern, institution: int, key: Key, words: str | Promise) -> Found:
        return concern.value, institution, key.indicator, key.category, str(words)


def _values(revision: Revision) -> dict[tuple[int, Key], Value]:
    """(institution, key) -> numerator and denominator, of institutions' own figures."""
    rows = Figure.objects.filter(revision=revision, team_key=0).values_list(
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


def _own_values(revision: Revision) -> dict[tuple[int, Key], Value]:
    """(institution, key) -> what the people managed right there make, counted from the rows again."""
    found: dict[tuple[int, Key], Value] = {}
    tables = figures.Tables(revision.pk)
    for rows in (Rows.RESIDENT, Rows.COVERAGE):
        keys = sorted(key for key in _summed_keys() if _rows_of(key) is rows)
        source = figures.source(rows, tables, revision.as_of)
        for institution, *counts in _grouped(source, keys):
            pairs = zip(counts[::2], counts[1::2], strict=True)
            found |= {(institution, key): (int(num), int(den)) for key, (num, den) in zip(keys, pairs, strict=True)}
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
