"""A figure by sex and age band: counted from the same rows by the same measures, so that the parts make the whole."""

from collections import Counter
from collections.abc import Mapping

from django.db import connection
from django.db.backends.utils import CursorWrapper

from assessments.figures import Tables
from assessments.indicators import INDICATORS, Indicator, Rows
from assessments.models import Revision, Tally
from assessments.queries.figures import Count, Key
from assessments.queries.people import covering_team, mask_of
from assessments.queries.plans import whole_tables
from assessments.queries.units import Selection
from residents.categories import ALL, KEY, categories
from residents.models import Sex
from teams.clock import today
from teams.kept import kept

# First ages of the bands. Children and the elderly of the key populations are bands of their own.
BANDS = (0, 7, 18, 45, 60, 65, 75)
SEXES = (Sex.MALE, Sex.FEMALE)

# What makes rows differ in whether they count; what they count is added up.
FLAGS = {
    Rows.RESIDENT: (
        *("in_population", "covered", "paid", "renewal_due"),
        *("managed_due", "managed", "measured", "controlled"),
    ),
    Rows.COVERAGE: ("unserved", "service_expected"),
}

Breakdown = Mapping[tuple[str, int], Count]
Part = tuple[str, int, int, int]  # sex, first age of the band, numerator, denominator


def has_breakdown(indicator: Indicator) -> bool:
    """Households have neither age nor sex; whose an answer is might show by them."""
    return indicator.rows in (Rows.RESIDENT, Rows.COVERAGE) and indicator.code != "household_coverage"


def by_sex_and_age(selection: Selection, indicator: Indicator) -> Breakdown:
    """(sex, first age of the band) -> count. Ages are those of the report date, kept with the month (docs/rules.md,
    reading 48); sex is that of the record, as it was when it was counted. The month must have been computed."""
    rows = _tallied(selection, indicator)
    if rows is None:
        rows = _counted(selection, indicator)
    above: Counter[tuple[str, int]] = Counter()
    below: Counter[tuple[str, int]] = Counter()
    for sex, band, over, under in rows:
        above[sex, band] += over
        below[sex, band] += under
    key = Key(indicator.code, selection.category)
    return {part: Count(key, above[part], below[part]) for part in below if above[part] or below[part]}


def count_ages(revision: Revision) -> dict[str, dict[int, list[Part]]]:
    """Name of the tally -> managing institution -> parts, of every figure that has a breakdown.

    The revision's rows are grouped once; the figures are counted from the groups. The revision must be computed.
    """
    known, found = categories(), {}
    masks = {ALL: 0, KEY: sum(row.mask for row in known), **{row.code: row.mask for row in known}}
    with whole_tables() as cursor:
        for rows in FLAGS:
            _stage(cursor, Tables(revision.pk), rows)
            for indicator in INDICATORS:
                if indicator.rows is not rows or not has_breakdown(indicator):
                    continue
                for category in indicator.category_codes(known):
                    found[_name(indicator, category)] = _grouped(cursor, indicator, masks[category])
    return found


def _tallied(selection: Selection, indicator: Indicator) -> list[Part] | None:
    """What was counted in the background; nothing is for teams, which have few people."""
    revision, unit = selection.revision, selection.unit
    assert revision is not None
    if unit.team is not None:
        return None
    tallies = Tally.objects.filter(revision=revision, name=_name(indicator, selection.category))
    counts = tallies.values_list("counts", flat=True).first()
    if counts is None:
        return None
    below = selection.tree.places.subtree(unit.institution.pk)
    return [tuple(part) for place in below for part in counts.get(str(place), ())]


def _counted(selection: Selection, indicator: Indicator) -> list[Part]:
    """Counted from the rows by whoever asks first, and kept for the day."""
    revision = selection.revision
    assert revision is not None
    sql, places = _statement(selection, indicator)

    def count() -> list[Part]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [places])
            return [(sex, band, int(above), int(below)) for sex, band, above, below in cursor.fetchall()]

    return [tuple(part) for part in kept("ages", revision.pk, revision.finished_at, today(), sql, places, count=count)]


def _name(indicator: Indicator, category: str) -> str:
    return f"ages {indicator.code} {category}"


