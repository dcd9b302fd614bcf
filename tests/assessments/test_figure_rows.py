"""Cells of tables and points of lines, as they are drawn without a template."""

from decimal import Decimal

from assessments.charts import Point, bar, line_chart
from assessments.tables import Cell, Column, Row, Table
from assessments.templatetags.figure_rows import bar_svg, figure_row, figure_rows, line_marks

SLY = """<b>"a" & 'b'</b>"""
ESCAPED = "&lt;b&gt;&quot;a&quot; &amp; &#x27;b&#x27;&lt;/b&gt;"


def test_texts_and_links_are_escaped() -> None:
    drawn = figure_rows([Row(SLY, (Cell(SLY, 1, url="/?a=1&b=2"),), note=SLY), Row(SLY, (Cell(SLY),))])
    assert "<b>" not in drawn
    assert drawn.count(ESCAPED) == 5
    assert 'href="/?a=1&amp;b=2"' in drawn


def test_cell_sorts_by_its_value_and_shows_its_text() -> None:
    cell = Cell("31.4%", Decimal("31.4"), url="/figure/", tone="missed", heat=3)
    assert figure_row(Row("a", (cell,))) == (
        '<tr><th scope="row">a</th>\n<td class="number heat-3" data-value="31.4">'
        '<a href="/figure/" class="missed">31.4%</a></td>\n</tr>'
    )


def test_cell_bears_its_head_for_a_phone() -> None:
    table = Table("t", "h", (Column("到期"), Column(SLY)), ())
    drawn = figure_rows([Row("a", (Cell("1", 1), Cell("2", 2)))], table.labels)
    assert [f'data-label="{label}">' in drawn for label in ("到期", ESCAPED)] == [True, True]


def test_cell_without_a_figure_has_no_value_and_a_zero_has_one() -> None:
    drawn = figure_row(Row("a", (Cell("—"), Cell("0", 0, tone="soft"))))
    assert 'data-value="">—<' in drawn
    assert 'data-value="0"><span class="soft">0</span>' in drawn


def test_bar_has_a_goal_only_when_there_is_one_even_at_zero() -> None:
    assert "goal" not in bar_svg(bar(30, 100))
    assert '<line class="goal" x1="0.0" x2="0.0"' in bar_svg(bar(30, 100, goal=0), "green")


def test_points_are_links_where_there_is_something_to_open() -> None:
    points = [
        Point("10月", Decimal(1), SLY, url="/?a=1&b=2"),
        Point("11月", None, "—"),
        Point("12月", Decimal(2), "2%"),
    ]
    drawn = line_marks(line_chart(points))
    assert drawn.count("<a ") == drawn.count("<g ") == 1
    assert f"10月 {ESCAPED}" in drawn and "a=1&amp;b=2" in drawn
