"""`packages` and `payer_shares` on their way in from files (docs/formats.md): a line per item, a line per share."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from residents.categories import ALL, KEY
from residents.imports.registers import NAMES, category_parser
from service_packages.actions.versions import define, set_shares
from service_packages.models import STANDARD_KINDS, Item, Package, PackageItem, PackageVersion, PayerShare
from service_packages.rules import MOST_TIMES_A_YEAR, ItemLine
from service_packages.windows import Windows, parse_windows
from teams.cells import CellError, parse_text
from teams.imports.columns import Column, choice, code, codes, money, text, whole
from teams.imports.kinds import Kind, Loader
from teams.imports.lookups import settle, settle_repeated, values_of
from teams.imports.rows import Rejection, Row
from teams.rules import RuleViolation

TIERS = {"basic": "基础包", "personalised": "个性化包"}
TIER_SYNONYMS = {"基础": "basic", "基本包": "basic", "个性化": "personalised", "个性包": "personalised"}
ITEM_KINDS = dict(
    zip(
        STANDARD_KINDS,
        ("高血压随访", "2型糖尿病随访", "严重精神障碍随访", "肺结核随访", "老年人健康体检"),
        strict=True,
    )
)
PAYERS = {
    "public_health_fund": "基本公共卫生经费",
    "medical_insurance": "医保基金",
    "resident": "个人",
    "finance": "财政",
    "civil_affairs": "民政",
    "disabled_federation": "残联",
    "poverty_relief": "扶贫",
    "family_planning": "计生",
    "institution_discount": "机构减免",
    "city_finance": "市级财政",
    "district_finance": "区级财政",
}
PAYER_SYNONYMS = {
    **{"公卫": "public_health_fund", "公卫经费": "public_health_fund", "基本公卫": "public_health_fund"},
    **{"医保": "medical_insurance", "新农合": "medical_insurance", "居民": "resident", "自付": "resident"},
    **{"自费": "resident", "财政补助": "finance", "医疗机构减免": "institution_discount"},
}
GROUPS = {ALL: "全部人群", KEY: "重点人群"}
UNKNOWN_PACKAGE = _("There is no package with the code “{code}”.")
_DISAGREES = _("Differs from an earlier line of the same package.")
_ITEM_DISAGREES = _("Differs from an earlier line of the same item.")


class PackageLoader(Loader):
    """Takes the file as a whole: a package is defined once, with the items that it has and those of its lines."""

    def load(self, rows: Sequence[Row]) -> None:
        self.category = category_parser(GROUPS)
        wanted = values_of(rows, "item_code")
        self.items = {item.code: (item.name, item.kind) for item in Item.objects.filter(code__in=wanted)}
        self.named: dict[str, tuple[str, str]] = {}  # what the file says of an item
        for package, lines in _by(rows, "package_code"):
            self._load_package(package, lines)

    def _load_package(self, package: str, lines: Sequence[Row]) -> None:
        shared: dict[str, Any] = {}
        for row in lines:
            try:
                self._agree(row, shared)
            except Rejection as refusal:
                row.reject(refusal.column, refusal.message)
        good = [row for row in lines if row.outcome is None]
        if good:
            self._define(package, good, _Shared.of(shared))

    def _define(self, package: str, lines: Sequence[Row], shared: "_Shared") -> None:
        present = _published(package)
        stored = _lines_of(present)
        merged = dict(stored)
        fates = [self._merge(row, merged) for row in lines]
        try:
            define(code=package, items=list(merged.values()), by=self.by, **shared._asdict())
        except RuleViolation as violation:
            for row in lines:
                row.reject("", violation.message)
            return
        is_other = present is None or _Shared.stored(present) != shared
        for row, (is_new, is_renamed, is_changed) in zip(lines, fates, strict=True):
            before, after = stored.get(row["item_code"]), merged[row["item_code"]]
            is_changed &= before is None or before[3:] != after[3:]  # whatever its lines said one after the other
            settle(row, is_new=is_new, is_changed=is_changed or is_renamed or is_other)
            is_other = False  # told by the first line of the package

    def _agree(self, row: Row, shared: dict[str, Any]) -> None:
        """Refuse a line that says something else of its package or item than an earlier one; keep what it says."""
        said = {column: row[column] for column in _Shared.columns() if row[column] not in (None, "", ())}
        if "categories" in said:
            said["categories"] = self._categories(said["categories"])
        for column, value in said.items():
            if shared.get(column, value) != value:
                raise Rejection(column, _DISAGREES)
        name, kind = self.named.get(row["item_code"], (row["item_name"], row["item_kind"]))
        if name != row["item_name"]:
            raise Rejection("item_name", _ITEM_DISAGREES)
        if kind and row["item_kind"] not in ("", kind):
            raise Rejection("item_kind", _ITEM_DISAGREES)
        self.named[row["item_code"]] = (name, kind or row["item_kind"])
        shared |= said

    def _categories(self, names: Iterable[str]) -> frozenset[str]:
        try:
            found = frozenset(self.category(name) for name in names)
        except CellError as error:
            raise Rejection("categories", error.message) from None
        return frozenset() if ALL in found else found

    def _merge(self, row: Row, merged: dict[str, ItemLine]) -> tuple[bool, bool, bool]:
        """Put the line's item among the package's; whether it is new there, renamed, and whether it changes what the
        package holds of it: times, price, windows."""
        item = row["item_code"]
        before = merged.get(item)
        windows = row["windows"] or (before.windows if before else None)
        line = ItemLine(item, *self.named[item], row["times_per_year"], row["unit_price"], windows)
        merged[item] = line
        name, kind = self.items.get(item, ("", ""))
        self.items[item] = (line.name, line.kind or kind)
        is_renamed = self.items[item] != (name, kind)
        if before is None:
            return True, False, False
        return False, is_renamed, before[3:] != line[3:]


class _Shared(NamedTuple):
    """What belongs to a package, and may stand in each of its lines; an empty cell says nothing there."""

    name: str
    tier: str
    categories: frozenset[str]
    annual_price: Decimal | None

    @staticmethod
    def columns() -> tuple[str, ...]:
        """The columns of a file."""
        return ("package_name", "tier", "categories", "annual_price")

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "_Shared":
        """What the lines of a package say together."""
        tier = said.get("tier", PackageVersion.Tier.BASIC.value)
        return cls(said["package_name"], tier, said.get("categories", frozenset()), said.get("annual_price"))

    @classmethod
    def stored(cls, version: PackageVersion) -> "_Shared":
        """What stands in a version."""
        return cls(version.name, version.tier, frozenset(version.categories), version.annual_price)


class ShareLoader(Loader):
    """Takes the file as a whole: the shares of a package must add up. Payers whom no line names stay as they are."""

    def load(self, rows: Sequence[Row]) -> None:
        self.category = category_parser({ALL: GROUPS[ALL]})
        for row in rows:
            try:
                category = self.category(row["category"]) if row["category"] else ""
            except CellError as error:
                row.reject("category", error.message)
            else:
                row.values["category"] = "" if category == ALL else category
        for package, lines in _by([row for row in rows if row.outcome is None], "package_code"):
            for category, same in _by(lines, "category"):
                self._load_shares(package, category, same)

    def _load_shares(self, package: str, category: str, lines: Sequence[Row]) -> None:
        version = _published(package)
        if version is None:
            for row in lines:
                row.reject("package_code", format_lazy(UNKNOWN_PACKAGE, code=package))
            return
        present = dict(version.shares.filter(category=category).values_list("payer", "amount"))
        stored, said = dict(present), {row["payer"]: row["amount"] for row in lines}
        merged = stored | said
        # A file that names every payer anew leaves the others out.
        shares = said if sum(merged.values()) != version.price == sum(said.values()) else merged
        try:
            set_shares(version=version, category=category, shares=shares, by=self.by)
        except RuleViolation as violation:
            for row in lines:
                row.reject("amount", violation.message)
            return
        for row in lines:
            before = stored.get(row["payer"])
            settle(row, is_new=before is None, is_changed=before != row["amount"])
            stored[row["payer"]] = row["amount"]
        settle_repeated(((row, row["payer"]) for row in lines), lambda payer: present.get(payer) == said[payer])


def _by(rows: Iterable[Row], column: str) -> Iterable[tuple[str, list[Row]]]:
    """The rows by a column's value, in order of its first appearance."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups.items()


