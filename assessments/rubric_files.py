"""A rubric as a readable file (assessments/rubrics/*.toml, docs/assessment.md): shipped, taken out, and brought in."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Rule
from assessments.rubric_content import Band, Content, RuleContent, SectionContent, VetoContent
from teams.rules import RuleViolation

FOLDER = Path(__file__).parent / "rubrics"
LARGEST = 256 * 1024
_HEAD = {*Content.HEAD, "sections", "vetoes"}
_SECTION = {"name", "bonus_most", "rules"}
_RULE = {field.name for field in fields(RuleContent)}
_VETO = {field.name for field in fields(VetoContent)}
_AMOUNTS = {"points", "target", "step", "step_points", "bonus_most", "trigger", "total_most"} | {
    name for name in Content.HEAD if name.endswith("_from")
}


def rubrics() -> list[str]:
    """Names of the rubrics that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_rubric(name: str) -> Content:
    """A rubric that comes with the product. Raises RuleViolation rubric_file.unknown, .unreadable, .wrong."""
    if name not in rubrics():
        names = ", ".join(rubrics())
        raise RuleViolation(
            "rubric_file.unknown",
            format_lazy(_("There is no rubric “{name}”; there are: {names}"), name=name, names=names),
        )
    return parse((FOLDER / f"{name}.toml").read_bytes())


def parse(text: bytes) -> Content:
    """The rubric of a file. Raises RuleViolation: rubric_file.unreadable, .wrong; the message names the place."""
    if len(text) > LARGEST:
        raise RuleViolation("rubric_file.unreadable", _("The file is too large to be a rubric."))
    try:
        said = tomllib.loads(text.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleViolation(
            "rubric_file.unreadable", format_lazy(_("The file cannot be read as a rubric: {error}"), error=error)
        ) from None
    _check_keys(_("the head"), said, _HEAD, needed=("name", "sections"))
    return Content(
        **_values(_("the head"), {name: value for name, value in said.items() if name in Content.HEAD}),
        sections=tuple(map(_section, _tables(said, "sections"))),
        vetoes=tuple(map(_veto, _tables(said, "vetoes"))),
    )


def dump(content: Content) -> str:
    """The file of a rubric; `parse` reads the same again."""
    lines = [_line(name, getattr(content, name)) for name in Content.HEAD]
    for section in content.sections:
        lines += ["", "[[sections]]", _line("name", section.name)]
        lines += [_line("bonus_most", section.bonus_most)] if section.bonus_most is not None else []
        for rule in section.rules:
            lines += [
                "",
                "[[sections.rules]]",
                *_lines(rule, RuleContent(rule.code, rule.name, rule.points, rule.method)),
            ]
    for veto in content.vetoes:
        lines += ["", "[[vetoes]]", *_lines(veto, VetoContent(veto.code, veto.name))]
    return "\n".join(lines) + "\n"


def _section(said: Mapping[str, Any]) -> SectionContent:
    where = format_lazy(_("section {name}"), name=said.get("name", "?"))
    _check_keys(where, said, _SECTION, needed=("name", "rules"))
    values = _values(where, {name: value for name, value in said.items() if name != "rules"})
    return SectionContent(**values, rules=tuple(map(_rule, _tables(said, "rules"))))


def _rule(said: Mapping[str, Any]) -> RuleContent:
    where = format_lazy(_("rule {code}"), code=said.get("code", "?"))
    _check_keys(where, said, _RULE, needed=("code", "name", "points", "method"))
    if said["method"] not in Rule.Method.values:
        raise _wrong(where, format_lazy(_("“{value}” is not a method"), value=said["method"]))
    values = _values(where, {name: value for name, value in said.items() if name != "bands"})
    return RuleContent(**values, bands=tuple(_band(where, each) for each in said.get("bands", ())))


def _veto(said: Mapping[str, Any]) -> VetoContent:
    where = format_lazy(_("veto {code}"), code=said.get("code", "?"))
    _check_keys(where, said, _VETO, needed=("code", "name"))
    return VetoContent(**_values(where, said))


def _band(where: object, said: Any) -> Band:
    if not (isinstance(said, list) and len(said) == 2):
        raise _wrong(where, _("a band is written as [bound, points]"))
    return Band(*(_amount(where, "bands", each) for each in said))


def _values(where: object, said: Mapping[str, Any]) -> dict[str, Any]:
    """Values in the types of the content."""
    return {name: _amount(where, name, v) if name in _AMOUNTS else _plain(where, name, v) for name, v in said.items()}


def _amount(where: object, name: str, value: Any) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        amount = Decimal(value)
        if amount.is_finite() and abs(amount) < 10**9 and amount == round(amount, 2):
            return amount.quantize(Decimal("0.01"))
    raise _wrong(where, format_lazy(_("{name} is a number with at most two places"), name=name))


def _plain(where: object, name: str, value: Any) -> str | bool:
    if isinstance(value, bool if name == "lower_is_better" else str):
        return value
    raise _wrong(where, format_lazy(_("{name} is a text"), name=name))


def _tables(said: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = said.get(name, [])
    if isinstance(found, list) and all(isinstance(each, dict) for each in found):
        return found
    raise _wrong(name, format_lazy(_("{name} is a list of tables"), name=name))


def _check_keys(where: object, said: Mapping[str, Any], known: Collection[str], needed: Collection[str]) -> None:
    unknown, missing = sorted(said.keys() - set(known)), sorted(set(needed) - said.keys())
    if unknown:
        raise _wrong(where, format_lazy(_("unknown: {names}"), names=", ".join(unknown)))
    if missing:
        raise _wrong(where, format_lazy(_("missing: {names}"), names=", ".join(missing)))


def _lines(content: RuleContent | VetoContent, plain: RuleContent | VetoContent) -> list[str]:
    """What is said: the fields that every such table needs, and those that differ from the defaults."""
    needed = ("code", "name", "points", "method")
    return [
        _line(field.name, getattr(content, field.name))
        for field in fields(content)
        if field.name in needed or getattr(content, field.name) != getattr(plain, field.name)
    ]


def _line(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        bands = ", ".join(f"[{_number(band.bound)}, {_number(band.points)}]" for band in value)
        return f"{name} = [{bands}]"
    if isinstance(value, bool):
        return f"{name} = {str(value).lower()}"
    return f"{name} = {_number(value) if isinstance(value, Decimal) else _quoted(value)}"


def _number(value: Decimal) -> str:
    return f"{value:f}"


def _quoted(text: str) -> str:
    """A basic TOML string: quotes, backslashes and control characters escaped."""
    marked = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each >= " " and each != "\x7f" else f"\\u{ord(each):04x}" for each in marked) + '"'


def _wrong(where: object, why: object) -> RuleViolation:
    return RuleViolation("rubric_file.wrong", format_lazy(_("{where}: {why}"), where=where, why=why))
