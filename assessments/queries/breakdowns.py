"""A figure by sex and age band: counted from the same rows by the same measures, so that the parts make the whole."""

from collections.abc import Mapping

from django.db import connection

from assessments.figures import Tables
from assessments.indicators import Indicator, Rows
from assessments.queries.figures import Count, Key
from assessments.queries.people import covering_team, mask_of
from assessments.queries.units import Selection
from residents.models import Sex
from teams.clock import today
from teams.kept import kept
from teams.models import TeamVillage
from teams.models.places import subtree_ids

# First ages of the bands. Children and the elderly of the key populations are bands of their own.
BANDS = (0, 7, 18, 45, 60, 65, 75)
SEXES = (Sex.MALE, Sex.FEMALE)

Breakdown = Mapping[tuple[str, int], Count]


def has_breakdown(indicator: Indicator) -> bool:
    """Households have neither age nor sex; answers and calls are no rows of the month."""
    return indicator.rows in (Rows.RESIDENT, Rows.COVERAGE) and indicator.code != "household_coverage"


def by_sex_and_age(selection: Selection, indicator: Indicator) -> Breakdown:
    """(sex, first age of the band) -> count. Ages are those of the report date, kept with the month (docs/rules.md,
    reading 48); sex is that of the record, as it was when somebody first asked today. The month must have been
    computed."""
    revision = selection.revision
    assert revision is not None
    sql, places = _statement(selection, indicator)

    def count() -> list[tuple[str, int, int, int]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [places])
            return [(sex, band, int(above), int(below)) for sex, band, above, below in cursor.fetchall()]

    rows = kept("ages", revision.pk, revision.finished_at, today(), sql, places, count=count)
    key = Key(indicator.code, selection.category)
    return {(sex, band): Count(key, above, below) for sex, band, above, below in rows if above or below}


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
    team, revision = selection.unit.team, selection.revision
    assert revision is not None
    if team is None:
        return "m.institution_id = any(%s)", sorted(subtree_ids(selection.unit.institution.pk, revision.as_of))
    if not served:
        return "m.team_id = any(%s)", [team.pk]
    villages = TeamVillage.objects.on(revision.as_of).filter(team=team).values_list("village_id", flat=True)
    return "m.village_id = any(%s)", list(villages)
