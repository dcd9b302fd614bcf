"""`contracts`: a line per covered resident. What belongs to the contract stands in each of its lines."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.imports import refusing
from contracts.imports.stored import Cover, Head, Key, Stored
from contracts.imports.undoing import obligations_follow
from contracts.imports.writing import Change, write
from contracts.models import Charge, Contract, Coverage, CoveragePackage, Obligation
from contracts.rules import check_term
from residents.identity import IdNumber
from residents.imports.people import IN_FUTURE, find_people, id_number, known_person
from residents.models import Resident
from service_packages.imports import UNKNOWN_PACKAGE
from service_packages.models import PackageVersion
from teams.cells import parse_text
from teams.clock import today
from teams.dates import ONE_DAY
from teams.imports.columns import Column, code, codes, day
from teams.imports.kinds import Account, Kind, Loader
from teams.imports.lookups import check_order, ids_by_code, known, known_code, settle, settle_repeated, values_of
from teams.imports.rows import Rejection, Row
from teams.models import Role, Team, User

REASONS = {"request": "居民要求", "moved": "迁出", "died": "死亡", "lost": "失访", "other": "其他", "changed": "变更"}

SIGNERS = ("代表人身份证号码", "签约人身份证号", "户主身份证号", "代表人证件号码")
UNKNOWN_TEAM = _("There is no team with the code “{code}”.")
_NOT_YOURS = _("A contract with this number cannot be changed by your account.")
_DISAGREES = _("Differs from an earlier line of the same contract.")
_TERMINATED_BEFORE = _("The day of termination lies before the first day.")
_OVERLAP = _("Overlaps contract {number}, in force from {start} to {end}. Change the dates, or end that one first.")
_OVERLAP_ELSEWHERE = _("Overlaps a contract with another institution, in force from {start} to {end}.")


class Said(NamedTuple):
    """What a line says of its contract; an empty representative says nothing."""

    team_code: str
    signed_on: date
    representative_id_number: str

    @classmethod
    def by(cls, row: Row) -> "Said":
        """What the row says."""
        representative: IdNumber | None = row["representative_id_number"]
        return cls(row["team_code"], row["signed_on"], representative.number if representative else "")

    def check_agrees(self, earlier: "Said") -> "Said":
        """What the two say together. Raises Rejection where they differ."""
        for column in ("team_code", "signed_on"):
            if getattr(self, column) != getattr(earlier, column):
                raise Rejection(column, _DISAGREES)
        mine, other = self.representative_id_number, earlier.representative_id_number
        if mine and other and mine != other:
            raise Rejection("representative_id_number", _DISAGREES)
        return self if mine else earlier


class Overlap(Rejection):
    """Another coverage is in the way, unless a line further down ends it."""


class ContractLoader(Loader):
    """Lines are taken in the file's order, each against what is stored and what the lines before it said.

    Those that overlap something are tried again after the others: a line may stand before the one that makes room.
    """

    remembers = True

    def __init__(self, by: Account) -> None:
        super().__init__(by)
        self.said: dict[str, Said] = {}

    def remember(self, rows: Sequence[Row]) -> None:
        for row in rows:
            number, said = row["contract_no"], Said.by(row)
            self.said[number] = said.check_agrees(self.said[number]) if number in self.said else said

    def load(self, rows: Sequence[Row]) -> None:
        batch = Batch(rows, self)
        waiting, tried = rows, 0
        while len(waiting) != tried:
            tried = len(waiting)
            waiting = [row for row in waiting if not _is_settled(row, batch)]
        settle_repeated(((row, batch.key_of(row)) for row in rows if row.is_in), batch.is_as_before)
        write(batch.stored, batch.heads, batch.changes_to_write, batch.versions)


def _is_settled(row: Row, batch: "Batch") -> bool:
    """Whether the line is in or refused for good; an overlap is refused until it is taken after all."""
    row.reset()
    try:
        batch.take(row)
    except Rejection as refusal:
        row.reject(refusal.column, refusal.message)
        return not isinstance(refusal, Overlap)
    return True


class Batch:
    """Some lines, what is stored of their contracts and residents, and what the lines make of it."""

    def __init__(self, rows: Sequence[Row], loader: ContractLoader) -> None:
        by = loader.by
        self.earlier = loader.said
        self.said: dict[str, Said] = {}
        people = values_of(rows, "id_number", "representative_id_number")
        self.people = find_people(people, Resident.objects.visible_to(by))
        self.teams = ids_by_code(Team.objects.visible_to(by), values_of(rows, "team_code"))
        published = PackageVersion.objects.filter(status=PackageVersion.Status.PUBLISHED)
        packages = {package for row in rows for package in row["package_codes"]}
        self.versions = ids_by_code(published, packages, "package__code")
        self.stored = Stored(values_of(rows, "contract_no"), [person.id for person in self.people.values()])
        self.hidden = _hidden(self.stored, by)
        self.heads = dict(self.stored.heads)
        self.covers = dict(self.stored.covers)
        self.keys: dict[int, list[Key]] = defaultdict(list)
        for key in self.covers:
            self.keys[key[1]].append(key)
        self.changes: list[Change] = []

    def take(self, row: Row) -> None:
        """Compare a line with what is there by now, and keep what it changes. Raises Rejection."""
        number = row["contract_no"]
        if number in self.hidden:
            raise Rejection("contract_no", _NOT_YOURS)
        key = self.key_of(row)
        said = Said.by(row)
        earlier = self.said.get(number) or self.earlier.get(number)
        said = said.check_agrees(earlier) if earlier else said
        head, cover = self._head(row), self._cover(row, key)
        self._check_overlap(key, cover)
        before = self.covers.get(key)
        settle(row, is_new=before is None, is_changed=cover != before or head != self.heads.get(number))
        self.said[number], self.heads[number] = said, head
        if cover != before:
            self.changes.append(Change(key, cover, is_new=before is None))
            self.covers[key] = cover
        if before is None:
            self.keys[key[1]].append(key)

    def key_of(self, row: Row) -> Key:
        """The coverage of a row that is in."""
        return row["contract_no"], known_person(row, "id_number", self.people).id

    def is_as_before(self, key: Key) -> bool:
        """Whether the coverage and its contract end as they are stored, whatever their lines say in turn."""
        return (self.stored.covers.get(key), self.stored.heads.get(key[0])) == (self.covers[key], self.heads[key[0]])

    @property
    def changes_to_write(self) -> list[Change]:
        """Those of residents with a coverage that ends otherwise; coverages of one may make room for each other."""
        stored, covers = self.stored.covers, self.covers
        touched = {change.key[1] for change in self.changes if stored.get(change.key) != covers[change.key]}
        return [change for change in self.changes if change.key[1] in touched]

    def _head(self, row: Row) -> Head:
        team = known(row, "team_code", self.teams, UNKNOWN_TEAM)
        if row["signed_on"] > today():
            raise Rejection("signed_on", IN_FUTURE)
        present = self.heads.get(row["contract_no"])
        representative = present.representative_id if present else None
        if row["representative_id_number"]:
            representative = known_person(row, "representative_id_number", self.people).id
        return Head(team, row["signed_on"], representative)

    def _cover(self, row: Row, key: Key) -> Cover:
        with refusing("end_on"):
            check_term(row["start_on"], row["end_on"])
        check_order(row, "start_on", "terminated_on", _TERMINATED_BEFORE)
        present = self.covers.get(key)
        for package in row["package_codes"]:
            if not present or package not in present.packages:
                known_code(package, "package_codes", self.versions, UNKNOWN_PACKAGE)
        return Cover(
            row["start_on"],
            row["end_on"],
            row["terminated_on"],
            row["termination_reason"],
            frozenset(row["package_codes"]),
        )

    def _check_overlap(self, key: Key, cover: Cover) -> None:
        """A resident has at most one coverage at a time (rules.md 1)."""
        for other in self.keys[key[1]]:
            found = self.covers[other]
            if other != key and cover.overlaps(found):
                message = _OVERLAP_ELSEWHERE if other[0] in self.hidden else _OVERLAP
                start, end = found.start_on, found.stop - ONE_DAY
                raise Overlap("start_on", format_lazy(message, number=other[0], start=start, end=end))


def _hidden(stored: Stored, by: User) -> frozenset[str]:
    """Numbers of contracts that the account doesn't see."""
    if by.scope.is_district:
        return frozenset()
    numbers = {*stored.heads, *(number for number, _resident in stored.covers)}
    visible = Contract.objects.visible_to(by).filter(number__in=numbers)
    return frozenset(numbers - set(visible.values_list("number", flat=True)))


