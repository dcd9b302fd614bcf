"""Geometry of the inline SVG charts: numbers and texts in, coordinates and paths out.

Pure functions over values that the callers have computed and worded; nothing here divides one count by another to show
it. Coordinates are SVG user units with one decimal; `None` is "no figure" and leaves a gap. The templates in
templates/assessments/charts/ draw what comes out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil

LEFT_MARGIN = 38.0
RIGHT_MARGIN = 12.0
TOP_MARGIN = 13.0
BOTTOM_MARGIN = 15.0
COMPACT_MARGIN = 5.0
LABEL_WIDTH = 38.0
LABEL_HEIGHT = 12.0
AXIS_STEPS = (1, 2, 4, 6, 8, 10)
HEAT_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a line: its short label, its value or None for no figure, and the value as shown."""

    label: str
    value: Decimal | None
    text: str
    provisional: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point that has a figure, placed; the band [band_x, band_x + band_width] is its hover area."""

    x: float
    y: float
    band_x: float
    band_width: float
    text: str
    tip: str
    provisional: bool
    url: str


@dataclass(frozen=True, slots=True)
class Tick:
    position: float
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """Text beside the line, its baseline at y."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The rectangle inside the margins, where the line runs."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class LineChart:
    """Everything that templates/assessments/charts/_line.html draws; paths are values of a `d` attribute."""

    width: int
    height: int
    plot: Plot
    solid: str
    dashed: str
    area: str
    marks: tuple[Mark, ...]
    last: Label | None
    target_y: float | None
    target: Label | None
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    linked: bool
    summary: str

    @property
    def axis_x(self) -> float:
        """Where the labels of the value axis end."""
        return self.plot.left - 10


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in a table cell; `goal_x` is where its target stands, if it has one."""

    width: int
    value_width: float
    goal_x: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a cascade, worded by the caller: residents, signed, due, served."""

    label: str
    count: int | None
    count_text: str
    rate_text: str = ""
    url: str = ""
    tone: str = "blue"


@dataclass(frozen=True, slots=True)
class CascadeRow:
    step: Step
    bar: Bar


def line_chart(
    points: Sequence[Point],
    *,
    target: Decimal | None = None,
    target_text: str = "",
    width: int = 300,
    height: int = 84,
    y_max: Decimal | None = None,
    unit: str = "%",
    compact: bool = False,
) -> LineChart:
    """Lay out months as a line from a zero base line.

    A point without a value breaks the line; the way to a provisional point is dashed and not shaded. `y_max` makes
    several charts comparable; without it the axis ends at a round number above the values and the target. `compact`
    leaves out the axes (small multiples). `unit` follows the axis labels.
    """
    values = [point.value for point in points if point.value is not None]
    plot = _plot(width, height, compact)
    scale = _Scale(len(points), plot, y_max or round_ceiling([*values, target or Decimal(0)]))
    slots = [scale.mark(index, point) for index, point in enumerate(points)]
    marks = tuple(mark for mark in slots if mark)
    target_y = None if target is None else scale.y(target)
    return LineChart(
        width=width,
        height=height,
        plot=plot,
        solid=_segments(slots, provisional=False),
        dashed=_segments(slots, provisional=True),
        area=_area(slots, plot.bottom),
        marks=marks,
        last=_last_label(marks, plot),
        target_y=target_y,
        target=None if target_y is None or compact else _target_label(marks, target_y, target_text, plot.left),
        x_ticks=() if compact else tuple(_month_ticks(points, scale)),
        y_ticks=() if compact else _value_ticks(scale, unit),
        linked=any(mark.url for mark in marks),
        summary="; ".join(f"{point.label} {point.text}" for point in points),
    )


def bar(
    value: Decimal | int | None, maximum: Decimal | int, width: int = 100, *, goal: Decimal | int | None = None
) -> Bar:
    """A horizontal bar of `value` out of `maximum`, cut at the full width; no figure has no length."""
    return Bar(
        width=width,
        value_width=_share(value, maximum, width),
        goal_x=None if goal is None else _share(goal, maximum, width),
    )


def cascade(steps: Sequence[Step], *, width: int = 100) -> tuple[CascadeRow, ...]:
    """Steps from the whole to what is left of it, each bar against the first step that has a count."""
    whole = next((step.count for step in steps if step.count), 1)
    return tuple(CascadeRow(step, bar(step.count, whole, width)) for step in steps)


def heat_level(value: Decimal | None, low: Decimal, high: Decimal) -> int | None:
    """The shade 1 (at or below `low`) to 5 (at or above `high`) of a cell, or None for no figure."""
    if value is None:
        return None
    if high <= low:
        return 1
    reached = int((value - low) * HEAT_LEVELS / (high - low)) + 1
    return max(1, min(HEAT_LEVELS, reached))


