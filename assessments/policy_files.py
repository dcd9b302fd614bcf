"""A place's policy as a file (assessments/policies/*.toml, docs/policies.md): terms and team rules, catalogue, payers,
targets. Reading checks its shape; whether a package makes sense is for the rules of packages to say."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.actions.funds import TERMS, FundTerms
from assessments.indicators import BY_CODE
from assessments.models import FundVersion, Target
from service_packages.models import Payer
from service_packages.rules import Conditions, ItemLine
from service_packages.windows import parse_windows
from teams.models import Staff
from teams.policy import DEFAULTS
from teams.rules import RuleViolation

FOLDER = Path(__file__).parent / "policies"
REST, OF_ITEMS = "rest", "items"
_HEAD = {"name", "year", "source", "based_on", "only", "resident_population", "rubric"}
_PARTS = {"settings", "registers", "items", "packages", "rest", "relief", "targets", "funds"}
_ITEM = {"code", "name", "kind", "modes", "performers", "readings", "deciding", "price"}
_TERMS = {"price", "payers"}
_CONDITIONS = set(Conditions._fields) - {"year"}
_PACKAGE = {"code", "name", "tier", "categories", "items"} | _TERMS | _CONDITIONS
_FUND = {"code", "name", "payers", "packages", "jobs", *TERMS}
_TARGET = {"indicator", "category", "year", "scope", "rate", "count", "share"}


@dataclass(frozen=True)
class ItemPolicy:
    """An item: `rules` are its modes, performers, readings and deciding rules."""

    code: str
    name: str
    kind: str
    price: Decimal
    rules: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class PackagePolicy:
    """A package with the shares of everyone else (""), and of those whom somebody relieves."""

    code: str
    name: str
    tier: str
    categories: Sequence[str]
    price: Decimal | None
    lines: Sequence[ItemLine]
    shares: Mapping[str, Mapping[str, Decimal]]
    conditions: Conditions


@dataclass(frozen=True)
class TargetPolicy:
    """A target: a rate in per cent, a head count, or a share in per cent of the resident population as a head count."""

    indicator: str
    category: str
    year: int
    scope: str
    rate: Decimal | None
    count: int | None
    share: Decimal | None


@dataclass(frozen=True)
class FundPolicy:
    """A fund and its rule."""

    code: str
    name: str
    terms: FundTerms


@dataclass(frozen=True)
class Policy:
    """What a place's file says, with what it takes from the file that it is based on."""

    name: str
    settings: Mapping[str, int]
    settings_from: date | None
    registers: Mapping[str, str]
    items: Sequence[ItemPolicy]
    packages: Sequence[PackagePolicy]
    targets: Sequence[TargetPolicy]
    funds: Sequence[FundPolicy]
    resident_population: int | None
    rubric: str = ""  # of those that come with the product (assessments/rubrics)


