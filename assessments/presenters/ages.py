"""A figure by sex and age band: a table whose bars are the chart, and the sentence that it says."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from assessments.indicators import Indicator
from assessments.presenters.overview import rate_cell
from assessments.presenters.words import numerator_text, rate_text
from assessments.queries.breakdowns import BANDS, SEXES, Breakdown
from assessments.queries.figures import Count, Key
from assessments.queries.units import Selection
from assessments.tables import NO_FIGURE, Cell, Column, Row, Table, count_text
from teams.rates import YUAN

# A share of fewer than this says little: it is shown, but it is no finding.
LEAST = 10


def ages_table(selection: Selection, indicator: Indicator, parts: Breakdown) -> Table:
    """A row an age band, both sexes side by side and together; everyone on top."""
    key = Key(indicator.code, selection.category)
    rows = tuple(
        Row(band_name(band), tuple(_cells(key, parts, [band])))
        for band in BANDS
        if any(first == band for _sex, first in parts)
    )
    total = Row(_("all ages"), tuple(_cells(key, parts, list(BANDS))))
    counted = _("numerator / denominator")
    columns = [
        column
        for label in (*(str(sex.label) for sex in SEXES), _("both sexes"))
        for column in (Column(label), Column(counted))
    ]
    return Table(_("By sex and age"), _("age"), tuple(columns), rows, total)


def ages_finding(indicator: Indicator, parts: Breakdown) -> str:
    """Which sex and age is farthest from good: `Lowest: female, 18–44 12.0%`."""
    known = [
        (value, f"{sex.label} {band_name(band)} {rate_text(count)}")
        for sex in SEXES
        for band in BANDS
        if (count := parts.get((sex, band))) and count.denominator >= LEAST and (value := count.rate(6)) is not None
    ]
    if len(known) < 2:
        return ""
    words = _("Lowest: %(names)s") if indicator.higher_is_better else _("Highest: %(names)s")
    return words % {"names": (min if indicator.higher_is_better else max)(known)[1]}


def band_name(band: int) -> str:
    """`18–44`, or `75 and older`."""
    following = [first for first in BANDS if first > band]
    if not following:
        return _("%(age)s and older") % {"age": band}
    return f"{band}–{following[0] - 1}"


def _cells(key: Key, parts: Breakdown, bands: list[int]) -> Iterator[Cell]:
    for only in (*SEXES, None):
        found = [row for (sex, band), row in parts.items() if band in bands and only in (None, sex)]
        count = Count(key, sum(row.numerator for row in found), sum(row.denominator for row in found))
        yield rate_cell(count, None, with_bar=count.indicator.unit != YUAN)
        yield Cell(_pair(count), count.denominator)


def _pair(count: Count) -> str:
    return f"{numerator_text(count)} / {count_text(count.denominator)}" if count.denominator else NO_FIGURE
