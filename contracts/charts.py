"""Readings of one person as lines over time against their goal: numbers in, coordinates of an SVG out.

Pure. The value axis begins at a round number below all values: a blood pressure is no amount, its change counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor

from teams.clock import month_words

WIDTH, HEIGHT = 560, 170
LEFT, RIGHT, TOP, BOTTOM = 34.0, 548.0, 12.0, 148.0
STEPS = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a day, and the value as shown."""

    day: date
    value: Decimal | int
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its name, class of colour, readings in order of date, and the goal that they should stay below from a
    day on (the goal changes with age): (first day, goal) in order of date."""

    name: str
    tone: str
    readings: Sequence[Reading]
    goals: Sequence[tuple[date, Decimal | int]]


@dataclass(frozen=True, slots=True)
class Dot:
    """A reading, placed; `is_met`: below its goal."""

    x: float
    y: float
    tip: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A series, drawn: the path through its dots, the path of its goal, and where the goal's name stands."""

    name: str
    tone: str
    path: str
    dots: tuple[Dot, ...]
    goal_path: str
    goal_y: float
    goal_text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What templates/contracts/_readings.html draws."""

    lines: tuple[Line, ...]
    y_ticks: tuple[tuple[float, str], ...]
    x_ticks: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: float = LEFT
    right: float = RIGHT
    bottom: float = BOTTOM


def goal_on(goals: Sequence[tuple[date, Decimal | int]], day: date) -> Decimal | int:
    """The goal that holds on a day: the last that began by then, else the first."""
    return next((goal for first, goal in reversed(goals) if first <= day), goals[0][1])


def chart(series: Sequence[Series], *, unit: int) -> Chart | None:
    """Lay the series out on common axes; the value axis ends at multiples of `unit`. None without readings."""
    days = [reading.day for each in series for reading in each.readings]
    if not days:
        return None
    first, last = min(days), max(days)
    values = [Decimal(reading.value) for each in series for reading in each.readings]
    values += [Decimal(goal_on(each.goals, day)) for each in series if each.readings for day in (first, last)]
    # Not by //, which cuts decimals toward zero: the highest reading would stand above the axis.
    low, high = Decimal(floor(min(values) / unit) * unit), Decimal(ceil(max(values) / unit) * unit)
    middle = first + (last - first) / 2
    axes = _Axes(first, max((last - first).days, 1), low, max(high - low, Decimal(unit)))
    return Chart(
        lines=tuple(_line(each, axes, first, last) for each in series if each.readings),
        y_ticks=tuple((axes.y(value), f"{value:g}") for value in axes.steps),
        x_ticks=tuple((axes.x(day), month_words(day)) for day in dict.fromkeys((first, middle, last))),
    )


@dataclass(frozen=True, slots=True)
class _Axes:
    first: date
    days: int
    low: Decimal
    span: Decimal

    @property
    def steps(self) -> list[Decimal]:
        return [self.low + self.span * step / STEPS for step in range(STEPS + 1)]

    def x(self, day: date) -> float:
        return round(LEFT + (day - self.first).days / self.days * (RIGHT - LEFT), 1)

    def y(self, value: Decimal | int) -> float:
        return round(BOTTOM - float((Decimal(value) - self.low) / self.span) * (BOTTOM - TOP), 1)


def _line(series: Series, axes: _Axes, first: date, last: date) -> Line:
    dots = tuple(_dot(series, reading, axes) for reading in series.readings)
    return Line(
        name=series.name,
        tone=series.tone,
        path="M" + "L".join(f"{dot.x} {dot.y}" for dot in dots),
        dots=dots,
        goal_path=_goal_path(series, axes, first, last),
        goal_y=round(axes.y(goal_on(series.goals, last)) - 3, 1),
        goal_text=f"< {goal_on(series.goals, last)}",
    )


def _dot(series: Series, reading: Reading, axes: _Axes) -> Dot:
    tip = f"{reading.day} {series.name} {reading.text}"
    return Dot(axes.x(reading.day), axes.y(reading.value), tip, _is_met(series, reading))


def _is_met(series: Series, reading: Reading) -> bool:
    return Decimal(reading.value) < Decimal(goal_on(series.goals, reading.day))


def _goal_path(series: Series, axes: _Axes, first: date, last: date) -> str:
    """Steps: level until the goal changes."""
    turns = [first, *(day for day, _goal in series.goals if first < day < last), last]
    pieces = []
    for start, end in pairwise(turns):
        y = axes.y(goal_on(series.goals, start))
        pieces.append(f"M{axes.x(start)} {y}H{axes.x(end) if end > start else RIGHT}")
    return "".join(pieces)
