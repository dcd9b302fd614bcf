"""`institutions`: bureau, hospitals, centres and clinics, each below its parent. The rows' order does not matter."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.cells import CellError, parse_text
from teams.clock import today
from teams.imports.columns import Column, choice, code, day, text
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import assign, ids_by_code, load_in_rounds, settle, values_of
from teams.imports.rows import Row
from teams.models import Division, Institution, InstitutionParent, User
from teams.models.dated import BEGINNING
from teams.phones import tidy_public_phone
from teams.rules import RuleViolation, check_public_phone

KINDS = {
    "bureau": "卫生健康局",
    "lead_hospital": "牵头医院",
    "hospital": "医院",
    "township_center": "乡镇卫生院",
    "community_center": "社区卫生服务中心",
    "village_clinic": "村卫生室",
}
KIND_SYNONYMS = {
    **{"卫健委": "bureau", "卫健局": "bureau", "卫生健康委员会": "bureau", "卫生局": "bureau", "卫计委": "bureau"},
    **{"医共体牵头单位": "lead_hospital", "牵头单位": "lead_hospital", "卫生院": "township_center"},
    **{"中心卫生院": "township_center", "社区中心": "community_center", "社区卫生中心": "community_center"},
    **{"卫生室": "village_clinic", "村卫生所": "village_clinic"},
    **{"社区卫生服务站": "village_clinic", "卫生服务站": "village_clinic"},
}
SETTINGS = {"urban": "城市", "rural": "农村"}
SETTING_SYNONYMS = {"城": "urban", "城镇": "urban", "城区": "urban", "乡": "rural", "乡村": "rural", "村": "rural"}

UNKNOWN_INSTITUTION = _("There is no institution with the code “{code}”.")
_UNKNOWN_PARENT = _("There is no institution “{code}” above it, neither in the file nor in the system.")
UNKNOWN_DIVISION = _("There is no division with the code “{code}”.")
_CIRCLE = _("It would stand below itself: the institutions above it lead back to it.")
_NO_ROOT = _("It must stand below another institution.")
_NOT_YET_THERE = _("That began on {day}. Choose a later day.")
_IN_FUTURE = _("The day lies in the future.")
_NOT_YOURS = _("An institution with this code cannot be changed by your account.")


# Headings under which other kinds name an institution.
INSTITUTION_HEADINGS = ("机构代码", "机构编号", "所属机构编码", "所在机构编码", "单位编码")


class Place(NamedTuple):
    """A dated place in the tree, by codes."""

    code: str
    parent: str
    from_on: date
    to_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is the place on the day."""
        return self.from_on <= day and (self.to_on is None or self.to_on > day)


class InstitutionLoader(Loader):
    """Takes the file as a whole: parents may stand anywhere in it."""

    def load(self, rows: Sequence[Row]) -> None:
        load_in_rounds(rows, itemgetter("code"), lambda group: Round(group, self.by).load(), _told)


def _told(codes: Collection[str]) -> dict[str, Hashable]:
    present = InstitutionParent.objects.filter(to_on=None, institution__code__in=codes)
    parents = dict(present.values_list("institution__code", "parent__code"))
    fields = ("code", "name", "kind", "setting", "division", "public_phone")
    found = Institution.objects.filter(code__in=codes).values_list(*fields)
    return {code: (*said, parents.get(code)) for code, *said in found}


