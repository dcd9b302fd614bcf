"""Charts: where the line runs, where it stops, and what the templates make of it."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.test import override_settings

from assessments.charts import (
    Bar,
    LineChart,
    Point,
    Step,
    bar,
    cascade,
    heat_level,
    line_chart,
    round_ceiling,
)
from assessments.tables import Cell, Column, Row, Table, count_cell, count_text


def points(*values: str | None, provisional_last: bool = False, url: str = "") -> list[Point]:
    last = len(values) - 1
    return [
        Point(
            label=f"{index + 1}月",
            value=None if value is None else Decimal(value),
            text="—" if value is None else f"{value}%",
            provisional=provisional_last and index == last,
            url=url,
        )
        for index, value in enumerate(values)
    ]


def draw(chart: LineChart) -> ElementTree.Element:
    return ElementTree.fromstring(
        render_to_string("assessments/charts/_line.html", {"chart": chart, "chart_label": "签约覆盖率"}).strip()
    )


def test_line_rises_from_the_zero_base_line_to_the_axis_top() -> None:
    chart = line_chart(points("0", "20", "40"), width=144, height=128)

    assert chart.solid == "M38.0 113.0L85.0 63.0L132.0 13.0"
    assert chart.area == chart.solid + "L132.0 113.0L38.0 113.0Z"
    assert [tick.text for tick in chart.y_ticks] == ["0%", "20%", "40%"]


def test_month_without_a_figure_breaks_the_line_and_has_no_mark() -> None:
    chart = line_chart(points("10", "20", None, "30", "40"))

    assert chart.solid.count("M") == 2
    assert len(chart.marks) == 4
    assert "3月 —" in chart.summary


def test_month_alone_between_gaps_is_a_mark_without_a_line() -> None:
    chart = line_chart(points(None, "20", None))

    assert (chart.solid, chart.dashed, chart.area) == ("", "", "")
    assert [mark.tip for mark in chart.marks] == ["2月 20%"]


def test_provisional_month_is_dashed_and_not_shaded() -> None:
    chart = line_chart(points("10", "20", "30", provisional_last=True))

    solid_end = chart.solid.split("L")[-1]
    assert chart.dashed.startswith(f"M{solid_end}L")
    assert chart.marks[-1].provisional
    assert chart.dashed.split("L")[-1] not in chart.area


def test_chart_without_any_figure_has_axes_and_no_label() -> None:
    chart = line_chart(points(None, None))

    assert chart.marks == ()
    assert chart.last is None
    assert len(chart.y_ticks) == 3


def test_chart_without_months_is_empty() -> None:
    chart = line_chart([])

    assert (chart.marks, chart.x_ticks, chart.summary) == ((), (), "")


def test_target_above_all_values_stays_within_the_axis() -> None:
    chart = line_chart(points("10", "12"), target=Decimal(75), target_text="目标 75%")

    assert chart.target_y is not None and chart.target_y > chart.plot.top
    assert chart.target is not None and chart.target.y < chart.target_y
    assert chart.y_ticks[-1].text == "80%"


def test_target_below_the_first_month_is_named_under_its_line() -> None:
    chart = line_chart(points("70", "75"), target=Decimal(60), target_text="目标 60%")

    assert chart.target is not None and chart.target_y is not None
    assert chart.target.y > chart.target_y


@pytest.mark.parametrize(("values", "below"), [(("20", "35"), False), (("35", "20"), True), (("1", "0"), False)])
def test_last_label_keeps_clear_of_the_line(values: tuple[str, str], below: bool) -> None:
    chart = line_chart(points(*values))

    assert chart.last is not None
    assert (chart.last.y > chart.marks[-1].y) is below


def test_last_month_always_has_a_label_on_a_crowded_axis() -> None:
    chart = line_chart(points(*["10"] * 24))

    assert chart.x_ticks[-1].text == "24月"
    assert 1 < len(chart.x_ticks) < 12


def test_compact_chart_has_no_axes_and_keeps_the_shared_scale() -> None:
    low, high = (line_chart(points("0", value), compact=True, y_max=Decimal(50)) for value in ("25", "50"))

    assert (low.x_ticks, low.y_ticks, low.target) == ((), (), None)
    assert high.marks[-1].y == high.plot.top
    assert low.marks[-1].y == pytest.approx((low.plot.top + low.plot.bottom) / 2, abs=0.1)


@pytest.mark.parametrize(
    ("highest", "top"),
    [("31.4", "40"), ("40", "40"), ("68.4", "80"), ("95", "100"), ("100", "100"), ("0.7", "0.8"), ("128", "200")],
)
def test_axis_ends_at_a_round_number(highest: str, top: str) -> None:
    assert round_ceiling([Decimal(highest)]) == Decimal(top)


def test_axis_of_zeros_still_has_a_length() -> None:
    assert round_ceiling([Decimal(0)]) == 1
    assert round_ceiling([]) == 1


def test_bar_shows_its_share_and_its_goal() -> None:
    assert bar(Decimal("31.4"), 100, goal=30) == Bar(width=100, value_width=31.4, goal_x=30.0)


@pytest.mark.parametrize(("value", "length"), [(None, 0.0), (0, 0.0), (Decimal(130), 100.0), (-1, 0.0)])
def test_bar_stays_within_its_track(value: Decimal | int | None, length: float) -> None:
    assert bar(value, 100).value_width == length


def test_bar_of_a_maximum_of_zero_is_empty() -> None:
    assert bar(5, 0).value_width == 0.0


def test_cascade_measures_each_step_against_the_whole() -> None:
    rows = cascade([Step("常住居民", 200, "200"), Step("已签约", 50, "50"), Step("已履约", None, "—")])

    assert [row.bar.value_width for row in rows] == [100.0, 25.0, 0.0]


@pytest.mark.parametrize(
    ("value", "level"), [("19", 1), ("20", 1), ("26", 2), ("45", 5), ("60", 5), ("44.9", 5), ("30", 3)]
)
def test_heat_goes_from_one_to_five(value: str, level: int) -> None:
    assert heat_level(Decimal(value), Decimal(20), Decimal(45)) == level


def test_heat_of_no_figure_is_no_shade() -> None:
    assert heat_level(None, Decimal(0), Decimal(1)) is None
    assert heat_level(Decimal(3), Decimal(3), Decimal(3)) == 1


def test_drawn_chart_says_everything_in_words() -> None:
    svg = draw(line_chart(points("10", None, "20"), target=Decimal(15), target_text="目标 15%"))

    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "签约覆盖率: 1月 10%; 2月 —; 3月 20%"
    assert "目标 15%" in "".join(svg.itertext())


def test_drawn_chart_with_links_is_a_group_of_named_links() -> None:
    svg = draw(line_chart(points("10", "20", url="/figures/?month=2018-10")))

    links = [element for element in svg.iter() if element.get("href")]
    assert svg.get("role") == "group"
    assert [link.get("aria-label") for link in links] == ["1月 10%", "2月 20%"]


@override_settings(LANGUAGE_CODE="de", USE_THOUSAND_SEPARATOR=True)
def test_drawn_coordinates_do_not_depend_on_the_language() -> None:
    svg = draw(line_chart(points("10", "20"), width=1200))

    assert svg.get("viewBox") == "0 0 1200 84"
    assert all("," not in str(element.get("cy")) for element in svg.iter() if element.get("cy"))


def test_table_keeps_its_total_apart_from_the_rows_that_sort() -> None:
    cells = (count_cell(190136, url="/people/"), Cell("—", bar=bar(None, 100)))
    table = Table(
        title="各机构",
        head="机构",
        columns=(Column("已签约", sorted="descending"), Column("签约率")),
        rows=(Row("行流镇", cells, url="/units/1/"),),
        total=Row("全区", cells),
    )

    html = render_to_string("assessments/_table.html", {"table": table})

    assert html.index("全区") < html.index("行流镇")
    assert html.count("<tbody") == 2
    assert 'data-value="190136"' in html and ">190,136</a>" in html
    assert 'data-value=""' in html
    assert "style=" not in html


def test_count_text_groups_by_thousands_and_shows_no_figure_as_a_dash() -> None:
    assert (count_text(0), count_text(1234567), count_text(None)) == ("0", "1,234,567", "—")
