"""The monthly return (统计报表): what bureaus send upward, a line per institution, from the figures of the month."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from assessments.models import Figure, Population, Revision, Tally
from assessments.queries.figures import Count, Key
from assessments.queries.plans import whole_tables
from assessments.queries.units import Selection
from residents.categories import ALL, KEY
from teams.clock import today
from teams.kept import kept
from teams.models import Institution

FEES = "fees"  # the name of their tally


@dataclass(frozen=True)
class Line:
    """One institution with its subtree. `resident` is the official population, None where nobody entered it."""

    institution: Institution
    teams: int
    resident: int | None
    counts: Mapping[Key, Count]
    payers: Mapping[str, Decimal]

    def count(self, indicator: str, category: str = ALL) -> Count:
        """A figure of the line; 0 / 0 when there is none."""
        key = Key(indicator, category)
        return self.counts.get(key, Count(key, 0, 0))

    def on_resident(self) -> Count | None:
        """Coverage on the official population, beside the counted one (rules.md 3)."""
        if self.resident is None:
            return None
        return Count(Key("coverage"), self.count("coverage").numerator, self.resident)


@dataclass(frozen=True)
class MonthlyReturn:
    """The selected unit's own line last, before it one for each institution right below."""

    lines: Sequence[Line]
    total: Line

    @property
    def without_population(self) -> list[Institution]:
        """Institutions whose official population is missing: their rate on it is no figure."""
        return [line.institution for line in (*self.lines, self.total) if line.resident is None]


def monthly_return(selection: Selection) -> MonthlyReturn:
    """The return of the selected institution and month. The month must have been computed."""
    gather = _Gather(selection)
    lines = [line for row in gather.below if (line := gather.line(row)).counts]
    return MonthlyReturn(lines, gather.line(selection.unit.institution))


class _Gather:
    """Everything that the lines are made of, asked for once."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        assert selection.revision is not None and selection.calendar is not None
        self.revision, self.year = selection.revision, selection.calendar.year
        self.below = selection.tree.below.get(selection.unit.institution.pk, [])

    def line(self, institution: Institution) -> Line:
        subtree = self.selection.tree.subtree(institution)
        payers: dict[str, Decimal] = {}
        for place in subtree:
            for payer, amount in self.payers.get(place, {}).items():
                payers[payer] = payers.get(payer, Decimal("0.00")) + amount
        return Line(
            institution,
            sum(self.teams[place] for place in subtree),
            self.populations.get(institution.pk),
            self.counts.get(institution.pk, {}),
            payers,
        )

    @cached_property
    def counts(self) -> dict[int, dict[Key, Count]]:
        rows = Figure.objects.visible_to(self.selection.user).filter(
            revision=self.revision,
            institution__in=(self.selection.unit.institution, *self.below),
            team_key=0,
            indicator__in=("coverage", "paid_coverage", "managed"),
        )
        found: dict[int, dict[Key, Count]] = {}
        for institution, indicator, category, numerator, denominator in rows.values_list(
            "institution_id", "indicator", "category", "numerator", "denominator"
        ):
            key = Key(indicator, category)
            found.setdefault(institution, {})[key] = Count(key, numerator, denominator)
        return found

    @cached_property
    def teams(self) -> Counter[int]:
        return Counter(self.selection.tree.places.teams.values())

    @cached_property
    def populations(self) -> dict[int, int]:
        rows = Population.objects.filter(year=self.year, category=ALL)
        return dict(rows.values_list("institution_id", "count"))

    @cached_property
    def payers(self) -> dict[int, dict[str, Decimal]]:
        return fees_by_payer(self.revision)


def fees_by_payer(revision: Revision) -> dict[int, dict[str, Decimal]]:
    """Institution id -> payer -> yuan a year for what coverages in force hold, as charged at signing.

    Charges as they were when the revision's were counted; else as they were when somebody first asked today.
    """
    rows = Tally.objects.filter(revision=revision, name=FEES).values_list("counts", flat=True).first()
    if rows is None:
        rows = kept("fees", revision.pk, revision.finished_at, today(), count=lambda: count_fees(revision))
    found: dict[int, dict[str, Decimal]] = {}
    for institution, payer, amount in rows:
        found.setdefault(institution, {})[payer] = Decimal(amount)
    return found


def count_fees(revision: Revision) -> list[tuple[int, str, str]]:
    """Institution id, payer, yuan a year, counted from the rows of a revision. The revision must be computed."""
    with whole_tables() as cursor:
        cursor.execute(
            """
            select m.institution_id, c.payer, sum(c.amount)::text
            from assessments_coveragemonth m
            join contracts_coveragepackage h on h.coverage_id = m.coverage_id
            join contracts_charge c on c.held_id = h.id
            where m.revision_id = %s and m.in_force
            group by m.institution_id, c.payer
            """,
            [revision.pk],
        )
        return cursor.fetchall()


def categories_told(selection: Selection) -> list[str]:
    """The key populations together, then each of them."""
    return [KEY, *(category.code for category in selection.categories)]
