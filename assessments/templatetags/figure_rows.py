"""What stands on a page of figures by the thousand: cells of tables and points of lines.

A page holds up to two thousand of them. Drawn by templates they would be two thirds of its time (docs/performance.md),
so these small pieces of HTML are drawn here; everything around them stays in templates/assessments/.
"""

from collections.abc import Sequence
from html import escape
from itertools import repeat

from django import template
from django.utils.safestring import SafeString, mark_safe

from assessments.charts import Bar, LineChart, Mark
from assessments.tables import Cell, Row

register = template.Library()


@register.simple_tag
def figure_rows(rows: Sequence[Row], labels: Sequence[str] = ()) -> SafeString:
    """Rows of a table's body: the name, then the cells, each with its head's label for a phone."""
    heads = [escape(label) for label in labels]
    return mark_safe("\n".join(_row(row, heads) for row in rows))


@register.simple_tag
def figure_row(row: Row, labels: Sequence[str] = ()) -> SafeString:
    """One row, as the total has it for itself."""
    return figure_rows([row], labels)


@register.simple_tag
def number_cells(texts: Sequence[str]) -> SafeString:
    """Cells of numbers, as the monthly return has a thousand of."""
    return mark_safe("".join([f'<td class="number">{escape(text)}</td>' for text in texts]))


@register.simple_tag
def bar_svg(bar: Bar, tone: str = "blue") -> SafeString:
    """A bar; beside it stands the figure as text, so the drawing is hidden from screen readers."""
    return mark_safe(_bar(bar, tone))


@register.simple_tag
def line_marks(chart: LineChart) -> SafeString:
    """The points of a line, each with the area in which it says what it stands for."""
    radius = 2.5 if chart.y_ticks else 1.8
    return mark_safe("\n".join(_mark(mark, chart.height, radius) for mark in chart.marks))


def _row(row: Row, heads: Sequence[str]) -> str:
    name = _linked(row.name, row.url)
    note = f' <span class="soft">{escape(row.note)}</span>' if row.note else ""
    return f'<tr><th scope="row">{name}{note}</th>\n{"".join(map(_cell, row.cells, heads or repeat("")))}</tr>'


def _cell(cell: Cell, head: str) -> str:
    heat = f" heat-{cell.heat}" if cell.heat else ""
    value = "" if cell.value is None else cell.value
    text = _linked(cell.text, cell.url, cell.tone)
    if cell.bar:
        text = f'{_bar(cell.bar, cell.bar_tone)} <span class="barred">{text}</span>'
    label = f' data-label="{head}"' if head else ""
    return f'<td class="number{heat}" data-value="{value}"{label}>{text}</td>\n'


def _linked(text: str, url: str, tone: str = "") -> str:
    """A text, as a link when there is one, in its tone when it has one."""
    text, tone = escape(str(text)), f' class="{tone}"' if tone else ""
    if url:
        return f'<a href="{escape(url)}"{tone}>{text}</a>'
    return f"<span{tone}>{text}</span>" if tone else text


def _bar(bar: Bar, tone: str) -> str:
    x = bar.goal_x
    goal = "" if x is None else f'<line class="goal" x1="{x}" x2="{x}" y1="0" y2="10"/>'
    return (
        f'<svg class="meter tone-{tone}" viewBox="0 0 {bar.width} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="{bar.width}" height="10"/>'
        f'<rect class="value" width="{bar.value_width}" height="10"/>{goal}</svg>'
    )


def _mark(mark: Mark, height: int, radius: float) -> str:
    tip = escape(mark.tip)
    drawn = (
        f'<rect class="hit" x="{mark.band_x}" y="0" width="{mark.band_width}" height="{height}"/>'
        f'<circle class="dot" cx="{mark.x}" cy="{mark.y}" r="{radius}"/>'
    )
    if mark.url:
        return f'<a class="point" href="{escape(mark.url)}" data-tip="{tip}" aria-label="{tip}">{drawn}</a>'
    return f'<g class="point" data-tip="{tip}">{drawn}</g>'
