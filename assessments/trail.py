"""What lines of the audit trail about months, figures, supervision, results and money say."""

from collections.abc import Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.indicators import BY_CODE
from assessments.leads import all_signals
from assessments.models import Round
from assessments.presenters.cohorts import NAMES
from assessments.presenters.fulfilment import names_of
from assessments.queries.cohorts import Outcome
from assessments.queries.people import Part
from contracts.queries.fulfilment import By
from residents.categories import category_names
from teams.trail import Phrase, short

_PARTS: Mapping[str, Promise] = {
    Part.NUMERATOR: _("those who count"),
    Part.DENOMINATOR: _("all"),
    Part.GAP: _("those who don't count"),
}


def _month(text: str) -> str:
    return CalendarMonth.parse(text).label


def _indicator(code: str) -> object:
    return BY_CODE[code].name


def _category(code: str) -> object:
    return category_names()[code]


def _stage(code: str) -> object:
    return dict(Round.Stage.choices)[code]


def _as_of(text: str) -> str:
    """The day of a computation, or the hash of what was frozen."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return short(text)


_FIGURE = {"indicator": _indicator, "category": _category, "month": _month}
_CELL = {"month": _month, "outcome": lambda code: NAMES[Outcome(code)], "part": _PARTS.__getitem__}

PHRASES = (
    Phrase("{month} r{number} same", _("{month}, revision {number}: computed again, the same"), {"month": _month}),
    Phrase("{month} r{number} CHANGED", _("{month}, revision {number}: rows were changed"), {"month": _month}),
    Phrase("{month} r{number} {of}", _("{month}, revision {number}, {of}"), {"month": _month, "of": _as_of}),
    Phrase("kpis {month}", _("figures of {month}"), {"month": _month}),
    Phrase("monthly return {month}", _("monthly return of {month}"), {"month": _month}),
    Phrase(
        "difference {indicator} {category} {*unit} {month}",
        _("difference: {indicator}, {category}, {unit}, {month}"),
        _FIGURE,
    ),
    Phrase("{indicator} by sex and age", _("{indicator} by sex and age"), _FIGURE),
    Phrase(
        "{indicator} {category} {month} resident {id}", _("{indicator}, {category}, {month}: resident {id}"), _FIGURE
    ),
    Phrase("cohorts {*unit}", _("cohorts of {unit}")),
    Phrase(
        "cohort {month} {outcome} {after} {part} {*unit}",
        _("cohort of {month} in {unit}: {outcome}, months after signing: {after}, {part}"),
        _CELL,
    ),
    Phrase("sample {id} same", _("sample {id}: drawn again, the same")),
    Phrase("sample {id} differs", _("sample {id}: drawn again, another one")),
    Phrase("call sheet {id}", _("call sheet {id}")),
    Phrase("lead {id} {kind}", _("lead {id}: {kind}"), {"kind": lambda code: all_signals()[code].title}),
    Phrase("fulfilment {by} {day}", _("fulfilment as of {day}: {by}"), {"by": lambda code: names_of()[By(code)]}),
    Phrase("findings", _("list of findings")),
    Phrase("activities", _("list of activities")),
    Phrase("results {id}", _("results of assessment cycle {id}")),
    Phrase(
        "statement {*fund} {period} {stage} {code} {month}",
        _("people behind the statement of {code}: {fund}, {period}, {stage}, {month}"),
        {"stage": _stage, "month": _month},
    ),
    Phrase(
        "statement {*fund} {period} {stage} {code}",
        _("statement of {code}: {fund}, {period}, {stage}"),
        {"stage": _stage},
    ),
    Phrase("payments {*fund} {period} {stage}", _("payment file: {fund}, {period}, {stage}"), {"stage": _stage}),
    Phrase(
        "{indicator} {category} {*unit} {month} {part}",
        _("{indicator}, {category}, {unit}, {month}: {part}"),
        _FIGURE | {"part": _PARTS.__getitem__},
    ),
)
