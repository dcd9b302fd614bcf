"""How teams work: most serve well, some late or at the year's end, a few on paper only."""

from dataclasses import dataclass
from random import Random
from typing import Literal

Pace = Literal["prompt", "steady", "late", "year_end"]
PhoneHabit = Literal["", "consecutive", "shared", "own"]


@dataclass(frozen=True)
class Habit:
    """One way of working.

    `quality` shifts what is completed (standard deviations), `late` is the share of services that come a window too
    late, `served` the share of promises kept outside the year of the published figures, `control` the share of
    patients who are well controlled; a `heaped` team repeats its readings.
    """

    share: int
    quality: float
    pace: Pace
    late: float
    served: float
    control: float
    heaped: bool = False
    phones: PhoneHabit = ""


HABITS = (
    Habit(share=34, quality=0.6, pace="prompt", late=0.03, served=0.96, control=0.66),
    Habit(share=46, quality=0.2, pace="steady", late=0.08, served=0.92, control=0.60),
    Habit(share=18, quality=-0.2, pace="year_end", late=0.10, served=0.85, control=0.55),
    Habit(share=12, quality=-0.4, pace="late", late=0.35, served=0.85, control=0.52),
    Habit(share=6, quality=0.7, pace="steady", late=0.0, served=0.97, control=0.95, heaped=True, phones="consecutive"),
    Habit(share=5, quality=-0.6, pace="year_end", late=0.15, served=0.75, control=0.50, heaped=True, phones="shared"),
    Habit(share=4, quality=-0.3, pace="late", late=0.20, served=0.80, control=0.55, phones="own"),
    Habit(share=5, quality=-1.3, pace="late", late=0.30, served=0.45, control=0.45, phones="shared"),
)


def draw_habits(rng: Random, count: int) -> list[Habit]:
    """A habit for each team, in the shares given; every habit is there whatever the seed, if there are teams enough."""
    pool = [habit for habit in HABITS for _ in range(habit.share)]
    if count < len(HABITS):
        return rng.sample(pool, count)
    drawn = [*HABITS, *rng.sample(pool * -(-count // len(pool)), count - len(HABITS))]
    rng.shuffle(drawn)
    return drawn
