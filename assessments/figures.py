"""From the rows of a revision to its figures: grouped once per table, by the same measures that list people.

Rows are first grouped into cells (institution, village, team, category mask), cells are added up the tree and over the
categories, and every unit gets every figure, zeros too. Nothing here loops over units or people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection

from assessments.definitions import literal
from assessments.indicators import INDICATORS, Indicator, Rows, TeamRule
from assessments.models import Places
from residents.categories import ALL, CORE, KEY, Category

ANSWERS = (Path(__file__).parent / "sql" / "answers.sql").read_text()
EVERYONE, ANY_CATEGORY = 0, -1  # masks of `all` and `key`


@dataclass(frozen=True)
class Tables:
    """The tables of one revision while it is built."""

    revision: int

    @property
    def residents(self) -> str:
        return f"assessments_residentmonth_{self.revision}"

    @property
    def coverages(self) -> str:
        return f"assessments_coveragemonth_{self.revision}"

    @property
    def answers(self) -> str:
        return f"assessments_answermonth_{self.revision}"

    @property
    def figures(self) -> str:
        return f"assessments_figure_{self.revision}"


def count(tables: Tables, places: Places, categories: Sequence[Category]) -> None:
    """Fill the revision's figures from its rows, units standing where `places` say. Must run inside a transaction (its
    temporary tables end with it)."""
    temporary = ", ".join(
        f"pg_temp.{name}"
        for name in ("below", "serving", "home", "unit", "counted", "household", *map("cell_{}".format, Rows))
    )
    _run(f"drop table if exists {temporary}")
    _stage_places(places)
    _run(
        "create temp table counted (institution_id bigint, team_key bigint, indicator text, category text,"
        " numerator bigint, denominator bigint) on commit drop"
    )
    for rows in Rows:
        indicators = [indicator for indicator in INDICATORS if indicator.rows is rows]
        _stage_cells(rows, source(rows, tables), indicators)
        _count_institutions(rows, indicators, categories)
        _count_teams(rows, indicators, categories)
    _count_households_of_teams(tables, places)
    _stage_units(tables, places)
    _fill(tables, categories)


def source(rows: Rows, tables: Tables) -> str:
    """The FROM item with the columns that measures of `rows` use, beside institution, village, team and categories."""
    if rows is Rows.RESIDENT:
        return tables.residents
    if rows is Rows.COVERAGE:
        return tables.coverages
    return f"(select * from {tables.answers} where kind = '{rows}')"


def answer_rows(tables: Tables, report: date) -> str:
    """The SELECT of `AnswerMonth` rows, in the order of `ANSWER_COLUMNS`; reads the table `residents`."""
    since = literal(report.replace(month=1, day=1))
    return ANSWERS.format(residents=tables.residents, this_year=f"between {since} and {literal(report)}")


def _stage_places(places: Places) -> None:
    """Temporary tables: each institution below each of its ancestors; the villages and institutions of teams."""
    for name, pairs in (
        ("below (institution_id, ancestor_id)", _ancestry(places)),
        ("serving (team_id, village_id)", places.pairs["village"]),
        ("home (team_key, institution_id)", places.homes.items()),
    ):
        _run(f"create temp table {name} on commit drop as select * from {_unnested(pairs)}")


def _stage_units(tables: Tables, places: Places) -> None:
    """A temporary table of the units that have figures: teams, and the institutions of teams and people."""
    _run(
        "create temp table unit on commit drop as"
        " select h.institution_id, h.team_key from home h"
        f" where h.team_key = any('{{{','.join(map(str, places.teams))}}}') or h.team_key in"
        f" (select team_id from {tables.coverages} where in_force or obligations > 0 or visits > 0)"
    )
    _run(
        "insert into unit select distinct b.ancestor_id, 0 from below b where b.institution_id in"
        f" (select institution_id from cell_{Rows.RESIDENT} union select institution_id from unit)"
    )


def _ancestry(places: Places) -> Iterable[tuple[int, int]]:
    """Pairs (institution, itself or an institution above it)."""
    for institution, _parent in places.pairs["above"]:
        node: int | None = institution
        seen: set[int] = set()
        while node is not None and node not in seen:
            seen.add(node)
            yield institution, node
            node = places.above.get(node)


def _columns(indicators: Sequence[Indicator]) -> list[tuple[str, str]]:
    """(alias, SQL value) of every count of the indicators; one pair per register for those told by register."""
    columns = []
    for indicator in indicators:
        for code, mask in _registers(indicator):
            name = f"{indicator.code}_{code}" if code else indicator.code
            columns += [
                (f"{name}_num", indicator.numerator.value(mask)),
                (f"{name}_den", indicator.denominator.value(mask)),
            ]
    return columns


def _registers(indicator: Indicator) -> list[tuple[str, int]]:
    if not indicator.by_register:
        return [("", 0)]
    return [(row.code, row.mask) for row in CORE if row.code in (indicator.categories or ())]


def _stage_cells(rows: Rows, rows_sql: str, indicators: Sequence[Indicator]) -> None:
    """Group the rows once: a cell per institution, village, team and category mask, with every count in a column."""
    sums = ", ".join(f"{_sum(value)} as {alias}" for alias, value in _columns(indicators))
    _run(
        f"create temp table cell_{rows} on commit drop as"
        f" select institution_id, village_id, team_id, categories, {sums}"
        f" from {rows_sql} r group by institution_id, village_id, team_id, categories"
    )


def _category_values(categories: Sequence[Category]) -> str:
    masks = [(ALL, EVERYONE), (KEY, ANY_CATEGORY), *((row.code, row.mask) for row in categories)]
    return "(values " + ", ".join(f"('{code}', {mask})" for code, mask in masks) + ") k(code, mask)"


def _count_by_category(units: str, columns: Sequence[str], categories: Sequence[Category]) -> str:
    """SQL: `units` (institution_id, team_key, categories, counts) added over the categories of each mask."""
    sums = ", ".join(f"{_sum(column)} as {column}" for column in columns)
    return (
        f"select institution_id, team_key, k.code as category, {sums} from ({units}) u"
        f" join {_category_values(categories)} on k.mask = {EVERYONE} or (u.categories & k.mask) <> 0"
        " group by institution_id, team_key, k.code"
    )


def _unpivot(indicators: Sequence[Indicator]) -> str:
    """SQL: one line per figure out of the columns of `grouped`."""
    lines = []
    for indicator in indicators:
        for code, _mask in _registers(indicator):
            name = f"{indicator.code}_{code}" if code else indicator.code
            only = code or (ALL if indicator.categories == () else "")
            where = f" where category = '{only}'" if only else ""
            lines.append(
                f"select institution_id, team_key, '{indicator.code}', category, {name}_num, {name}_den"
                f" from grouped{where}"
            )
    return " union all ".join(lines)


def _count_institutions(rows: Rows, indicators: Sequence[Indicator], categories: Sequence[Category]) -> None:
    aliases = [alias for alias, _value in _columns(indicators)]
    sums = ", ".join(f"{_sum('c.' + alias)} as {alias}" for alias in aliases)
    units = (
        f"select b.ancestor_id as institution_id, 0 as team_key, c.categories, {sums} from cell_{rows} c"
        " join below b on b.institution_id = c.institution_id group by b.ancestor_id, c.categories"
    )
    _run(
        f"with grouped as ({_count_by_category(units, aliases, categories)}) insert into counted {_unpivot(indicators)}"
    )


def _count_teams(rows: Rows, indicators: Sequence[Indicator], categories: Sequence[Category]) -> None:
    """What is signed with the team; or those who live in its villages, and of them those whom it covers."""
    signed = [row for row in indicators if row.team is TeamRule.SIGNED]
    served = [row for row in indicators if row.team is TeamRule.SERVED and row.code != "household_coverage"]
    if signed:
        aliases = [alias for alias, _value in _columns(signed)]
        sums = ", ".join(f"{_sum('c.' + alias)} as {alias}" for alias in aliases)
        units = (
            f"select h.institution_id, h.team_key, c.categories, {sums} from cell_{rows} c"
            " join home h on h.team_key = c.team_id group by h.institution_id, h.team_key, c.categories"
        )
        _count_team_units(units, signed, aliases, categories)
    if served:
        aliases = [alias for alias, _value in _columns(served)]
        sums = ", ".join(
            f"{_sum(f'case when c.team_id = s.team_id then c.{alias} else 0 end')} as {alias}"
            if alias.endswith("_num")
            else f"{_sum('c.' + alias)} as {alias}"
            for alias in aliases
        )
        units = (
            f"select h.institution_id, h.team_key, c.categories, {sums} from cell_{rows} c"
            " join serving s on s.village_id = c.village_id join home h on h.team_key = s.team_id"
            " group by h.institution_id, h.team_key, c.categories"
        )
        _count_team_units(units, served, aliases, categories)


def _count_team_units(
    units: str, indicators: Sequence[Indicator], aliases: Sequence[str], categories: Sequence[Category]
) -> None:
    _run(
        f"with grouped as ({_count_by_category(units, aliases, categories)}) insert into counted {_unpivot(indicators)}"
    )


def _count_households_of_teams(tables: Tables, places: Places) -> None:
    """Households can't be added over villages: each counts once for a team, covered when the team covers a member."""
    # A table made of what isn't temporary: PostgreSQL may use all processors.
    _run(
        "create temp table household on commit drop as select h.team_id, sum(h.covered) as covered, count(*) as all_of"
        " from (select s.team_id, m.household_id,"
        " max(case when m.covered and m.team_id = s.team_id then 1 else 0 end) as covered"
        f" from {tables.residents} m join {_unnested(places.pairs['village'])} s(team_id, village_id)"
        " on s.village_id = m.village_id"
        " where m.in_population and m.household_id is not null group by s.team_id, m.household_id) h group by h.team_id"
    )
    _run(
        "insert into counted select h.institution_id, h.team_key, 'household_coverage', 'all', c.covered, c.all_of"
        " from household c join home h on h.team_key = c.team_id"
    )


