"""`residents`: people with household, place and dates; many at once, staged and written by a few statements."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from residents.followers import contradicted
from residents.identity import IdNumber
from residents.imports.people import BEFORE_BIRTH, IN_FUTURE, id_hash, id_number, merged_records, merged_words
from residents.models import Household, Resident, Sex
from residents.pinyin import initials
from teams import cipher
from teams.clock import today
from teams.imports import bulk
from teams.imports.columns import PEOPLE_NAMES, choice, code, day, flag, phone, text
from teams.imports.institutions import INSTITUTION_HEADINGS, UNKNOWN_INSTITUTION
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import check_order, ids_by_code, known, settle, settle_repeated, values_of
from teams.imports.rows import Rejection, Row
from teams.imports.teams import find_villages, village_id
from teams.models import Institution, Role, User
from teams.phones import Phone

SEXES = {"male": "男", "female": "女"}
SEX_SYNONYMS = {"男性": "male", "女性": "female", "M": "male", "F": "female", "1": "male", "2": "female"}

_DIFFERS = _("The file says {typed}, the ID number says {said}. Correct the wrong one.")
_NOT_YOURS = _("A resident with this ID number cannot be changed by your account. Ask the bureau.")
_HOUSEHOLD_NOT_YOURS = _("A household with this number cannot be joined by your account. Ask the bureau.")
_MOVED_BEFORE = _("The day of moving out lies before the day when the file was opened.")
_DIED_BEFORE = _("The day of death lies before the day when the file was opened.")
_RECORDED_AFTER = _(
    "services or contracts of these people are recorded from after the day of death or moving out. The rows go in as"
    " they stand, and show among the data problems until one of the two is corrected."
)


class Record(NamedTuple):
    """What a row says of a resident, in the order in which it is stored; identity and ciphers stand beside it."""

    name: str
    initials: str
    sex: str
    birth_date: date
    phone_hash: bytes | None
    phone_problem: str
    household_id: int | None
    is_head: bool
    village_id: int | None
    institution_id: int
    address: str
    registered_on: date | None
    moved_out_on: date | None
    died_on: date | None

    @property
    def left(self) -> tuple[date | None, date | None]:
        """When the resident moved out and died."""
        return self.moved_out_on, self.died_on


INSERTED = ("person", "id_cipher", "id_hash", "phone_cipher", *Record._fields)


class ResidentLoader(Loader):
    """Residents are found by the hash of their ID number."""

    def load(self, rows: Sequence[Row]) -> None:
        batch = Batch(rows, self.by)
        good = batch.checked()
        batch.make_households(good)
        for row in good:
            batch.decide(row)
        settle_repeated(((row, batch.hashes[row.number]) for row in good), batch.is_as_before)
        batch.write()
        batch.doubt()


class Batch:
    """Some rows against what is stored of their residents."""

    def __init__(self, rows: Sequence[Row], by: User) -> None:
        self.rows = rows
        self.hashes = {row.number: id_hash(row["id_number"]) for row in rows}
        self.institutions = ids_by_code(Institution.objects.visible_to(by), values_of(rows, "institution_code"))
        self.villages = find_villages(values_of(rows, "village_code"))
        self.stored = _stored(set(self.hashes.values()))
        self.merged = _merged(self.stored, by)
        self.said: dict[bytes, tuple[Record, IdNumber, Phone | None]] = {}
        numbers = values_of(rows, "household_no")
        self.households = ids_by_code(Household.objects.all(), numbers, "number")
        self.scope = by.scope.institutions
        self.hidden = frozenset() if self.scope is None else _hidden_households(numbers, self.scope)

    def checked(self) -> list[Row]:
        """The rows that can go in; the others are refused."""
        for row in self.rows:
            try:
                self._check(row)
            except Rejection as refusal:
                row.reject(refusal.column, refusal.message)
        return [row for row in self.rows if row.outcome is None]

    def make_households(self, rows: Sequence[Row]) -> None:
        """Make the households that don't exist yet."""
        missing = sorted(values_of(rows, "household_no") - self.households.keys())
        if missing:
            sql = "insert into residents_household (number) select unnest(%(numbers)s) returning number, id"
            self.households |= dict(bulk.fetch(sql, numbers=missing))

    def decide(self, row: Row) -> None:
        """Compare the row with what is known by now, from the database or an earlier row."""
        hashed = self.hashes[row.number]
        record = self._record(row)
        stored = self.stored.get(hashed)
        before = self.said[hashed][0] if hashed in self.said else stored and stored[1]
        settle(row, is_new=before is None, is_changed=record != before)
        self.said[hashed] = (record, row["id_number"], row["phone"])

    def is_as_before(self, hashed: bytes) -> bool:
        """Whether the last word on a resident is what was stored."""
        return hashed in self.stored and self.stored[hashed][1] == self.said[hashed][0]

    def write(self) -> None:
        """Write the last word on every resident."""
        created, changed, moved = [], [], []
        for hashed, (record, number, called) in self.said.items():
            if hashed not in self.stored:
                person, encrypted = cipher.person_key(number.number), cipher.encrypt(number.number, field="id_number")
                created.append((person, encrypted, hashed, _encrypted(called), *record))
                continue
            key, before = self.stored[hashed]
            if record != before:
                changed.append((key, _encrypted(called) if record.phone_hash != before.phone_hash else None, *record))
            if (record.institution_id, record.village_id) != (before.institution_id, before.village_id):
                moved.append(key)
        bulk.insert(Resident, INSERTED, created)
        _update(changed)
        _correct_transfers(moved)

    def doubt(self) -> None:
        """Mark the rows by which somebody left before what is recorded of them."""
        gone = {
            self.stored[hashed][0]: hashed
            for hashed, (record, *_said) in self.said.items()
            if hashed in self.stored and any(record.left) and record.left != self.stored[hashed][1].left
        }
        doubted = {gone[key] for key in contradicted(gone.keys())}
        for row in self.rows:
            if row.is_in and self.hashes[row.number] in doubted:
                row.doubt = _RECORDED_AFTER

    def _check(self, row: Row) -> None:
        number = row["id_number"]
        if self.hashes[row.number] in self.merged:
            raise Rejection("id_number", self.merged[self.hashes[row.number]])
        if row["sex"] and row["sex"] != number.sex:
            typed, said = Sex(row["sex"]).label, Sex(number.sex).label
            raise Rejection("sex", format_lazy(_DIFFERS, typed=typed, said=said))
        if row["birth_date"] and row["birth_date"] != number.birth_date:
            typed, said = row["birth_date"], number.birth_date
            raise Rejection("birth_date", format_lazy(_DIFFERS, typed=typed, said=said))
        known(row, "institution_code", self.institutions, UNKNOWN_INSTITUTION)
        village_id(row["village_code"], "village_code", self.villages)
        _check_dates(row, number.birth_date)
        stored = self.stored.get(self.hashes[row.number])
        if stored and self.scope is not None and stored[1].institution_id not in self.scope:
            raise Rejection("id_number", _NOT_YOURS)
        if row["household_no"] in self.hidden:
            raise Rejection("household_no", _HOUSEHOLD_NOT_YOURS)

    def _record(self, row: Row) -> Record:
        number, called = row["id_number"], row["phone"]
        return Record(
            name=row["name"],
            initials=initials(row["name"])[:60],
            sex=number.sex,
            birth_date=number.birth_date,
            phone_hash=cipher.lookup_hash(called.number, field="phone") if called else None,
            phone_problem=called.problem if called else "empty",
            household_id=self.households.get(row["household_no"]),
            is_head=row["is_head"],
            village_id=village_id(row["village_code"], "village_code", self.villages),
            institution_id=self.institutions[row["institution_code"]],
            address=row["address"],
            registered_on=row["registered_on"],
            moved_out_on=row["moved_out_on"],
            died_on=row["died_on"],
        )


