"""`services`: what was given to whom on which day, with the readings taken."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from contracts.actions.ledger import match_entered
from contracts.actions.services import settle_follow_ups
from contracts.imports import refusing
from contracts.imports.undoing import services_matched_again
from contracts.models import FollowUp, Obligation, Service
from contracts.readings import is_critical, parse_glucose
from contracts.rules import check_readings, check_service_date
from residents.imports.people import find_people, id_number, known_person
from residents.models import Resident
from service_packages.imports import ITEM_HEADINGS
from service_packages.models import Item
from service_packages.rules import check_counts
from teams.cells import parse_text
from teams.clock import today
from teams.imports import bulk
from teams.imports.columns import Column, code, day, text, whole
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import ids_by_code, known, known_or_none, settle, settle_repeated, values_of
from teams.imports.rows import Rejection, Row
from teams.imports.teams import UNKNOWN_STAFF
from teams.models import Role, Staff
from teams.policy import policy_on
from teams.rules import RuleViolation

PLACES = {"clinic": "门诊", "home": "上门", "phone": "电话", "online": "网络", "group": "集中"}
READINGS = ("systolic", "diastolic", "fasting_glucose")

UNKNOWN_ITEM = _("There is no item with the code “{code}”.")

Key = tuple[int, int, date]  # resident, item, day


class Details(NamedTuple):
    """What is known of a service besides whom, what and when, in the order in which it is stored."""

    staff_id: int | None
    place: str
    systolic: int | None
    diastolic: int | None
    fasting_glucose: Decimal | None
    note: str

    @property
    def readings(self) -> dict[str, Any]:
        """The values taken, None where none was."""
        return {name: getattr(self, name) for name in READINGS}


class ServiceLoader(Loader):
    """Services are found by resident, item and day."""

    def load(self, rows: Sequence[Row]) -> None:
        self.people = find_people(values_of(rows, "id_number"), Resident.objects.visible_to(self.by))
        self.items = ids_by_code(Item.objects.all(), values_of(rows, "item_code"))
        self.staff = ids_by_code(Staff.objects.visible_to(self.by), values_of(rows, "staff_no"), "staff_no")
        keys: dict[int, Key] = {}
        for row in rows:
            try:
                keys[row.number] = self._checked(row)
            except Rejection as refusal:
                row.reject(refusal.column, refusal.message)
        self.stored = _stored(set(keys.values()))
        self.said: dict[Key, Details] = {}
        for row in rows:
            if row.outcome is None:
                self._take(row, keys[row.number])
        settle_repeated(((row, keys[row.number]) for row in rows if row.is_in), self._is_as_before)
        self._write()

    def _is_as_before(self, key: Key) -> bool:
        return key in self.stored and self.stored[key][1] == self.said[key]

    def _checked(self, row: Row) -> Key:
        """The key of a row that can be true. Raises Rejection."""
        person = known_person(row, "id_number", self.people)
        item = known(row, "item_code", self.items, UNKNOWN_ITEM)
        with refusing("performed_on"):
            check_service_date(row["performed_on"], birth_date=person.birth_date, died_on=person.died_on)
        known_or_none(row, "staff_no", self.staff, UNKNOWN_STAFF)
        _check_readings(row)
        return person.id, item, row["performed_on"]

    def _take(self, row: Row, key: Key) -> None:
        details = Details(
            self.staff[row["staff_no"]] if row["staff_no"] else None,
            row["place"],
            row["systolic"],
            row["diastolic"],
            row["fasting_glucose"],
            row["note"],
        )
        stored = self.stored.get(key)
        before = self.said.get(key) or (stored and stored[1])
        settle(row, is_new=before is None, is_changed=details != before)
        self.said[key] = details

    def _write(self) -> None:
        """Write the last word on every service. New ones are matched, and those that may count now and did not."""
        written = {
            key: said for key, said in self.said.items() if key not in self.stored or self.stored[key][1] != said
        }
        counted = self._counted(written)
        created = [(*key, *said, counted[key]) for key, said in written.items() if key not in self.stored]
        changed = [(self.stored[key][0], *said, counted[key]) for key, said in written.items() if key in self.stored]
        fields = (*Details._fields, "is_counted")
        bulk.insert(Service, ("resident_id", "item_id", "performed_on", *fields), created)
        bulk.update(Service, fields, changed)
        ruled = [key for key in written if key[1] in self.rules]
        match_entered(services={*(row[:3] for row in created), *ruled})
        self._settle(written)

    def _settle(self, written: Mapping[Key, Details]) -> None:
        """Critical readings call for a follow-up that is not too late yet; those that were corrected, for none."""
        since = today() - timedelta(days=policy_on(today())["follow_up_days"])
        critical = {key for key, said in written.items() if is_critical(**said.readings)}
        calm = [self.stored[key][0] for key in written if key in self.stored and key not in critical]
        recent = _stored({key for key in critical if key[2] >= since})
        settle_follow_ups(
            [
                *(Service(pk=key) for key in calm),
                *(
                    Service(pk=pk, resident_id=resident, performed_on=day, **said.readings)
                    for (resident, _item, day), (pk, said) in recent.items()
                ),
            ]
        )

    def _counted(self, written: Mapping[Key, Details]) -> dict[Key, bool]:
        """Whether each service may meet a promise, by the rules of its item."""
        self.rules = Item.objects.exclude(deciding=[]).in_bulk()
        staff = {said.staff_id for said in written.values() if said.staff_id} if self.rules else set()
        jobs = dict(Staff.objects.filter(pk__in=staff).values_list("pk", "job")) if staff else {}
        return {
            key: key[1] not in self.rules
            or not check_counts(
                self.rules[key[1]],
                performer_job=jobs.get(said.staff_id or 0, ""),
                place=said.place,
                readings=said.readings,
            )
            for key, said in written.items()
        }


def _check_readings(row: Row) -> None:
    """What is impossible is refused in its own column; of two pressures that don't go together, the lower one."""
    readings = {column: row[column] for column in READINGS}
    try:
        check_readings(**readings)
    except RuleViolation:
        for column, value in readings.items():
            with refusing(column):
                check_readings(**{**dict.fromkeys(READINGS), column: value})
        with refusing("diastolic"):
            check_readings(**readings)