def policies() -> list[str]:
    """Names of the policies that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_policy(name: str) -> Policy:
    """The policy of that name, or of a file of one's own when the name ends with .toml.

    Raises RuleViolation: policy.unknown, .unreadable, .wrong; the message names the file and the place in it.
    """
    said = _read(name)
    base = _read(said["based_on"]) if "based_on" in said else {}
    items = {row["code"]: row for row in (*base.get("items", ()), *said.get("items", ()))}
    taken = {row["code"]: row for row in base.get("packages", ())}
    own = {row["code"]: taken.get(row["code"], {}) | row for row in said.get("packages", ())}
    rows = {code: row | said.get("rest", {}) for code, row in taken.items()} | own
    wanted = said.get("only", list(rows))
    settings = dict(said.get("settings", {}))
    reader = _Reader(name, said, {code: _item(name, row) for code, row in items.items()})
    packages = [reader.package(row) for code, row in rows.items() if code in wanted]
    used = {line.code for package in packages for line in package.lines}
    return Policy(
        name=said["name"],
        settings_from=settings.pop("from_on", None),
        settings=settings,
        registers={row["code"]: row["name"] for row in (*base.get("registers", ()), *said.get("registers", ()))},
        items=[item for code, item in reader.items.items() if code in used],
        packages=packages,
        targets=[reader.target(row) for row in said.get("targets", ())],
        funds=[reader.fund(row) for row in said.get("funds", ())],
        resident_population=said.get("resident_population"),
        rubric=said.get("rubric", ""),
    )


class _Reader:
    """Reads the parts of one file; every refusal names it."""

    def __init__(self, file: str, said: Mapping[str, Any], items: Mapping[str, ItemPolicy]) -> None:
        self.file, self.items = file, items
        self.year: int = said["year"]
        self.relief: Mapping[str, str] = said.get("relief", {})

    def package(self, row: Mapping[str, Any]) -> PackagePolicy:
        """A row of [[packages]]."""
        where = f"packages {row.get('code')}"
        _check_keys(self.file, where, row, _PACKAGE, needed=("code", "name", "price", "items"))
        lines = [self._line(where, entry) for entry in row["items"]]
        price = None if row["price"] == OF_ITEMS else _money(self.file, where, row["price"])
        total = sum((line.unit_price * line.times_per_year for line in lines), Decimal(0)) if price is None else price
        said = {key: row[key] for key in _CONDITIONS & row.keys()}
        said |= {key: frozenset(said[key]) for key in ("required", "free_for") if key in said}
        return PackagePolicy(
            code=row["code"],
            name=row["name"],
            tier=row.get("tier", "personalised"),
            categories=row.get("categories", []),
            price=price,
            lines=lines,
            shares=self._shares(where, row.get("payers", {}), total),
            conditions=Conditions(year=self.year, **said),
        )

    def target(self, row: Mapping[str, Any]) -> TargetPolicy:
        """A row of [[targets]]."""
        where = f"targets {row.get('indicator')}"
        _check_keys(self.file, where, row, _TARGET, needed=("indicator",))
        _check_one_of(self.file, where, row["indicator"], BY_CODE)
        _check_one_of(self.file, where, row.get("scope", "all"), set(Target.Scope.values) - {"institution"})
        if len({"rate", "count", "share"} & row.keys()) != 1:
            raise _wrong(self.file, where, _("name a rate, a count or a share, one of them"))
        rate, share = (_money(self.file, where, row[key]) if key in row else None for key in ("rate", "share"))
        category, year, scope = row.get("category", "all"), row.get("year", self.year), row.get("scope", "all")
        return TargetPolicy(row["indicator"], category, year, scope, rate, row.get("count"), share)

    def fund(self, row: Mapping[str, Any]) -> FundPolicy:
        """A row of [[funds]]: fields of `TERMS`, payers, weights of packages and of jobs."""
        where = f"funds {row.get('code')}"
        _check_keys(self.file, where, row, _FUND, needed=("code", "name", "payers"))
        for part, known in (("payers", Payer.values), ("jobs", Staff.Job.values)):
            for code in row.get(part, {}):
                _check_one_of(self.file, where, code, known)
        fields = {name: self._term(where, name, row[name]) for name in TERMS if name in row}
        said = [row.get(part, {}) for part in ("payers", "packages", "jobs")]
        parts = [{code: _money(self.file, where, typed) for code, typed in each.items()} for each in said]
        return FundPolicy(row["code"], row["name"], FundTerms(fields, *parts))

    def _term(self, where: str, name: str, typed: Any) -> Any:
        column = FundVersion._meta.get_field(name)
        if isinstance(column, models.DecimalField):
            return _money(self.file, where, typed)
        if choices := getattr(column, "choices", None):
            _check_one_of(self.file, where, typed, dict(choices))
        return typed

    def _line(self, where: str, entry: Sequence[Any]) -> ItemLine:
        """[code, times a year], and when it is owed where that is not the contract year."""
        if not 2 <= len(entry) <= 3:
            raise _wrong(self.file, where, _("an item is written as [code, times a year, when]"))
        code, times, *windows = entry
        _check_one_of(self.file, where, code, self.items)
        item = self.items[code]
        try:
            return ItemLine(code, item.name, item.kind, times, item.price, parse_windows(" ".join(windows)))
        except RuleViolation as refusal:
            raise _wrong(self.file, f"{where} {code}", refusal.message) from None

    def _shares(self, where: str, payers: Mapping[str, str], total: Decimal) -> dict[str, dict[str, Decimal]]:
        for payer in (*payers, *self.relief.values()):
            _check_one_of(self.file, where, payer, Payer.values)
        named = {payer: _money(self.file, where, of) for payer, of in payers.items() if of != REST}
        left = total - sum(named.values())
        shares = {payer: named.get(payer, left) for payer in payers}
        if any(amount < 0 for amount in shares.values()):
            why = format_lazy(_("the payers bear more than the price of {price}"), price=total)
            raise _wrong(self.file, where, why)
        if not total:
            return {}
        shares = shares or {Payer.RESIDENT.value: total}
        found = {"": shares}
        if shares.get(Payer.RESIDENT):
            found |= {category: _relieved(shares, payer) for category, payer in self.relief.items()}
        return found


def _relieved(shares: Mapping[str, Decimal], payer: str) -> dict[str, Decimal]:
    """The same shares with the resident's borne by a payer."""
    others = {each: amount for each, amount in shares.items() if each != Payer.RESIDENT}
    return others | {payer: others.get(payer, Decimal(0)) + shares[Payer.RESIDENT]}