def _check_dates(row: Row, birth_date: date) -> None:
    """What happened to somebody did so after birth, in an order that can be, and not tomorrow."""
    registered, moved, died = row["registered_on"], row["moved_out_on"], row["died_on"]
    if not (registered or moved or died):
        return
    if registered and registered < birth_date:
        raise Rejection("registered_on", BEFORE_BIRTH)
    if moved and moved < birth_date:
        raise Rejection("moved_out_on", BEFORE_BIRTH)
    if died and died < birth_date:
        raise Rejection("died_on", BEFORE_BIRTH)
    check_order(row, "registered_on", "moved_out_on", _MOVED_BEFORE)
    check_order(row, "registered_on", "died_on", _DIED_BEFORE)
    for column in ("registered_on", "died_on"):
        if row[column] and row[column] > today():
            raise Rejection(column, IN_FUTURE)


def _encrypted(called: Phone | None) -> bytes | None:
    return cipher.encrypt(called.number, field="phone") if called else None


def _stored(hashes: Collection[bytes]) -> dict[bytes, tuple[int, Record]]:
    """Hash -> id and record of the residents that are there."""
    rows = bulk.fetch(
        f"select id_hash, id, {', '.join(Record._fields)} from residents_resident where id_hash = any(%(hashes)s)",
        hashes=list(hashes),
    )
    return {bytes(hashed): (key, _as_stored(Record(*values))) for hashed, key, *values in rows}


