"""Blood pressure and glucose as teams write them down: well or badly controlled, or the same again and again."""

from random import Random

from assessments.demo.copying import NULL
from assessments.demo.habits import Habit

NO_READING = f"{NULL}\t{NULL}\t{NULL}"
DRAWN = 4096  # readings drawn for each kind
AT_GOAL = (0.12, 0.92)  # of a reading, for people badly and well controlled
HEAPED = 0.8  # share of a heaped team's readings that repeat
_HEAPED_PRESSURE, _HEAPED_GLUCOSE = "138\t88", "6.8"

# Lowest and highest systolic and diastolic, by whether at goal (below 140/90, from 65 on below 150/90) and elderly.
_PRESSURES = {
    (True, False): (112, 138, 68, 88),
    (True, True): (116, 148, 66, 88),
    (False, False): (142, 176, 82, 104),
    (False, True): (152, 184, 80, 102),
}
_GLUCOSE = {True: (47, 69), False: (72, 124)}  # tenths of mmol/L


class Readings:
    """Draws what a service measured as COPY text of systolic, diastolic and fasting glucose."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.pressures = {key: [self._pressure(*bounds) for _ in range(DRAWN)] for key, bounds in _PRESSURES.items()}
        self.glucoses = {
            key: [f"{rng.randint(*bounds) / 10:.1f}" for _ in range(DRAWN)] for key, bounds in _GLUCOSE.items()
        }

    def draw(self, kind: str, habit: Habit, *, is_well: bool, is_elderly: bool) -> str:
        """The readings of a service of that kind."""
        if kind not in MEASURES:
            return NO_READING
        takes_pressure, takes_glucose = MEASURES[kind]
        pressure = self._one(habit, is_well, is_elderly) if takes_pressure else f"{NULL}\t{NULL}"
        if not takes_glucose:
            return f"{pressure}\t{NULL}"
        if habit.heaped and self.rng.random() < HEAPED:
            return f"{pressure}\t{_HEAPED_GLUCOSE}"
        return f"{pressure}\t{self.glucoses[self._is_at_goal(is_well)][int(self.rng.random() * DRAWN)]}"

    def _one(self, habit: Habit, is_well: bool, is_elderly: bool) -> str:
        if habit.heaped and self.rng.random() < HEAPED:
            return _HEAPED_PRESSURE
        return self.pressures[self._is_at_goal(is_well), is_elderly][int(self.rng.random() * DRAWN)]

    def _is_at_goal(self, is_well: bool) -> bool:
        return self.rng.random() < AT_GOAL[is_well]

    def _pressure(self, low: int, high: int, low_diastolic: int, high_diastolic: int) -> str:
        return f"{self.rng.randint(low, high)}\t{self.rng.randint(low_diastolic, high_diastolic)}"


# Item kind -> whether blood pressure and glucose are taken.
MEASURES = {"htn_follow_up": (True, False), "dm_follow_up": (False, True), "elderly_exam": (True, True)}
