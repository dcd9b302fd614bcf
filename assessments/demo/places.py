"""The real divisions of a place, and its institutions: bureau, lead hospitals, centres and clinics."""

import csv
from dataclasses import dataclass, field
from random import Random

from assessments.demo.figures import FOLDER, PlaceFacts
from assessments.demo.townships import Row, invent
from teams.models import Division, Institution, InstitutionParent

Kind, Level = Institution.Kind, Division.Level
URBAN, RURAL = Institution.Setting.URBAN, Institution.Setting.RURAL
_SUFFIXES = ("社区居委会", "社区居民委员会", "居委会", "村委会", "村民委员会", "社区")
# What a community is called in one way or another; the others are villages.
_COMMUNITY = ("居委会", "居民委员会", "社区")


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
        return f"{self.short_name}社区" if self.is_community else f"{self.short_name}村"

    @property
    def is_community(self) -> bool:
        """Whether it is a community of a town."""
        return self.division.name.endswith(_COMMUNITY)

    @property
    def township_code(self) -> str:
        """The township's division code."""
        return self.division.code[:9]


@dataclass
class Center:
    """A centre, the hospital that leads its group, and the institution right above it."""

    institution: Institution
    hospital: Institution
    parent: Institution
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


def make_places(facts: PlaceFacts, teams: int, rng: Random) -> Places:
    """Save divisions and institutions; every village gets a clinic, the largest ones a second where there are more."""
    rows = _read_divisions(facts.division)
    if not any(row["level"] == Level.VILLAGE for row in rows):
        rows += invent([row for row in rows if row["level"] == Level.COUNTY], teams, rng)
    divisions = _save_divisions(rows)
    made = _Institutions(facts, divisions).place()
    _weigh(made.villages, facts.facts.get("townships", {}), rng)
    _add_clinics(made.villages, facts.numbers.get("village_clinics", len(made.villages)))
    for number, center in enumerate(made.centers, start=1):  # a telephone that nobody has
        center.institution.public_phone = f"5550{number:04}"
    _save_institutions(made)
    return made


def _read_divisions(code: str) -> list[Row]:
    """The division, those above and those below it, from the file beside this module."""
    with (FOLDER / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["code"].startswith(code) or code.startswith(row["code"])]


def _save_divisions(rows: list[Row]) -> dict[str, Division]:
    """Code -> division; parents stand before their children."""
    divisions: dict[str, Division] = {}
    for row in rows:
        divisions[row["code"]] = Division.objects.get_or_create(
            code=row["code"],
            defaults={"name": row["name"], "level": row["level"], "parent": divisions.get(row["parent_code"])},
        )[0]
    return divisions


class _Institutions:
    """Plans the institutions of a place. A district's file may list its hospitals and centres; otherwise each township
    has a centre, and in a city or province each county with a township has a lead hospital above its centres."""

    def __init__(self, facts: PlaceFacts, divisions: dict[str, Division]) -> None:
        self.facts = facts
        self.divisions = divisions
        root = divisions[facts.division]
        self.bureau = Institution(code=f"{root.code}000", name=facts.facts["bureau"], kind=Kind.BUREAU, division=root)
        self.hospitals = [
            Institution(**{"kind": Kind.LEAD_HOSPITAL, "setting": URBAN, "division": root} | row)
            for row in facts.facts.get("hospitals", ())
        ]
        self.is_district = root.level == Level.COUNTY
        self.villages: dict[str, list[Division]] = {}  # by township
        for division in divisions.values():
            if division.level == Level.VILLAGE:
                self.villages.setdefault(division.code[:9], []).append(division)

    def place(self) -> Places:
        """Everything but the clinics, nothing saved yet."""
        rows = self.facts.facts.get("centers")
        if rows:
            centers = [self._listed(row) for row in rows]
        elif self.is_district:
            centers = [self._of_township(township, number) for number, township in enumerate(self._townships())]
        else:
            centers = [self._of_county(township) for township in self._townships()]
        return Places(self.bureau, self.hospitals, centers)

    def _townships(self) -> list[Division]:
        return [division for division in self.divisions.values() if division.level == Level.TOWNSHIP]

    def _listed(self, row: dict) -> Center:
        township = self.divisions[row["township"]]
        first, last = row["villages"]
        villages = [each for each in self.villages[township.code] if first <= int(each.code[-3:]) <= last]
        return self._center(township, row["name"], villages, self.hospitals[row["lead"]], self.bureau)

    def _of_township(self, township: Division, number: int) -> Center:
        leads = [hospital for hospital in self.hospitals if hospital.kind == Kind.LEAD_HOSPITAL]
        villages = self.villages[township.code]
        return self._center(township, _named(township), villages, leads[number % len(leads)], self.bureau)

    def _of_county(self, township: Division) -> Center:
        county = township.parent
        assert county is not None, "invented beneath one"
        code = f"{county.code}H1"
        if not self.hospitals or self.hospitals[-1].code != code:
            name = f"{county.name}医共体"
            self.hospitals.append(
                Institution(code=code, name=name, kind=Kind.LEAD_HOSPITAL, setting=URBAN, division=county)
            )
        hospital = self.hospitals[-1]
        return self._center(township, _named(township), self.villages[township.code], hospital, hospital)

    def _center(
        self, township: Division, name: str, villages: list[Division], hospital: Institution, parent: Institution
    ) -> Center:
        institution = Institution(
            code=f"{township.code}C{villages[0].code[-3:]}", name=name, kind=_kind(township), division=township
        )
        center = Center(institution, hospital, parent)
        center.villages = [Village(village, township.name, center) for village in villages]
        communities = sum(village.is_community for village in center.villages)
        institution.setting = URBAN if 2 * communities > len(villages) else RURAL
        return center


def _kind(township: Division) -> str:
    return Kind.COMMUNITY_CENTER if township.name.endswith("街道") else Kind.TOWNSHIP_CENTER


def _named(township: Division) -> str:
    return f"{township.name}{'社区卫生服务中心' if _kind(township) == Kind.COMMUNITY_CENTER else '卫生院'}"


def _weigh(villages: list[Village], townships: dict[str, int], rng: Random) -> None:
    """Split the population over the villages, some much larger than others; each township's share where it is known."""
    for village in villages:
        village.weight = rng.lognormvariate(0, 0.35)
    of_township: dict[str, list[Village]] = {}
    for village in villages:
        of_township.setdefault(village.township_code if townships else "", []).append(village)
    for code, own in of_township.items():
        total = sum(village.weight for village in own)
        for village in own:
            village.weight *= townships.get(code, 100) / total


def _add_clinics(villages: list[Village], count: int) -> None:
    largest = sorted(villages, key=lambda village: -village.weight)[: count - len(villages)]
    with_two = {village.division.code for village in largest}
    for village in villages:
        word = "社区卫生服务站" if village.center.is_urban else "村卫生室"
        for number in range(1, 3 if village.division.code in with_two else 2):
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
        above.append((center.institution, center.parent))
        above += [(clinic, center.institution) for village in center.villages for clinic in village.clinics]
    Institution.objects.bulk_create([places.bureau, *(child for child, _parent in above)])
    InstitutionParent.objects.bulk_create(
        [InstitutionParent(institution=child, parent=parent) for child, parent in above]
    )