def _merged(hashes: Collection[bytes], by: User) -> dict[bytes, str | Promise]:
    """Hash -> what to say of records that were merged into another: which, if the account sees it."""
    gone = Resident.objects.filter(id_hash__in=list(hashes), merged_into__isnull=False)
    found: dict[bytes, str | Promise] = {bytes(hashed): _NOT_YOURS for hashed in gone.values_list("id_hash", flat=True)}
    for record in merged_records(list(found), Resident.objects.visible_to(by)) if found else ():
        if record.merged_into:
            found[bytes(record.id_hash)] = merged_words(record.merged_into)
    return found


def _as_stored(record: Record) -> Record:
    return record._replace(phone_hash=bytes(record.phone_hash)) if record.phone_hash else record


def _hidden_households(numbers: Collection[str], scope: Collection[int]) -> frozenset[str]:
    """Those of the households in which people live, but nobody of the account's."""
    rows = bulk.fetch(
        """
        select h.number from residents_household h
        join residents_resident r on r.household_id = h.id
        where h.number = any(%(numbers)s)
        group by h.number having not bool_or(r.institution_id = any(%(scope)s))
        """,
        numbers=list(numbers),
        scope=list(scope),
    )
    return frozenset(number for (number,) in rows)


def _update(rows: Sequence[Sequence[object]]) -> None:
    """Update residents: id, phone cipher, record. The cipher of a number that stays is not written again."""
    if not rows:
        return
    types = {"id": "bigint", **bulk.column_types(Resident, ("phone_cipher", *Record._fields))}
    changes = ", ".join(f"{name} = s.{name}" for name in Record._fields)
    with bulk.staged(types, rows), connection.cursor() as cursor:
        cursor.execute(
            f"""
            update residents_resident r set {changes}, phone_cipher = case
                when r.phone_hash is not distinct from s.phone_hash then r.phone_cipher else s.phone_cipher end
            from {bulk.STAGING} s where r.id = s.id
            """
        )


def _correct_transfers(residents: list[int]) -> None:
    """A corrected place is also where the last transfer led to (rules.md 4: a correction changes the record itself)."""
    if not residents:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update residents_transfer t set to_institution_id = r.institution_id, to_village_id = r.village_id
            from residents_resident r
            where r.id = t.resident_id and r.id = any(%s)
              and t."on" = (select max(l."on") from residents_transfer l where l.resident_id = r.id)
              and (t.to_institution_id, t.to_village_id) is distinct from (r.institution_id, r.village_id)
            """,
            [residents],
        )


RESIDENTS = Kind(
    "residents",
    _("residents"),
    60,
    (
        id_number(required=True),
        text("name", "姓名", 60, required=True, sample="张秀英", synonyms=PEOPLE_NAMES),
        choice("sex", "性别", SEXES, SEX_SYNONYMS, sample="女", help=_("May be left out: the ID number tells it.")),
        day(
            "birth_date",
            "出生日期",
            sample="1960-05-17",
            help=_("May be left out: the ID number tells it."),
            synonyms=("出生年月日", "生日"),
        ),
        phone("phone", "联系电话"),
        code(
            "household_no",
            "家庭编号",
            40,
            sample="341204100201-0001",
            help=_("Those with one number live together."),
            synonyms=("户编号", "户号", "家庭户号", "家庭档案编号"),
        ),
        flag("is_head", "户主", sample="是", synonyms=("是否户主",)),
        code(
            "village_code",
            "村居代码",
            12,
            sample="341204100201",
            synonyms=("村居编码", "村代码", "村(居)代码", "村委会代码"),
        ),
        code(
            "institution_code",
            "管理机构编码",
            40,
            required=True,
            sample="3412040101",
            synonyms=("管理机构代码", "管理机构", *INSTITUTION_HEADINGS, "机构编码", "管理单位编码"),
        ),
        text(
            "address",
            "住址",
            200,
            sample="伍明镇姜堂村12号",
            synonyms=("地址", "家庭住址", "家庭地址", "现住址", "居住地址", "联系地址", "详细地址"),
        ),
        day("registered_on", "建档日期", sample="2016-03-01", synonyms=("建档时间", "登记日期")),
        day("moved_out_on", "迁出日期", help=_("The first day no longer there."), synonyms=("迁出时间", "搬离日期")),
        day("died_on", "死亡日期", synonyms=("死亡时间", "去世日期")),
    ),
    ResidentLoader,
    models=(Household, Resident),
    roles=(Role.ADMINISTRATOR, Role.CLERK),
    group="household_no",
)
