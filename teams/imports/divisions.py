"""`divisions`: the administrative divisions, each below its parent. The order of the rows makes no difference."""

from collections.abc import Collection, Sequence
from operator import itemgetter

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.imports.columns import choice, code, text
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import assign, load_in_rounds, settle
from teams.imports.rows import Row
from teams.models import Division

LEVELS = {"province": "省", "city": "市", "county": "区县", "township": "乡镇街道", "village": "村居"}
LEVEL_SYNONYMS = {
    **{"省级": "province", "直辖市": "province", "自治区": "province", "市级": "city", "地级市": "city"},
    **{"区": "county", "县": "county", "区级": "county", "县级": "county", "县级市": "county", "旗": "county"},
    **{"乡": "township", "镇": "township", "乡镇": "township", "街道": "township", "街道办事处": "township"},
    **{"村": "village", "社区": "village", "居委会": "village", "村委会": "village", "村级": "village"},
}
_RANK = {level: rank for rank, level in enumerate(LEVELS)}

_UNKNOWN_PARENT = _("There is no division “{code}” above it, neither in the file nor in the system.")
_NOT_ABOVE = _("Its level must be below that of the division above it ({code}).")
_CHILDREN = _("Divisions below it would no longer be below its level.")


class DivisionLoader(Loader):
    """Takes the file as a whole: parents may stand anywhere in it."""

    def load(self, rows: Sequence[Row]) -> None:
        load_in_rounds(rows, itemgetter("code"), _load_round, _told)


def _told(codes: Collection[str]) -> dict[str, tuple[str, ...]]:
    found = Division.objects.filter(code__in=codes).values_list("code", "name", "level", "parent__code")
    return {code: tuple(said) for code, *said in found}


def _load_round(rows: Sequence[Row]) -> None:
    stored = {division.code: division for division in Division.objects.select_related("parent")}
    while any(_refuse_misplaced(rows, stored)):  # each refused row may leave others without a parent
        pass
    for level in LEVELS:  # parents first, so that they have ids
        _write([row for row in rows if row.outcome is None and row["level"] == level], stored)


def _refuse_misplaced(rows: Sequence[Row], stored: dict[str, Division]) -> list[bool]:
    """Refuse the rows that cannot stand where they are said to; a list with True when there was one."""
    good = {row["code"]: row for row in rows if row.outcome is None}
    levels = {code: division.level for code, division in stored.items()}
    levels |= {code: row["level"] for code, row in good.items()}
    for row in good.values():
        parent = row["parent_code"]
        if parent and parent not in levels:
            row.reject("parent_code", format_lazy(_UNKNOWN_PARENT, code=parent))
        elif parent and _RANK[levels[parent]] >= _RANK[row["level"]]:
            row.reject("level", format_lazy(_NOT_ABOVE, code=parent))
    for division in stored.values():
        above = division.parent and good.get(division.parent.code)
        if above and division.code not in good and _RANK[above["level"]] >= _RANK[division.level]:
            above.reject("level", _CHILDREN)
    return [True for row in good.values() if row.outcome is not None]


def _write(rows: Sequence[Row], stored: dict[str, Division]) -> None:
    created, changed = [], []
    for row in rows:
        parent = stored[row["parent_code"]] if row["parent_code"] else None
        values = {"name": row["name"], "level": row["level"], "parent_id": parent.pk if parent else None}
        division = stored.get(row["code"])
        if division is None:
            division = stored[row["code"]] = Division(code=row["code"], **values)
            created.append(division)
            settle(row, is_new=True, is_changed=False)
        elif assign(division, values):
            changed.append(division)
            settle(row, is_new=False, is_changed=True)
        else:
            settle(row, is_new=False, is_changed=False)
    Division.objects.bulk_create(created, batch_size=5000)
    Division.objects.bulk_update(changed, ["name", "level", "parent"], batch_size=1000)


DIVISIONS = Kind(
    "divisions",
    _("divisions"),
    10,
    (
        code(
            "code",
            "区划代码",
            12,
            required=True,
            sample="341204100201",
            help=_("The statistical code of a division."),
            synonyms=("区划编码", "行政区划代码", "统计用区划代码", "代码"),
        ),
        text("name", "名称", 60, required=True, sample="姜堂村", synonyms=("区划名称", "行政区划名称")),
        choice(
            "level", "级别", LEVELS, LEVEL_SYNONYMS, required=True, sample="村居", synonyms=("区划级别", "行政级别")
        ),
        code(
            "parent_code",
            "上级代码",
            12,
            sample="341204100",
            help=_("In the file, anywhere, or in the system."),
            synonyms=("上级区划代码", "上级编码", "父级代码"),
        ),
    ),
    DivisionLoader,
    models=(Division,),
    is_of_district=True,
    batch_rows=None,
)
