"""What is known of a place (its .toml file), and how many of each kind a district of a given scale holds."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Quotas:
    """Head counts on the day of the published figures, which the generator draws people for.

    `key` is the number of people in any key population; the others are the covered among everyone, the key
    populations, two registers, and the holders of a package with a price.
    """

    population: int
    key: int
    covered: int
    key_covered: int
    hypertension: int
    diabetes: int
    paid: int


@dataclass(frozen=True)
class PlaceFacts:
    """A place's file as it stands; `facts` keeps the lists that one module each reads."""

    name: str
    division: str
    as_of: date
    completion_as_of: date
    published: dict[str, Any]
    facts: dict[str, Any]

    def quotas(self, scale: float) -> Quotas:
        """The published head counts times `scale`; population and key population follow from the published rates."""
        published = self.published
        population = round(100 * published["residents_contracted"] / published["coverage_rate"])
        key = round(100 * published["key_population_contracted"] / published["key_population_coverage_rate"])
        return Quotas(
            population=round(population * scale),
            key=round(key * scale),
            covered=round(published["residents_contracted"] * scale),
            key_covered=round(published["key_population_contracted"] * scale),
            hypertension=round(published["hypertension_contracted"] * scale),
            diabetes=round(published["diabetes_contracted"] * scale),
            paid=round(published["residents_paid"] * scale),
        )


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
        as_of=facts["as_of"],
        completion_as_of=facts["completion_as_of"],
        published=facts["published"],
        facts=facts,
    )
