"""`visits`: who went where on which day, and what it cost."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from contracts.models import Visit
from residents.imports.people import BEFORE_BIRTH, IN_FUTURE, Person, find_people, id_number, known_person
from residents.models import Resident
from teams.clock import today
from teams.imports import bulk
from teams.imports.columns import code, day, money
from teams.imports.institutions import INSTITUTION_HEADINGS, UNKNOWN_INSTITUTION
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import ids_by_code, known, settle, settle_repeated, values_of
from teams.imports.rows import Rejection, Row
from teams.models import Institution, Role

_AFTER_DEATH = _("Lies after the day of death.")
_NOT_YOURS = _("A visit with this number cannot be changed by your account.")

Key = tuple[object, ...]  # the number, or else resident, day and institution


class Details(NamedTuple):
    """A visit, in the order in which it is stored."""

    resident_id: int
    visited_on: date
    institution_id: int
    cost: Decimal
    insurance_paid: Decimal | None
    visit_no: str

    @property
    def key(self) -> Key:
        """What the visit is found by (docs/formats.md)."""
        return (self.visit_no,) if self.visit_no else self[:3]


class VisitLoader(Loader):
    """Visits are found by their number, or else by resident, day and institution.

    Where somebody went may lie outside of the account's scope: the institutions of the district are no secret.
    """

    def load(self, rows: Sequence[Row]) -> None:
        self.people = find_people(values_of(rows, "id_number"), Resident.objects.visible_to(self.by))
        self.institutions = ids_by_code(Institution.objects.all(), values_of(rows, "institution_code"))
        found: dict[int, Details] = {}
        for row in rows:
            try:
                found[row.number] = self._checked(row)
            except Rejection as refusal:
                row.reject(refusal.column, refusal.message)
        self.stored = _stored(found.values())
        self.hidden = self._hidden()
        self.said: dict[Key, Details] = {}
        for row in rows:
            if row.outcome is None:
                self._take(row, found[row.number])
        settle_repeated(((row, found[row.number].key) for row in rows if row.is_in), self._is_as_before)
        self._write()

    def _is_as_before(self, key: Key) -> bool:
        return key in self.stored and self.stored[key][1] == self.said[key]

    def _checked(self, row: Row) -> Details:
        """A visit that can be true. Raises Rejection."""
        person = known_person(row, "id_number", self.people)
        institution = known(row, "institution_code", self.institutions, UNKNOWN_INSTITUTION)
        _check_in_life(row["visited_on"], person)
        return Details(person.id, row["visited_on"], institution, row["cost"], row["insurance_paid"], row["visit_no"])

    def _take(self, row: Row, visit: Details) -> None:
        stored = self.stored.get(visit.key)
        if stored and stored[1].resident_id in self.hidden:
            row.reject("visit_no", _NOT_YOURS)
            return
        before = self.said.get(visit.key) or (stored and stored[1])
        settle(row, is_new=before is None, is_changed=visit != before)
        self.said[visit.key] = visit

    def _hidden(self) -> frozenset[int]:
        """Residents of visits with a number of the file whom the account doesn't see."""
        residents = {visit.resident_id for _id, visit in self.stored.values()}
        if self.by.scope.is_district or not residents:
            return frozenset()
        visible = Resident.objects.visible_to(self.by).filter(pk__in=residents)
        return frozenset(residents - set(visible.values_list("pk", flat=True)))

    def _write(self) -> None:
        created = [visit for key, visit in self.said.items() if key not in self.stored]
        changed = [
            (self.stored[key][0], *visit)
            for key, visit in self.said.items()
            if key in self.stored and self.stored[key][1] != visit
        ]
        bulk.insert(Visit, Details._fields, created)
        bulk.update(Visit, Details._fields, changed)


def _check_in_life(day: date, person: Person) -> None:
    if day < person.birth_date:
        raise Rejection("visited_on", BEFORE_BIRTH)
    if person.died_on and day > person.died_on:
        raise Rejection("visited_on", _AFTER_DEATH)
    if day > today():
        raise Rejection("visited_on", IN_FUTURE)


def _stored(visits: Collection[Details]) -> dict[Key, tuple[int, Details]]:
    """Key -> id and details of the visits that are there."""
    places = {visit[:3] for visit in visits if not visit.visit_no}
    residents, days, institutions = map(list, zip(*places, strict=True)) if places else ([], [], [])
    columns = ", ".join(f"v.{name}" for name in ("id", *Details._fields))
    rows = bulk.fetch(
        f"""
        select {columns} from contracts_visit v where v.visit_no = any(%(numbers)s) and v.visit_no <> ''
        union all
        select {columns}
        from unnest(%(residents)s::bigint[], %(days)s::date[], %(institutions)s::bigint[])
            as k(resident_id, day, institution_id)
        join contracts_visit v on v.resident_id = k.resident_id and v.visited_on = k.day
            and v.institution_id = k.institution_id and v.visit_no = ''
        """,
        numbers=sorted({visit.visit_no for visit in visits if visit.visit_no}),
        residents=residents,
        days=days,
        institutions=institutions,
    )
    found = ((key, Details(*rest)) for key, *rest in rows)
    return {visit.key: (key, visit) for key, visit in found}


VISITS = Kind(
    "visits",
    _("visits"),
    120,
    (
        id_number(required=True),
        day("visited_on", "就诊日期", required=True, sample="2018-03-20", synonyms=("就诊时间",)),
        code(
            "institution_code",
            "就诊机构编码",
            40,
            required=True,
            sample="34120401",
            synonyms=("就诊机构代码", "就诊机构", *INSTITUTION_HEADINGS, "机构编码"),
        ),
        money("cost", "总费用", 12, required=True, sample=86.5, synonyms=("费用", "总金额", "费用总额")),
        money("insurance_paid", "医保支付", 12, sample=60, synonyms=("医保支付金额", "报销金额")),
        code(
            "visit_no",
            "就诊流水号",
            60,
            help=_("With it, a visit is found again though its day was corrected."),
            synonyms=("流水号", "门诊号", "就诊号"),
        ),
    ),
    VisitLoader,
    models=(Visit,),
    roles=(Role.ADMINISTRATOR, Role.CLERK),
)