class Round:
    """Rows of different codes, against what is stored."""

    def __init__(self, rows: Sequence[Row], by: User) -> None:
        self.rows = rows
        self.stored = {row.code: row for row in Institution.objects.all()}
        self.visible = frozenset(Institution.objects.visible_to(by).values_list("code", flat=True))
        self.is_whole = by.scope.is_district
        links = list(InstitutionParent.objects.select_related("institution", "parent").order_by("from_on"))
        self.open = {link.institution.code: link for link in links if link.to_on is None}
        self.past = [
            Place(link.institution.code, link.parent.code, link.from_on, link.to_on) for link in links if link.to_on
        ]
        self.divisions = ids_by_code(Division.objects.all(), values_of(rows, "division_code"))

    def load(self) -> None:
        """Refuse what cannot be, write the rest."""
        for row in self.rows:
            if row["code"] in self.stored and row["code"] not in self.visible:
                row.reject("code", _NOT_YOURS)
            elif row["division_code"] and row["division_code"] not in self.divisions:
                row.reject("division_code", format_lazy(UNKNOWN_DIVISION, code=row["division_code"]))
            elif self._is_transfer(row) and row["parent_since"] > today():
                row.reject("parent_since", _IN_FUTURE)
            elif self._is_transfer(row) and row["parent_since"] <= self.open[row["code"]].from_on:
                row.reject("parent_since", format_lazy(_NOT_YET_THERE, day=self.open[row["code"]].from_on))
        while self._refuse_orphans() or self._refuse_circle():  # each refused row may leave others without a parent
            pass
        self._write([row for row in self.rows if row.outcome is None])

    def _refuse_orphans(self) -> bool:
        good = {row["code"]: row for row in self.rows if row.outcome is None}
        for row in good.values():
            parent = row["parent_code"]
            stays = row["code"] in self.stored and parent == self._parent_code(row["code"])
            if stays or parent in self.visible or parent in good or (not parent and self.is_whole):
                continue
            row.reject("parent_code", format_lazy(_UNKNOWN_PARENT, code=parent) if parent else _NO_ROOT)
        return any(row.outcome is not None for row in good.values())

    def _refuse_circle(self) -> bool:
        """Refuse the last row of the file that closes a circle on any day; whether there was one."""
        good = {row["code"]: row for row in self.rows if row.outcome is None}
        places = self.past + [place for row in good.values() if row["parent_code"] for place in self._places(row)]
        places += [
            Place(code, link.parent.code, link.from_on, None) for code, link in self.open.items() if code not in good
        ]
        for begun in {place.from_on for place in places}:
            parents = {place.code: place.parent for place in places if place.holds_on(begun)}
            circle = [good[code] for code in find_circle(parents) if code in good]
            moving = [row for row in circle if row["parent_code"] != self._parent_code(row["code"])]
            if moving:
                max(moving, key=lambda row: row.number).reject("parent_code", _CIRCLE)
                return True
        return False

    def _parent_code(self, code: str) -> str:
        link = self.open.get(code)
        return link.parent.code if link else ""

    def _is_transfer(self, row: Row) -> bool:
        """Whether the institution has come under another parent on a day; without a day the parent was wrong."""
        code, parent = row["code"], row["parent_code"]
        return bool(row["parent_since"] and parent and code in self.open and parent != self._parent_code(code))

    def _places(self, row: Row) -> list[Place]:
        """Where the row puts its institution, after where it stood until then."""
        if not self._is_transfer(row):
            return [self._place(row)]
        code, since = row["code"], row["parent_since"]
        before = Place(code, self._parent_code(code), self.open[code].from_on, since)
        return [before, Place(code, row["parent_code"], since, None)]

    def _place(self, row: Row) -> Place:
        """Its present place, and since when: since always, unless it stood elsewhere before."""
        code = row["code"]
        before = [place.to_on for place in self.past if place.code == code and place.to_on]
        since = self.open[code].from_on if code in self.open else max(before, default=BEGINNING)
        return Place(code, row["parent_code"], since, None)

    def _write(self, rows: Sequence[Row]) -> None:
        created, changed = [], []
        for row in rows:
            values = {name: row[name] for name in ("name", "kind", "setting")}
            values["division_id"] = self.divisions.get(row["division_code"])
            if row["public_phone"]:  # older files don't have the column
                values["public_phone"] = row["public_phone"]
            institution = self.stored.get(row["code"])
            if institution is None:
                created.append(Institution(code=row["code"], **values))
            elif assign(institution, values):
                changed.append(institution)
        self.stored |= {institution.code: institution for institution in Institution.objects.bulk_create(created)}
        Institution.objects.bulk_update(changed, ["name", "kind", "setting", "division", "public_phone"])
        new, other = {row.code for row in created}, {row.code for row in changed}
        for row in rows:
            is_moved = self._move(row)
            settle(row, is_new=row["code"] in new, is_changed=is_moved or row["code"] in other)

    def _move(self, row: Row) -> bool:
        """Move the institution from a day on, or correct its present place; whether it was another."""
        code, parent = row["code"], row["parent_code"]
        if parent == self._parent_code(code):
            return False
        link = self.open.get(code)
        if link is None:
            since = self._place(row).from_on
            InstitutionParent.objects.create(institution=self.stored[code], parent=self.stored[parent], from_on=since)
        elif self._is_transfer(row):
            link.to_on = row["parent_since"]
            link.save(update_fields=["to_on"])
            InstitutionParent.objects.create(
                institution=self.stored[code], parent=self.stored[parent], from_on=row["parent_since"]
            )
        elif parent:
            link.parent = self.stored[parent]
            link.save(update_fields=["parent"])
        else:
            link.delete()
        return True


def find_circle(parents: Mapping[str, str]) -> Sequence[str]:
    """The codes of a circle among child -> parent; empty when every way up ends."""
    ends: set[str] = set()
    for start in parents:
        way: dict[str, None] = {}
        code = start
        while code in parents and code not in ends and code not in way:
            way[code] = None
            code = parents[code]
        if code in way:
            codes = list(way)
            return codes[codes.index(code) :]
        ends.update(way)
    return ()


def _public_phone(cell: object) -> str:
    phone = tidy_public_phone(parse_text(cell, 30))
    try:
        check_public_phone(phone)
    except RuleViolation as violation:
        raise CellError(violation.code, format_lazy("{message}", message=violation.message)) from None
    return phone


INSTITUTIONS = Kind(
    "institutions",
    _("institutions"),
    20,
    (
        code("code", "机构编码", 40, required=True, sample="3412040101", synonyms=("机构代码", "机构编号")),
        text(
            "name", "机构名称", 80, required=True, sample="姜堂村卫生室", synonyms=("名称", "单位名称", "医疗机构名称")
        ),
        choice(
            "kind", "机构类别", KINDS, KIND_SYNONYMS, required=True, sample="村卫生室", synonyms=("机构类型", "类别")
        ),
        code(
            "parent_code",
            "上级机构编码",
            40,
            sample="34120401",
            help=_("In the file, anywhere, or in the system."),
            synonyms=("上级机构代码", "上级机构编号", "主管机构编码"),
        ),
        code("division_code", "区划代码", 12, sample="341204100201", synonyms=("行政区划代码", "区划编码")),
        choice("setting", "城乡", SETTINGS, SETTING_SYNONYMS, sample="农村", synonyms=("城乡类别", "城乡属性")),
        Column(
            "public_phone",
            "服务电话",
            _public_phone,
            blank="",
            sample="0558-5550123",
            help=_("Where residents call; everybody sees it. Left empty: as it is."),
            synonyms=("公开电话", "咨询电话", "机构电话"),
        ),
        day(
            "parent_since",
            "隶属起始日期",
            help=_("Only when it came under another institution on a day. Empty: the one above it is corrected."),
        ),
    ),
    InstitutionLoader,
    models=(Institution, InstitutionParent),
    shown={InstitutionParent: ("parent_code", "parent")},
    batch_rows=None,
)