def _stage(cursor: CursorWrapper, tables: Tables, rows: Rows) -> None:
    """A temporary table `ages`: one row for all that are alike, `n` of them."""
    # A contract's row has no age; a resident's has.
    source, age = f"{tables.residents} m", "m.age"
    if rows is Rows.COVERAGE:
        source, age = f"{tables.coverages} m join {tables.residents} a on a.resident_id = m.resident_id", "a.age"
    columns = {
        measure.column
        for indicator in INDICATORS
        if indicator.rows is rows
        for measure in (indicator.numerator, indicator.denominator)
        if measure.column
    }
    sums = "".join(f", sum(m.{column}) as {column}" for column in sorted(columns))
    flags = ", ".join(f"m.{flag}" for flag in FLAGS[rows])
    cursor.execute("drop table if exists pg_temp.ages")
    cursor.execute(
        f"create temp table ages on commit drop as select m.institution_id, r.sex, {_band(age)} as band,"
        f" m.categories, {flags}, count(*) as n{sums} from {source}"
        f" join residents_resident r on r.id = m.resident_id group by 1, 2, 3, 4, {flags}"
    )


def _grouped(cursor: CursorWrapper, indicator: Indicator, mask: int) -> dict[int, list[Part]]:
    """Managing institution -> parts of one figure, from the staged groups."""
    register = mask if indicator.by_register else 0
    above, below = (
        measure.value() if measure.column else f"n * {measure.value(register)}"
        for measure in (indicator.numerator, indicator.denominator)
    )
    members = f"where (categories & {mask}) <> 0" if mask else ""
    cursor.execute(
        f"select institution_id, sex, band, sum({above}), sum({below}) from ages {members} group by 1, 2, 3"
        f" having sum({above}) <> 0 or sum({below}) <> 0"
    )
    found: dict[int, list[Part]] = {}
    for institution, sex, band, over, under in cursor.fetchall():
        found.setdefault(institution, []).append((sex, band, int(over), int(under)))
    return found


def _statement(selection: Selection, indicator: Indicator) -> tuple[str, list[int]]:
    """SQL with a row a sex and band, and the places (or the team) that are its parameter."""
    revision, mask = selection.revision, mask_of(selection)
    assert revision is not None
    tables = Tables(revision.pk)
    register = mask if indicator.by_register else 0
    numerator = indicator.numerator.value(register)
    covering = covering_team(selection, indicator)
    if covering is not None:
        numerator = f"case when m.team_id = {int(covering)} then {numerator} else 0 end"
    unit, places = _unit(selection, served=covering is not None)
    if mask:
        unit += f" and (m.categories & {mask}) <> 0"
    # A contract's row has no age; a resident's has.
    source, age, ages = f"{tables.residents} m", "c.age", ""
    if indicator.rows is Rows.COVERAGE:
        source, age = f"{tables.coverages} m", "a.age"
        ages = f"join {tables.residents} a on a.resident_id = c.resident_id"
    of_row = "m.age" if indicator.rows is Rows.RESIDENT else "null"
    below = indicator.denominator.value(register)
    sql = f"""
        select r.sex, {_band(age)}, sum(c.above), sum(c.below)
        from (
            select m.resident_id, {of_row} as age, {numerator} as above, {below} as below
            from {source} where {unit}
        ) c
        {ages}
        join residents_resident r on r.id = c.resident_id
        where c.above <> 0 or c.below <> 0
        group by 1, 2
    """
    return sql, places


def _band(age: str) -> str:
    steps = " ".join(f"when {age} >= {first} then {first}" for first in reversed(BANDS))
    return f"case {steps} else 0 end"


def _unit(selection: Selection, *, served: bool) -> tuple[str, list[int]]:
    """SQL for the unit's rows `m`, and its parameter: all of the figure's, whoever may see the people today."""
    unit, places = selection.unit, selection.tree.places
    if unit.team is None:
        return "m.institution_id = any(%s)", sorted(places.subtree(unit.institution.pk))
    if served:
        return "m.village_id = any(%s)", places.villages_of(unit.team.pk)
    return "m.team_id = any(%s)", [unit.team.pk]
