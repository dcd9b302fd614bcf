"""`populations` on their way in from files: the official resident populations (docs/formats.md)."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from assessments.models import Population
from residents.categories import ALL
from residents.imports.registers import NAMES, category_parser
from service_packages.imports import GROUPS
from teams.cells import CellError
from teams.imports.columns import code, text, whole
from teams.imports.institutions import INSTITUTION_HEADINGS, UNKNOWN_INSTITUTION
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import ids_by_code, known, settle, settle_repeated, values_of
from teams.imports.rows import Rejection, Row
from teams.models import Institution

MOST_PEOPLE = 2_000_000_000

Key = tuple[int, int, str]


class PopulationLoader(Loader):
    """Counts are found by institution, year and category."""

    def load(self, rows: Sequence[Row]) -> None:
        self.category = category_parser(GROUPS)
        self.institutions = ids_by_code(Institution.objects.visible_to(self.by), values_of(rows, "institution_code"))
        found = Population.objects.filter(institution__in=self.institutions.values())
        self.stored = {(row.institution_id, row.year, row.category): row for row in found}
        self.created: list[Population] = []
        self.changed: dict[Key, Population] = {}
        self.told = {key: row.count for key, row in self.stored.items()}
        self.keys: dict[int, Key] = {}
        for row in rows:
            try:
                self._take(row)
            except Rejection as refusal:
                row.reject(refusal.column, refusal.message)
        settle_repeated(((row, self.keys[row.number]) for row in rows if row.is_in), self._is_as_before)
        changed = [row for key, row in self.changed.items() if not self._is_as_before(key)]
        Population.objects.bulk_create(self.created)
        Population.objects.bulk_update(changed, ["count"], batch_size=1000)

    def _is_as_before(self, key: Key) -> bool:
        return key in self.told and self.told[key] == self.stored[key].count

    def _take(self, row: Row) -> None:
        institution = known(row, "institution_code", self.institutions, UNKNOWN_INSTITUTION)
        try:
            category = self.category(row["category"]) if row["category"] else ALL
        except CellError as error:
            raise Rejection("category", error.message) from None
        key = (institution, row["year"], category)
        self.keys[row.number] = key
        population = self.stored.get(key)
        is_new = population is None
        if population is None:
            population = Population(institution_id=institution, year=row["year"], category=category)
            self.stored[key] = population
            self.created.append(population)
        is_changed = population.count != row["count"]
        population.count = row["count"]
        if is_changed and population.pk:
            self.changed[key] = population
        settle(row, is_new=is_new, is_changed=is_changed)


POPULATIONS = Kind(
    "populations",
    _("official populations"),
    30,
    (
        code("institution_code", "机构编码", 40, required=True, sample="34120401", synonyms=INSTITUTION_HEADINGS),
        whole("year", "年份", 1949, 2100, required=True, sample=2018, synonyms=("年度",)),
        text("category", "人群", 40, choices=NAMES | GROUPS, sample="全部人群", help=_("Left empty: everyone.")),
        whole("count", "人数", 0, MOST_PEOPLE, required=True, sample=45210, synonyms=("常住人口", "人口数")),
    ),
    PopulationLoader,
    models=(Population,),
)