def _read(name: str) -> dict[str, Any]:
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not name.endswith(".toml") and name not in policies():
        known = ", ".join(policies())
        raise RuleViolation(
            "policy.unknown", format_lazy(_("There is no policy “{name}”. There are: {known}."), name=name, known=known)
        )
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleViolation(
            "policy.unreadable", format_lazy(_("{file} cannot be read: {why}"), file=name, why=error)
        ) from None
    _check_keys(name, _("the file"), said, _HEAD | _PARTS, needed=("name", "year"))
    if settings := said.get("settings"):
        _check_keys(name, "settings", settings, {"from_on", *DEFAULTS}, needed=("from_on",))
    _check_keys(name, "rest", said.get("rest", {}), _TERMS)
    for part in ("registers", "items", "packages", "targets", "funds"):
        for row in said.get(part, ()):
            if part not in ("targets", "funds") and "code" not in row:
                raise _wrong(name, part, _("a row has no code"))
    return said


def _item(file: str, row: Mapping[str, Any]) -> ItemPolicy:
    where = f"items {row['code']}"
    _check_keys(file, where, row, _ITEM, needed=("code", "name"))
    rules = {key: row.get(key, []) for key in ("modes", "performers", "readings", "deciding")}
    return ItemPolicy(row["code"], row["name"], row.get("kind", ""), _money(file, where, row.get("price", "0")), rules)


def _check_keys(
    file: str, where: object, row: Mapping[str, Any], known: Collection[str], needed: Collection[str] = ()
) -> None:
    unknown, missing = sorted(row.keys() - set(known)), sorted(set(needed) - row.keys())
    if unknown:
        raise _wrong(file, where, format_lazy(_("unknown: {names}"), names=", ".join(unknown)))
    if missing:
        raise _wrong(file, where, format_lazy(_("missing: {names}"), names=", ".join(missing)))


def _check_one_of(file: str, where: object, value: str, known: Collection[str]) -> None:
    if value not in known:
        names = ", ".join(sorted(known))
        raise _wrong(file, where, format_lazy(_("“{value}” is not one of: {names}"), value=value, names=names))


def _money(file: str, where: object, typed: object) -> Decimal:
    """An amount or a rate, written as a text so that it is exact."""
    try:
        if isinstance(typed, str):
            return Decimal(typed).quantize(Decimal("0.01"))
    except InvalidOperation:
        pass
    raise _wrong(file, where, format_lazy(_('“{value}” is not an amount: write it as "20.00"'), value=typed))


def _wrong(file: str, where: object, why: object) -> RuleViolation:
    return RuleViolation(
        "policy.wrong",
        format_lazy("{file}.toml, {where}: {why}", file=file.removesuffix(".toml"), where=where, why=why),
    )
