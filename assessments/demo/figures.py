"""What is known of a place (its .toml file), and how many of each kind it holds at a scale."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

FOLDER = Path(__file__).parent
FEWEST, LARGEST_SCALE = 600, 10.0  # people of a made place: of fewer, some kinds would be missing
K = TypeVar("K")


@dataclass(frozen=True)
class Quotas:
    """Head counts on the day of the published figures, which the generator draws people for.

    `key` is the number of people in any key population; the others are the covered among everyone, the key
    populations, two registers, and the holders of a package beside the basic one. `teams` are family-doctor teams.
    """

    population: int
    key: int
    covered: int
    key_covered: int
    hypertension: int
    diabetes: int
    paid: int
    teams: int


@dataclass(frozen=True)
class PlaceFacts:
    """A place's file as it stands. `numbers` are the published ones and, for what is not published, made ones; `facts`
    keeps the lists that one module each reads."""

    name: str
    division: str
    began_on: date
    as_of: date
    completion_as_of: date
    policies: list[str]
    numbers: dict[str, Any]
    facts: dict[str, Any]

    def quotas(self, scale: float) -> Quotas:
        """Head counts times `scale`; of a population, those covered and their rate two are known."""
        population, covered = self._whole_and_part("population", "residents_contracted", "coverage_rate")
        key, key_covered = self._whole_and_part(
            "key_population", "key_population_contracted", "key_population_coverage_rate"
        )
        return Quotas(
            population=round(population * scale),
            key=round(key * scale),
            covered=round(covered * scale),
            key_covered=round(key_covered * scale),
            hypertension=round(self.numbers["hypertension_contracted"] * scale),
            diabetes=round(self.numbers["diabetes_contracted"] * scale),
            paid=round(self.numbers["residents_paid"] * scale),
            teams=self._teams(scale),
        )

    def _whole_and_part(self, whole: str, part: str, rate: str) -> tuple[int, int]:
        numbers = self.numbers
        return (
            numbers.get(whole) or round(100 * numbers[part] / numbers[rate]),
            numbers.get(part) or round(numbers[whole] * numbers[rate] / 100),
        )

    def _teams(self, scale: float) -> int:
        """A district keeps all its villages and their teams at every scale; above, where villages are made, they follow
        it."""
        is_district = len(self.division) == len("341204")
        return self.numbers["teams"] if is_district else max(1, round(self.numbers["teams"] * scale))

    def least_scale(self) -> float:
        """The smallest scale that leaves enough people, rounded up to a figure that can be typed."""
        exact = FEWEST / self.quotas(1).population
        digits = next(digits for digits in range(1, 12) if exact * 10**digits >= 1)
        return ceil(exact * 10**digits) / 10**digits

    @property
    def staff(self) -> dict[str, Any]:
        """Whom the place puts into its teams, if it says so: the jobs of a `team`, and whether `specialists` join."""
        return self.facts.get("staff", {})

    @property
    def contract_unit(self) -> str:
        """Whether a "household" signs as one, or each "resident" may."""
        return str(self.facts["published"].get("contract_unit", "resident"))

    def in_year(self, month: int, day: int) -> date:
        """A day of the year of the published figures."""
        return date(self.as_of.year, month, day)

    @property
    def handed_over_on(self) -> date:
        """The day on which a small village of each rural centre got another team."""
        return self.in_year(7, 1)

    @property
    def first_event(self) -> date:
        """From when on deaths and moves are known."""
        return (self.began_on - timedelta(days=1)).replace(day=1)


def split(count: int, shares: Mapping[K, float]) -> dict[K, int]:
    """`count` in the proportion of `shares`, by largest remainder."""
    exact = {key: count * share / sum(shares.values()) for key, share in shares.items()}
    parts = {key: int(value) for key, value in exact.items()}
    for key in sorted(exact, key=lambda key: parts[key] - exact[key])[: count - sum(parts.values())]:
        parts[key] += 1
    return parts


def places() -> list[str]:
    """Names of the places that can be made."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_place(name: str) -> PlaceFacts:
    """The facts of a place; raises KeyError for a name that `places` does not list."""
    if name not in places():
        raise KeyError(name)
    facts = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return PlaceFacts(
        name=facts["name"],
        division=facts["division"],
        began_on=facts["began_on"],
        as_of=facts["as_of"],
        completion_as_of=facts["completion_as_of"],
        policies=facts.get("policies", [name]),
        numbers={**facts["published"], **facts.get("made", {})},
        facts=facts,
    )
