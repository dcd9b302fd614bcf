"""`registers`: who is on which key-population register, from when until when."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from residents.categories import CORE, categories
from residents.followers import tell_registers_changed
from residents.imports.people import BEFORE_BIRTH, find_people, id_number, known_person
from residents.models import Register, Resident
from teams.cells import CellError
from teams.imports import bulk
from teams.imports.columns import choice_parser, day, text
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import check_order, settle, settle_repeated
from teams.imports.rows import Rejection, Row
from teams.models import Role

# rules.md 2.
NAMES = {
    "elderly": "老年人",
    "child": "0–6岁儿童",
    "maternal": "孕产妇",
    "hypertension": "高血压患者",
    "diabetes": "2型糖尿病患者",
    "mental_disorder": "严重精神障碍患者",
    "tuberculosis": "肺结核患者",
    "disabled": "残疾人",
    "low_income": "脱贫(原建档立卡)及低收入人口",
    "special_family": "计划生育特殊家庭",
}
SYNONYMS = {
    **{"老人": "elderly", "65岁及以上老年人": "elderly", "65岁以上老年人": "elderly"},
    **{"儿童": "child", "0-6岁儿童": "child", "0~6岁儿童": "child", "孕妇": "maternal", "产妇": "maternal"},
    **{"高血压": "hypertension", "糖尿病": "diabetes", "2型糖尿病": "diabetes", "Ⅱ型糖尿病": "diabetes"},
    **{"糖尿病患者": "diabetes", "严重精神障碍": "mental_disorder", "重性精神病": "mental_disorder"},
    **{"精神障碍": "mental_disorder", "肺结核": "tuberculosis", "结核病": "tuberculosis", "残疾": "disabled"},
    **{"脱贫人口": "low_income", "建档立卡": "low_income", "建档立卡贫困户": "low_income", "贫困人口": "low_income"},
    **{"低收入": "low_income", "低收入人口": "low_income", "脱贫及低收入人口": "low_income", "低保": "low_income"},
    **{"计生特殊家庭": "special_family", "特扶家庭": "special_family", "计生特扶": "special_family"},
}
FIELDS = ("resident_id", "category", "from_on", "to_on", "expected_on", "delivered_on")
BY_AGE = frozenset(category.code for category in CORE if not category.is_register)

_FOLLOWS_FROM_AGE = _("Follows from age: nobody is entered on this register.")
_REVERSED = _("The day of leaving the register lies before the day of joining it.")

_NO_MOTHER = _("Dates of delivery belong to the register of expectant mothers.")

DELIVERY = ((1, "expected_on"), (2, "delivered_on"))

Key = tuple[int, str, date]
Said = tuple[date | None, date | None, date | None]  # first day no longer on it, expected and actual delivery


class RegisterLoader(Loader):
    """Entries are found by resident, category and first day."""

    def load(self, rows: Sequence[Row]) -> None:
        self.people = find_people((row["id_number"] for row in rows), Resident.objects.visible_to(self.by))
        self.category = category_parser()
        self.stored = _stored([person.id for person in self.people.values()])
        self.said: dict[Key, Said] = {}
        self.keys: dict[int, Key] = {}
        for row in rows:
            try:
                self._take(row)
            except Rejection as refusal:
                row.reject(refusal.column, refusal.message)
        settle_repeated(((row, self.keys[row.number]) for row in rows if row.is_in), self._is_as_before)
        self._write()

    def _is_as_before(self, key: Key) -> bool:
        return key in self.stored and self.stored[key][1] == self.said[key]

    def _take(self, row: Row) -> None:
        person = known_person(row, "id_number", self.people)
        try:
            category = self.category(row["category"])
        except CellError as error:
            raise Rejection("category", error.message) from None
        if category in BY_AGE:
            raise Rejection("category", _FOLLOWS_FROM_AGE)
        if row["from_on"] < person.birth_date:
            raise Rejection("from_on", BEFORE_BIRTH)
        check_order(row, "from_on", "to_on", _REVERSED)
        if category != "maternal" and (row["expected_on"] or row["delivered_on"]):
            raise Rejection("expected_on" if row["expected_on"] else "delivered_on", _NO_MOTHER)
        key = (person.id, category, row["from_on"])
        before = self.said.get(key) or (self.stored[key][1] if key in self.stored else None)
        # An empty date of delivery says nothing: older files don't have these columns.
        delivery = [row[column] or (before[place] if before else None) for place, column in DELIVERY]
        said: Said = (row["to_on"], delivery[0], delivery[1])
        settle(row, is_new=before is None, is_changed=before != said)
        self.said[key], self.keys[row.number] = said, key

    def _write(self) -> None:
        created = [(*key, *said) for key, said in self.said.items() if key not in self.stored]
        changed = [
            (self.stored[key][0], *said)
            for key, said in self.said.items()
            if key in self.stored and self.stored[key][1] != said
        ]
        bulk.insert(Register, FIELDS, created)
        bulk.update(Register, FIELDS[3:], changed)
        tell_registers_changed({key[0] for key, said in self.said.items() if self.stored.get(key, (0, ()))[1] != said})


def category_parser(more: Mapping[str, str] | None = None) -> Callable[[object], str]:
    """Reads a category's code or name, the added registers' too; `more` are further codes with their Chinese names."""
    names = {category.code: NAMES.get(category.code, str(category.name)) for category in categories()}
    return choice_parser(names | dict(more or {}), SYNONYMS)


def _stored(residents: list[int]) -> dict[Key, tuple[int, Said]]:
    """Key -> id and dates of the entries of the residents."""
    rows = bulk.fetch(
        "select resident_id, category, from_on, id, to_on, expected_on, delivered_on"
        " from residents_register where resident_id = any(%(ids)s)",
        ids=residents,
    )
    return {(resident, category, from_on): (key, tuple(said)) for resident, category, from_on, key, *said in rows}


REGISTERS = Kind(
    "registers",
    _("registers"),
    70,
    (
        id_number(required=True),
        text(
            "category",
            "人群类别",
            40,
            required=True,
            sample="高血压患者",
            synonyms=("人群分类", "重点人群", "重点人群类别", "重点人群类型", "人群类型"),
            choices={code: name for code, name in NAMES.items() if code not in BY_AGE},
            help=_("The registers that the district has added may be chosen, too."),
        ),
        day("from_on", "纳入日期", required=True, sample="2017-03-01", synonyms=("纳入时间", "建卡日期")),
        day("to_on", "移出日期", help=_("The first day no longer on it."), synonyms=("移出时间", "注销日期")),
        day("expected_on", "预产期", help=_("Of expectant mothers: when delivery is expected.")),
        day("delivered_on", "分娩日期", help=_("Of mothers: the day of delivery.")),
    ),
    RegisterLoader,
    models=(Register,),
    roles=(Role.ADMINISTRATOR, Role.CLERK),
)
