"""Categories × units: which key populations lag where, on one scale of shades."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.charts import heat_level
from assessments.presenters.findings import UnitCounts
from assessments.presenters.frame import link
from assessments.presenters.overview import rate_cell
from assessments.presenters.words import rate_text
from assessments.queries.figures import Count, Key, Targets
from assessments.queries.units import Selection, Unit
from assessments.tables import Cell, Column, Row, Table

# A share of fewer people than this says little: it is shown, but it is no finding.
PEOPLE_LEAST = 10


def category_keys(selection: Selection) -> list[Key]:
    """Coverage of everyone, of the key populations together, and of each."""
    return [Key("coverage", code) for code in selection.names]


def heat_table(
    selection: Selection, units: Sequence[Unit], counts: UnitCounts, targets: Targets, now: int
) -> Table | None:
    """A row a unit, the best covered first; a column a category; the unit itself on top. None for less than two."""
    present = [(unit, counts.get((now, unit.key), {})) for unit in units]
    present = [pair for pair in present if pair[1]]
    if len(present) < 2:
        return None
    present.sort(key=lambda pair: _order(pair[1].get(Key("coverage")), pair[0].name))
    keys = category_keys(selection)
    values = [value for _unit, own in present for key in keys if (value := _value(own.get(key))) is not None]
    scale = (min(values, default=Decimal(0)), max(values, default=Decimal(0)))
    rows = tuple(_row(selection, unit, own, targets, scale) for unit, own in present)
    total = _row(selection, selection.unit, counts.get((now, selection.unit.key), {}), targets, scale)
    columns = tuple(Column(name) for name in selection.names.values())
    return Table(_("Coverage of each key population, unit by unit"), _("unit"), columns, rows, total)


def heat_finding(selection: Selection, units: Sequence[Unit], counts: UnitCounts, now: int) -> str:
    """Which population is covered worst, and where: of at least ten people."""
    found = [
        (value, f"{unit.name} {selection.names[key.category]} {rate_text(count)}")
        for unit in units
        for key, count in counts.get((now, unit.key), {}).items()
        if key.indicator == "coverage" and key.category not in ("all", "key") and count.denominator >= PEOPLE_LEAST
        if (value := count.rate(6)) is not None
    ]
    found.sort()
    return _("Lowest: %(names)s") % {"names": _(", ").join(words for _value, words in found[:2])} if found else ""


def _row(
    selection: Selection,
    unit: Unit,
    counts: Mapping[Key, Count],
    targets: Targets,
    scale: tuple[Decimal, Decimal],
) -> Row:
    cells = tuple(_cell(selection, unit, key, counts.get(key), targets, scale) for key in category_keys(selection))
    url = "" if unit.key == selection.unit.key else link("assessments:overview", selection, **unit.query)
    return Row(unit.name, cells, url=url)


def _cell(
    selection: Selection, unit: Unit, key: Key, count: Count | None, targets: Targets, scale: tuple[Decimal, Decimal]
) -> Cell:
    category = "" if key.category == "all" else key.category
    url = link("assessments:figure", selection, "coverage", category=category, **unit.query)
    return rate_cell(count, targets.of(unit, key), url=url, heat=heat_level(_value(count), *scale))


def _value(count: Count | None) -> Decimal | None:
    return count.rate() if count else None


def _order(count: Count | None, name: str) -> tuple[bool, Decimal, str]:
    value = _value(count)
    return value is None, -(value or Decimal(0)), name
