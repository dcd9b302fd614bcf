"""`targets` on their way in from files: what indicators are to reach in a year (docs/formats.md)."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from assessments.actions.targets import Goal, set_target
from assessments.models import Target
from residents.categories import ALL
from residents.imports.registers import NAMES, category_parser
from service_packages.imports import GROUPS
from teams.cells import CellError, normalise, parse_decimal
from teams.imports.columns import Column, choice, code, text, whole
from teams.imports.institutions import UNKNOWN_INSTITUTION
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import known, load_in_rounds, settle, values_of
from teams.imports.rows import Rejection, Row
from teams.models import Institution
from teams.rules import RuleViolation

# English code -> Chinese name, for the template and for cells that hold the name.
INDICATOR_NAMES = {
    "coverage": "签约覆盖率",
    "paid_coverage": "有偿签约率",
    "household_coverage": "家庭签约率",
    "renewal": "续签率",
    "item_completion": "服务项目完成率",
    "item_on_time": "服务项目及时率",
    "package_completion": "服务包完成率",
    "unserved": "签而不约率",
    "managed": "规范管理率",
    "controlled": "控制率",
    "primary_share": "基层就诊比例",
    "visit_cost": "次均费用",
    "satisfaction": "满意度",
    "awareness": "知晓率",
    "phone_valid": "电话有效率",
}
# As the page of targets names them; what else people write means the same.
SCOPE_NAMES = {"all": "全区", "urban": "城市", "rural": "农村", "institution": "单个机构"}
SCOPE_WORDS = {"全部": "all", "城区": "urban", "城镇": "urban", "机构": "institution"}


def parse_rate(cell: object) -> Decimal:
    """A rate in per cent, with or without its sign; 0.35, which is what a cell shown as 35 % holds, is asked back.

    Raises CellError: those of `parse_decimal`, not_per_cent.
    """
    typed = normalise(cell) if isinstance(cell, str) else cell
    if isinstance(typed, str) and typed.endswith("%"):
        return parse_decimal(typed.removesuffix("%"), digits=5)
    rate = parse_decimal(typed, digits=5)
    if 0 < rate < 1:
        raise CellError(
            "not_per_cent", _("Less than 1 per cent: 35 per cent is written 35 (with or without its sign).")
        )
    return rate


class TargetLoader(Loader):
    """Targets are found by indicator, category, year and scope."""

    def load(self, rows: Sequence[Row]) -> None:
        self.category = category_parser(GROUPS)
        codes = values_of(rows, "institution_code")
        self.institutions = {
            row.code: row for row in Institution.objects.visible_to(self.by).filter(code__in=set(codes))
        }
        self.goals: dict[int, Goal] = {}
        for row in rows:
            try:
                self.goals[row.number] = self._goal(row)
            except Rejection as refusal:
                row.reject(refusal.column, refusal.message)
        readable = [row for row in rows if row.outcome is None]
        load_in_rounds(readable, lambda row: self.goals[row.number], self._set, _told)

    def _goal(self, row: Row) -> Goal:
        institution = None
        if row["institution_code"]:
            institution = known(row, "institution_code", self.institutions, UNKNOWN_INSTITUTION)
        try:
            category = self.category(row["category"]) if row["category"] else ALL
        except CellError as error:
            raise Rejection("category", error.message) from None
        return Goal(
            indicator=row["indicator"],
            category=category,
            year=row["year"],
            scope=row["scope"] or ("institution" if institution else "all"),
            institution=institution,
        )

    def _set(self, rows: Sequence[Row]) -> None:
        for row in rows:
            try:
                done = set_target(goal=self.goals[row.number], rate=row["rate"], count=row["count"], by=self.by)
            except RuleViolation as refusal:
                row.reject(COLUMN_OF.get(refusal.code, "indicator"), refusal.message)
            else:
                settle(row, is_new=done.is_new, is_changed=done.is_changed)


def _told(goals: Collection[Goal]) -> dict[Goal, object]:
    rows = Target.objects.filter(year__in={goal.year for goal in goals}).select_related("institution")
    return {
        Goal(row.indicator, row.category, row.year, row.scope, row.institution): (row.rate, row.count) for row in rows
    }


# The cell that a broken rule is about.
COLUMN_OF = {
    "target.category": "category",
    "target.scope": "scope",
    "target.value": "rate",
    "target.rate": "rate",
    "target.count": "count",
}


TARGETS = Kind(
    "targets",
    _("targets"),
    35,
    (
        choice("indicator", "指标", INDICATOR_NAMES, required=True, sample="签约覆盖率"),
        text("category", "人群", 40, choices=NAMES | GROUPS, sample="全部人群", help=_("Left empty: everyone.")),
        whole("year", "年份", 1949, 2100, required=True, sample=2018),
        choice("scope", "范围", SCOPE_NAMES, SCOPE_WORDS, sample="全区"),
        code("institution_code", "机构编码", 40),
        Column("rate", "比率", parse_rate, kind="number", sample=30, help=_("Per cent: 30 is 30 %; yuan for a cost.")),
        whole("count", "人数", 0, 2_000_000_000),
    ),
    TargetLoader,
    models=(Target,),
    is_of_district=True,
)