def _published(package: str) -> PackageVersion | None:
    return PackageVersion.objects.filter(package__code=package, status=PackageVersion.Status.PUBLISHED).first()


def _lines_of(version: PackageVersion | None) -> dict[str, ItemLine]:
    rows = version.items.select_related("item") if version else ()
    return {
        row.item.code: ItemLine(
            row.item.code, row.item.name, row.item.kind, row.times_per_year, row.unit_price, row.windows
        )
        for row in rows
    }


def _item_kind(cell: object) -> str:
    """The kind of an item: one that feeds a standard by code or Chinese name, or a word of the district's own."""
    typed = parse_text(cell, 40)
    return {label: kind for kind, label in ITEM_KINDS.items()}.get(typed, typed)


def _windows(cell: object) -> Windows:
    """What windows are counted from and when (service_packages.windows)."""
    try:
        return parse_windows(parse_text(cell, 400))
    except RuleViolation as violation:
        raise CellError(violation.code, format_lazy("{message}", message=violation.message)) from None


ITEM_HEADINGS = ("项目代码", "服务项目编码", "服务项目代码")
_PACKAGE_CODE = code("package_code", "服务包编码", 40, required=True, sample="HTN", synonyms=("服务包代码", "包编码"))

PACKAGES = Kind(
    "packages",
    _("packages"),
    80,
    (
        _PACKAGE_CODE,
        text("package_name", "服务包名称", 80, required=True, sample="高血压个性化服务包", synonyms=("包名称",)),
        choice("tier", "层级", TIERS, TIER_SYNONYMS, sample="个性化包"),
        codes("categories", "适用人群", choices=NAMES | GROUPS, sample="高血压患者"),
        money("annual_price", "年价格", sample=120, help=_("Yuan a year; left empty, the sum over the items.")),
        code("item_code", "项目编码", 40, required=True, sample="HTN01", synonyms=ITEM_HEADINGS),
        text("item_name", "项目名称", 80, required=True, sample="血压随访", synonyms=("服务项目名称", "服务项目")),
        Column("item_kind", "项目类型", _item_kind, blank="", sample="高血压随访", choices=ITEM_KINDS),
        whole("times_per_year", "年次数", 1, MOST_TIMES_A_YEAR, required=True, sample=4, synonyms=("次数", "每年次数")),
        money("unit_price", "单价", blank=Decimal("0.00"), sample=30),
        Column(
            "windows",
            "服务时段",
            _windows,
            help=_("Left empty: spread over the contract year. Else what is counted from and when: 月龄 1, 3, 6-8."),
        ),
    ),
    PackageLoader,
    models=(Item, Package, PackageVersion, PackageItem, PayerShare),
    shown={PackageItem: ("item_code", "item")},
    is_of_district=True,
    batch_rows=None,
)

PAYER_SHARES = Kind(
    "payer_shares",
    _("payer shares"),
    90,
    (
        _PACKAGE_CODE,
        text("category", "适用人群", 40, choices=NAMES | {ALL: GROUPS[ALL]}, help=_("Left empty: everyone else.")),
        choice("payer", "支付方", PAYERS, PAYER_SYNONYMS, required=True, sample="个人"),
        money("amount", "金额", required=True, sample=120, help=_("All shares add up to the price of the package.")),
    ),
    ShareLoader,
    models=(PackageVersion, PackageItem, PayerShare),
    shown={PayerShare: ("payer", "payer")},
    is_of_district=True,
    batch_rows=None,
)