def round_ceiling(values: Sequence[Decimal]) -> Decimal:
    """The smallest of 1, 2, 4, 6, 8, 10 × a power of ten that no value passes; 1 when there is nothing to show."""
    highest = max(values, default=Decimal(0))
    if highest <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(highest.adjusted())
    return next(power * step for step in AXIS_STEPS if highest <= power * step)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From months and values to coordinates."""

    count: int
    plot: Plot
    top_value: Decimal

    @property
    def step(self) -> float:
        return (self.plot.right - self.plot.left) / max(self.count - 1, 1)

    def x(self, index: int) -> float:
        offset = index * self.step if self.count > 1 else self.step / 2
        return round(self.plot.left + offset, 1)

    def y(self, value: Decimal) -> float:
        share = min(max(float(value / self.top_value), 0.0), 1.0)
        return round(self.plot.bottom - share * (self.plot.bottom - self.plot.top), 1)

    def mark(self, index: int, point: Point) -> Mark | None:
        if point.value is None:
            return None
        x, half = self.x(index), self.step / 2
        start, end = max(x - half, self.plot.left), min(x + half, self.plot.right)
        return Mark(
            x=x,
            y=self.y(point.value),
            band_x=round(start, 1),
            band_width=round(end - start, 1),
            text=point.text,
            tip=f"{point.label} {point.text}",
            provisional=point.provisional,
            url=point.url,
        )


def _plot(width: int, height: int, compact: bool) -> Plot:
    if compact:
        return Plot(COMPACT_MARGIN, width - COMPACT_MARGIN, TOP_MARGIN, height - COMPACT_MARGIN)
    return Plot(LEFT_MARGIN, width - RIGHT_MARGIN, TOP_MARGIN, height - BOTTOM_MARGIN)


def _share(value: Decimal | int | None, maximum: Decimal | int, width: int) -> float:
    if not value or maximum <= 0:
        return 0.0
    return round(min(max(float(value / maximum), 0.0), 1.0) * width, 1)


def _runs(marks: Sequence[Mark | None], *, provisional: bool) -> Iterator[list[Mark]]:
    """Unbroken stretches of the line whose segments all end in a point that is, or is not, provisional."""
    run: list[Mark] = []
    for start, end in pairwise(marks):
        if start is None or end is None or end.provisional != provisional:
            if run:
                yield run
            run = []
        else:
            run = [*(run or [start]), end]
    if run:
        yield run


def _path(run: Sequence[Mark]) -> str:
    return "M" + "L".join(f"{mark.x} {mark.y}" for mark in run)


def _segments(marks: Sequence[Mark | None], *, provisional: bool) -> str:
    return "".join(_path(run) for run in _runs(marks, provisional=provisional))


def _area(marks: Sequence[Mark | None], bottom: float) -> str:
    runs = _runs(marks, provisional=False)
    return "".join(f"{_path(run)}L{run[-1].x} {bottom}L{run[0].x} {bottom}Z" for run in runs)


def _last_label(marks: Sequence[Mark], plot: Plot) -> Label | None:
    """The last figure, written on the side of the line where it comes from the other side."""
    if not marks:
        return None
    last = marks[-1]
    falling = len(marks) > 1 and last.y > marks[-2].y + 1
    below = falling and last.y + LABEL_HEIGHT + 3 <= plot.bottom
    y = last.y + LABEL_HEIGHT + 1 if below else max(last.y - 6, plot.top - 3)
    return Label(x=last.x + 6, y=round(y, 1), text=last.text)


def _target_label(marks: Sequence[Mark], target_y: float, text: str, left: float) -> Label:
    """The target's name at the left end, on the side of its line that the first months leave free."""
    first = marks[0].y if marks else target_y
    above = first >= target_y
    return Label(x=left + 3, y=round(target_y - 4 if above else target_y + LABEL_HEIGHT - 1, 1), text=text)


def _month_ticks(points: Sequence[Point], scale: _Scale) -> Iterator[Tick]:
    """As many month labels as fit, counted back from the last month, which always has one."""
    room = max(int((scale.plot.right - scale.plot.left) // LABEL_WIDTH), 1)
    every = max(ceil(len(points) / room), 1)
    for index, point in enumerate(points):
        if (len(points) - 1 - index) % every == 0:
            yield Tick(scale.x(index), point.label)


def _value_ticks(scale: _Scale, unit: str) -> tuple[Tick, ...]:
    values = (Decimal(0), scale.top_value / 2, scale.top_value)
    return tuple(Tick(scale.y(value), f"{value.normalize():f}{unit}") for value in values)