def _reason(cell: object) -> str:
    """Why it ended: one of REASONS by code or Chinese name, or the words typed."""
    typed = parse_text(cell, 40)
    return {label: reason for reason, label in REASONS.items()}.get(typed, typed)


CONTRACTS = Kind(
    "contracts",
    _("contracts"),
    100,
    (
        code(
            "contract_no",
            "协议编号",
            60,
            required=True,
            sample="YQ2018-000001",
            synonyms=("协议号", "协议书编号", "签约编号", "合同编号"),
        ),
        id_number(required=True),
        id_number(
            "representative_id_number", "代表人身份证号", help=_("Who signed for the household."), synonyms=SIGNERS
        ),
        code(
            "team_code",
            "团队编码",
            40,
            required=True,
            sample="YQT001",
            synonyms=("团队代码", "团队编号", "签约团队编码"),
        ),
        day("signed_on", "签约日期", required=True, sample="2018-01-01", synonyms=("签约时间", "签订日期")),
        day(
            "start_on",
            "生效日期",
            required=True,
            sample="2018-01-01",
            synonyms=("起始日期", "开始日期", "协议开始日期"),
        ),
        day(
            "end_on",
            "到期日期",
            required=True,
            sample="2018-12-31",
            help=_("The last day in force."),
            synonyms=("截止日期", "结束日期", "协议到期日期", "失效日期"),
        ),
        codes("package_codes", "服务包编码", sample="BASIC;HTN", synonyms=("服务包代码", "签约服务包", "服务包")),
        day(
            "terminated_on", "解约日期", help=_("The first day no longer in force."), synonyms=("解约时间", "终止日期")
        ),
        Column("termination_reason", "解约原因", _reason, blank="", choices=REASONS, synonyms=("终止原因",)),
    ),
    ContractLoader,
    models=(Contract, Coverage, CoveragePackage, Charge, Obligation),
    derived=(Obligation,),
    rederive=obligations_follow,
    shown={CoveragePackage: ("package_codes", "version")},
    roles=(Role.ADMINISTRATOR, Role.CLERK),
    group="contract_no",
)