def _fill(tables: Tables, categories: Sequence[Category]) -> None:
    """Every unit gets every figure: what was counted, else 0 / 0."""
    grid = [
        f"('{indicator.code}', '{code}')" for indicator in INDICATORS for code in indicator.category_codes(categories)
    ]
    _run(
        f"insert into {tables.figures}"
        " (revision_id, institution_id, team_key, team_id, category, indicator, numerator, denominator)"
        f" select {tables.revision}, u.institution_id, u.team_key, nullif(u.team_key, 0), g.category, g.indicator,"
        " coalesce(c.numerator, 0), coalesce(c.denominator, 0)"
        f" from unit u cross join (values {', '.join(grid)}) g(indicator, category)"
        " left join counted c on c.institution_id = u.institution_id and c.team_key = u.team_key"
        " and c.indicator = g.indicator and c.category = g.category"
    )


def _sum(value: str) -> str:
    """SQL: a sum that stays a bigint; PostgreSQL adds bigints up to a numeric, and numerics are slow to add again."""
    return f"cast(sum({value}) as bigint)"


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _unnested(pairs: Iterable[tuple[int, int]]) -> str:
    """SQL: the pairs as a FROM item."""
    columns = list(zip(*pairs, strict=True)) or [(), ()]
    return "unnest({}, {})".format(*(f"'{{{','.join(map(str, column))}}}'::bigint[]" for column in columns))
