"""The real divisions of a place, and its institutions: bureau, lead hospitals, centres and clinics."""

import csv
from dataclasses import dataclass, field
from random import Random

from assessments.demo.figures import FOLDER, PlaceFacts
from teams.models import Division, Institution, InstitutionParent

Kind = Institution.Kind
URBAN, RURAL = Institution.Setting.URBAN, Institution.Setting.RURAL
_SUFFIXES = ("社区居委会", "居委会", "村委会", "村民委员会")


@dataclass
class Village:
    """A village or community: `weight` is its share of the population, `clinics` its institutions."""

    division: Division
    township: str
    center: "Center"
    weight: float = 0.0
    clinics: list[Institution] = field(default_factory=list)

    @property
    def short_name(self) -> str:
        """Without the committee: 青龙村委会 is 青龙."""
        name = self.division.name
        suffix = next((suffix for suffix in _SUFFIXES if name.endswith(suffix)), "")
        return name.removesuffix(suffix)

    @property
    def place_name(self) -> str:
        """As in an address: 青龙村, 三里社区."""
        return f"{self.short_name}社区" if "居委会" in self.division.name else f"{self.short_name}村"


@dataclass
class Center:
    """A centre and the hospital that leads its group."""

    institution: Institution
    hospital: Institution
    villages: list[Village] = field(default_factory=list)

    @property
    def is_urban(self) -> bool:
        """Whether it is a community centre of a sub-district."""
        return self.institution.setting == URBAN


@dataclass
class Places:
    """Everything that has a place."""

    bureau: Institution
    hospitals: list[Institution]
    centers: list[Center]

    @property
    def villages(self) -> list[Village]:
        """All villages, centre by centre."""
        return [village for center in self.centers for village in center.villages]


def make_places(facts: PlaceFacts, rng: Random) -> Places:
    """Save divisions and institutions; every village gets a clinic, the largest ones a second."""
    divisions = _save_divisions(facts)
    bureau = Institution(
        code=f"{facts.division}000", name=facts.facts["bureau"], kind=Kind.BUREAU, division=divisions[facts.division]
    )
    hospitals = [
        Institution(kind=Kind.LEAD_HOSPITAL, setting=URBAN, division=divisions[facts.division], **row)
        for row in facts.facts["hospitals"]
    ]
    centers = [_center(row, divisions, hospitals) for row in facts.facts["centers"]]
    made = Places(bureau, hospitals, centers)
    _weigh(made.villages, facts.facts["townships"], rng)
    _add_clinics(made.villages, facts.published["village_clinics"])
    _save_institutions(made)
    return made


def _save_divisions(facts: PlaceFacts) -> dict[str, Division]:
    """Code -> division, from the file beside this module; parents stand before their children."""
    divisions: dict[str, Division] = {}
    with (FOLDER / "divisions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            divisions[row["code"]] = Division.objects.get_or_create(
                code=row["code"],
                defaults={"name": row["name"], "level": row["level"], "parent": divisions.get(row["parent_code"])},
            )[0]
    return divisions


def _center(row: dict, divisions: dict[str, Division], hospitals: list[Institution]) -> Center:
    township = divisions[row["township"]]
    first, last = (f"{township.code}{number:03}" for number in row["villages"])
    kind = Kind(row["kind"])
    institution = Institution(
        code=f"{township.code}C{first[-3:]}",
        name=row["name"],
        kind=kind,
        setting=URBAN if kind == Kind.COMMUNITY_CENTER else RURAL,
        division=township,
    )
    center = Center(institution, hospitals[row["lead"]])
    center.villages = [
        Village(division, township.name, center)
        for code, division in divisions.items()
        if division.level == Division.Level.VILLAGE and first <= code <= last
    ]
    return center


def _weigh(villages: list[Village], townships: dict[str, int], rng: Random) -> None:
    """Split each township's share of the population over its villages, some much larger than others."""
    for village in villages:
        village.weight = rng.lognormvariate(0, 0.35)
    for code, share in townships.items():
        own = [village for village in villages if village.division.code.startswith(code)]
        total = sum(village.weight for village in own)
        for village in own:
            village.weight *= share / total


def _add_clinics(villages: list[Village], count: int) -> None:
    largest = sorted(villages, key=lambda village: -village.weight)[: count - len(villages)]
    for village in villages:
        word = "社区卫生服务站" if village.center.is_urban else "村卫生室"
        for number in range(1, 3 if village in largest else 2):
            name = f"{village.short_name}{word}" if number == 1 else f"{village.short_name}第二{word}"
            village.clinics.append(
                Institution(
                    code=f"{village.division.code}{number:02}",
                    name=name.replace("村村", "村"),
                    kind=Kind.VILLAGE_CLINIC,
                    setting=village.center.institution.setting,
                    division=village.division,
                )
            )


def _save_institutions(places: Places) -> None:
    above: list[tuple[Institution, Institution]] = [(hospital, places.bureau) for hospital in places.hospitals]
    for center in places.centers:
        above.append((center.institution, places.bureau))
        above += [(clinic, center.institution) for village in center.villages for clinic in village.clinics]
    Institution.objects.bulk_create([places.bureau, *(child for child, _parent in above)])
    InstitutionParent.objects.bulk_create(
        [InstitutionParent(institution=child, parent=parent) for child, parent in above]
    )
