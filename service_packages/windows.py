"""When the items of a package are owed: times a contract year, or spans counted from a date of the resident's own
(docs/rules.md 5). Pure: what an administrator types, as numbers and back."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.rules import RuleViolation

MOST_SPANS = 40
FURTHEST = 4000
_SPAN = re.compile(r"(\d{1,4})(?:\s*[-–—~～至]\s*(\d{1,4}))?")
_SEPARATOR = re.compile(r"[,，、;；\s]+")
_AROUND_HYPHEN = re.compile(r"\s*([-–—~～至])\s*")


class Anchor(models.TextChoices):
    """What windows are counted from, and in which unit."""

    CONTRACT_YEAR = "contract_year", _("times a contract year")
    AGE_DAYS = "age_days", _("days of age")
    AGE_MONTHS = "age_months", _("months of age")
    PREGNANCY_WEEKS = "pregnancy_weeks", _("weeks of pregnancy")
    DELIVERY_DAYS = "delivery_days", _("days after delivery")
    REGISTER_DAYS = "register_days", _("days on the register")
    REGISTER_MONTHS = "register_months", _("months on the register")


ANCHOR_LABELS = {
    "contract_year": "协议年度",
    "age_days": "日龄",
    "age_months": "月龄",
    "pregnancy_weeks": "孕周",
    "delivery_days": "产后天数",
    "register_days": "建卡天数",
    "register_months": "建卡月数",
}


class Span(NamedTuple):
    """Completed units from the anchor: of the first day and of the last one, both in it (16–20 weeks: 16+0 to 20+6)."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


class Windows(NamedTuple):
    """How an item's windows follow: without spans, from the contract's years."""

    anchor: str = Anchor.CONTRACT_YEAR.value
    spans: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return f"{self.anchor} {spans_text(self.spans)}" if self.spans else ""


YEARLY = Windows()


def spans_text(spans: Sequence[Span]) -> str:
    """As it is typed: 1, 3, 6-7."""
    return ", ".join(map(str, spans))


def parse_spans(typed: str) -> tuple[Span, ...]:
    """The spans of a text such as `1, 3, 6-7`. Raises RuleViolation `package.spans`."""
    parts = [part for part in _SEPARATOR.split(_AROUND_HYPHEN.sub(r"\1", typed.strip())) if part]
    found = [_SPAN.fullmatch(part) for part in parts]
    wrong = next((part for part, match in zip(parts, found, strict=True) if match is None), None)
    if wrong is not None:
        raise RuleViolation(
            "package.spans", format_lazy(_("“{text}” is not a span. Write numbers as 1, 3, 6-8."), text=wrong)
        )
    return tuple(Span(int(match[1]), int(match[2] or match[1])) for match in found if match)


def parse_windows(typed: str) -> Windows:
    """Windows written in one cell: an anchor's code or Chinese name, then its spans. Empty: contract years.

    Raises RuleViolation: package.anchor, .spans.
    """
    if not typed.strip():
        return YEARLY
    word, _blank, rest = typed.strip().partition(" ")
    anchor = {label: code for code, label in ANCHOR_LABELS.items()}.get(word, word)
    if anchor not in Anchor.values:
        known = ", ".join(f"{label} ({code})" for code, label in ANCHOR_LABELS.items())
        raise RuleViolation(
            "package.anchor",
            format_lazy(_("Windows are not counted from “{word}”. Known are: {known}."), word=word, known=known),
        )
    windows = Windows(anchor, parse_spans(rest))
    check_windows(windows)
    return windows


def check_windows(windows: Windows) -> None:
    """Spans are there when something is counted from, run forward, and follow one another without overlap: a service
    of a day belongs to one of them."""
    if windows.anchor not in Anchor.values:
        raise RuleViolation("package.anchor", _("Choose what the windows are counted from."))
    if windows.anchor == Anchor.CONTRACT_YEAR:
        if windows.spans:
            raise RuleViolation("package.spans", _("Windows of the contract year have no spans of their own."))
        return
    if not 1 <= len(windows.spans) <= MOST_SPANS:
        raise RuleViolation("package.spans", format_lazy(_("Name 1 to {most} spans."), most=MOST_SPANS))
    before = -1
    for span in windows.spans:
        if not before < span.first <= span.last <= FURTHEST:
            raise RuleViolation(
                "package.spans",
                format_lazy(
                    _("Span {span} must begin after the one before it and not end before it begins."), span=str(span)
                ),
            )
        before = span.last
