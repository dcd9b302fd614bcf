"""`staff`: who works where, as what."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from teams import cipher
from teams.imports.columns import choice, code, day, phone, text
from teams.imports.institutions import INSTITUTION_HEADINGS, UNKNOWN_INSTITUTION
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import assign, check_order, ids_by_code, known, settle, settle_repeated, values_of
from teams.imports.rows import Rejection, Row
from teams.models import Institution, Staff
from teams.phones import Phone

ROLES = {
    "general_practice": "全科",
    "internal_medicine": "内科",
    "surgery": "外科",
    "gynaecology": "妇科",
    "paediatrics": "儿科",
    "tcm": "中医",
    "public_health": "公共卫生",
    "nurse": "护士",
    "pharmacist": "药师",
    "health_manager": "健康管理师",
    "village_doctor": "乡村医生",
    "specialist": "专科医生",
    "grid_worker": "网格员",
    "other": "其他",
}
ROLE_SYNONYMS = {
    **{"全科医生": "general_practice", "家庭医生": "general_practice", "内科医生": "internal_medicine"},
    **{"外科医生": "surgery", "妇产科": "gynaecology", "妇科医生": "gynaecology", "儿科医生": "paediatrics"},
    **{"中医师": "tcm", "中医医生": "tcm", "公卫": "public_health", "公卫医师": "public_health"},
    **{"公卫人员": "public_health", "护理": "nurse", "药剂师": "pharmacist", "村医": "village_doctor"},
    **{"专科": "specialist", "上级医院专家": "specialist", "网格": "grid_worker"},
}
FIELDS = ("name", "job", "institution_id", "joined_on", "left_on")

_NOT_YOURS = _("A staff member with this number cannot be changed by your account.")
_LEFT_BEFORE = _("The day of leaving lies before the day of joining.")


class StaffLoader(Loader):
    """Staff are found by their number."""

    def load(self, rows: Sequence[Row]) -> None:
        self.institutions = ids_by_code(Institution.objects.visible_to(self.by), values_of(rows, "institution_code"))
        numbers = values_of(rows, "staff_no")
        self.stored = {staff.staff_no: staff for staff in Staff.objects.filter(staff_no__in=numbers)}
        visible = Staff.objects.visible_to(self.by).filter(staff_no__in=numbers)
        self.hidden = self.stored.keys() - visible.values_list("staff_no", flat=True)
        self.created: list[Staff] = []
        self.changed: dict[str, Staff] = {}
        self.told = {number: _told(staff) for number, staff in self.stored.items()}
        for row in rows:
            try:
                self._take(row)
            except Rejection as refusal:
                row.reject(refusal.column, refusal.message)
        settle_repeated(((row, row["staff_no"]) for row in rows), self._is_as_before)
        changed = [staff for number, staff in self.changed.items() if not self._is_as_before(number)]
        Staff.objects.bulk_create(self.created)
        Staff.objects.bulk_update(changed, [*FIELDS, "phone_cipher", "phone_hash"], batch_size=1000)

    def _is_as_before(self, number: str) -> bool:
        return number in self.told and self.told[number] == _told(self.stored[number])

    def _take(self, row: Row) -> None:
        number = row["staff_no"]
        if number in self.hidden:
            raise Rejection("staff_no", _NOT_YOURS)
        values = {"name": row["name"], "job": row["role"], "joined_on": row["joined_on"], "left_on": row["left_on"]}
        values["institution_id"] = known(row, "institution_code", self.institutions, UNKNOWN_INSTITUTION)
        check_order(row, "joined_on", "left_on", _LEFT_BEFORE)
        staff = self.stored.get(number)
        is_new = staff is None
        if staff is None:
            staff = self.stored[number] = Staff(staff_no=number)
            self.created.append(staff)
        is_changed = assign(staff, values | _phone_values(staff, row["phone"]))
        if is_changed and staff.pk:
            self.changed[number] = staff
        settle(row, is_new=is_new, is_changed=is_changed)


def _told(staff: Staff) -> tuple[object, ...]:
    """What a file may say of a staff member."""
    return (*(getattr(staff, field) for field in FIELDS), staff.phone_hash and bytes(staff.phone_hash))


def _phone_values(staff: Staff, phone: Phone | None) -> dict[str, Any]:
    """The phone's columns when it is another number than the one stored: equal ones are not encrypted again."""
    hashed = cipher.lookup_hash(phone.number, field="phone") if phone else None
    if hashed == (bytes(staff.phone_hash) if staff.phone_hash else None):
        return {}
    encrypted = cipher.encrypt(phone.number, field="phone") if phone else None
    return {"phone_hash": hashed, "phone_cipher": encrypted}


STAFF = Kind(
    "staff",
    _("staff"),
    40,
    (
        code("staff_no", "工号", 40, required=True, sample="YQ0001", synonyms=("人员工号", "职工编号", "员工编号")),
        text("name", "姓名", 60, required=True, sample="李医生", synonyms=("人员姓名", "医生姓名", "职工姓名")),
        choice("role", "岗位", ROLES, ROLE_SYNONYMS, required=True, sample="全科", synonyms=("岗位类别", "岗位名称")),
        code("institution_code", "机构编码", 40, required=True, sample="34120401", synonyms=INSTITUTION_HEADINGS),
        phone("phone", "联系电话"),
        day("joined_on", "入职日期", sample="2015-07-01", synonyms=("入职时间", "到岗日期")),
        day("left_on", "离职日期", synonyms=("离职时间", "离岗日期")),
    ),
    StaffLoader,
    models=(Staff,),
)