def _stored(keys: set[Key]) -> dict[Key, tuple[int, Details]]:
    """Key -> id and details of the services that are there."""
    residents, items, days = map(list, zip(*keys, strict=True)) if keys else ([], [], [])
    rows = bulk.fetch(
        """
        select s.resident_id, s.item_id, s.performed_on, s.id,
            s.staff_id, s.place, s.systolic, s.diastolic, s.fasting_glucose, s.note
        from unnest(%(residents)s::bigint[], %(items)s::bigint[], %(days)s::date[]) as k(resident_id, item_id, day)
        join contracts_service s
            on s.resident_id = k.resident_id and s.item_id = k.item_id and s.performed_on = k.day
        """,
        residents=residents,
        items=items,
        days=days,
    )
    return {(resident, item, day): (key, Details(*rest)) for resident, item, day, key, *rest in rows}


def _place(cell: object) -> str:
    """How it was given: one of PLACES by code or Chinese name, or the words typed."""
    typed = parse_text(cell, 20)
    return {label: place for place, label in PLACES.items()}.get(typed, typed)


SERVICES = Kind(
    "services",
    _("services"),
    110,
    (
        id_number(required=True),
        code("item_code", "项目编码", 40, required=True, sample="HTN01", synonyms=ITEM_HEADINGS),
        day(
            "performed_on",
            "服务日期",
            required=True,
            sample="2018-03-20",
            synonyms=("服务时间", "随访日期", "随访时间"),
        ),
        code("staff_no", "服务人员工号", 40, sample="YQ0001", synonyms=("医生工号", "随访医生工号", "工号")),
        Column("place", "服务方式", _place, blank="", sample="门诊", choices=PLACES, synonyms=("随访方式",)),
        whole("systolic", "收缩压", 0, 1000, sample=136, help=_("mmHg"), synonyms=("收缩压(mmHg)", "高压")),
        whole("diastolic", "舒张压", 0, 1000, sample=84, help=_("mmHg"), synonyms=("舒张压(mmHg)", "低压")),
        Column(
            "fasting_glucose",
            "空腹血糖",
            parse_glucose,
            sample=6.1,
            kind="number",
            help=_("mmol/L"),
            synonyms=("空腹血糖(mmol/L)", "血糖"),
        ),
        text("note", "备注", 200),
    ),
    ServiceLoader,
    models=(Service, FollowUp),
    derived=(Obligation,),
    rederive=services_matched_again,
    roles=(Role.ADMINISTRATOR, Role.CLERK),
    batch_rows=10_000,  # the more services of a coverage come together, the fewer times it is matched
)
