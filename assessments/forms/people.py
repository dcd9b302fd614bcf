"""What an address asks for of people, for page and file: those behind a figure, a difference, a cohort, money."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from assessments.calendar import CalendarMonth
from assessments.indicators import BY_CODE, Indicator
from assessments.models import CoverageMonth, Line, Revision
from assessments.presenters.parts import part_names, part_to_act_on
from assessments.queries.basis import people_of
from assessments.queries.cohorts import AFTER, Outcome
from assessments.queries.differences import then_and_now
from assessments.queries.people import Part, counted, has_people, people
from assessments.queries.units import Selection, select
from teams.models import User
from teams.rules import RuleViolation


def asked_figure(user: User, asked: Mapping[str, str], code: str) -> tuple[Selection, Indicator]:
    """The selection of a figure's page; unknown indicators and categories without a figure are not found."""
    known = BY_CODE.get(code)
    category = asked.get("category", "") or "all"
    if known is None:
        raise Http404
    if known.categories and category == "all":
        category = known.categories[0]
    selection = select(user, asked, category=category)
    codes = selection.names if known.categories is None else known.categories or ("all",)
    if category not in codes or selection.revision is None:
        raise Http404
    return selection, known


def asked_part(asked: Mapping[str, str], selection: Selection, known: Indicator) -> Part:
    """The list asked for; without one, those whom somebody should do something for."""
    if not has_people(selection, known):
        raise Http404
    offered = {part.value: part for part in part_names(known)}
    part = offered.get(asked.get("part", part_to_act_on(known).value))
    if part is None:
        raise Http404
    return part


def asked_words(asked: Mapping[str, str]) -> str:
    """What the list is searched for."""
    return asked.get("q", "").strip()


def asked_people(selection: Selection, known: Indicator, part: Part, words: str) -> QuerySet[Any]:
    """The rows of the list, narrowed by a name or its initials."""
    rows = people(selection, known, part).select_related("resident", "village", "team")
    if part is Part.DENOMINATOR:
        rows = rows.annotate(is_counted=counted(selection, known))
    if words:
        named = Q(resident__name__startswith=words)
        # Initials are letters: whoever types a name is spared a look at all of them.
        rows = rows.filter(named | Q(resident__initials__startswith=words.lower()) if words.isascii() else named)
    return rows


def asked_difference(user: User, asked: Mapping[str, str]) -> tuple[Selection, Revision, Revision]:
    """The selection, a frozen month's revision, and the latest one; a month without the two is not found."""
    category = asked.get("category", "all")
    selection = select(user, asked, category=category)
    both = then_and_now(selection.month) if selection.month and not selection.as_known_now else None
    if both is None or category not in selection.names:
        raise Http404
    return selection, *both


def asked_indicator(selection: Selection, code: str) -> Indicator:
    """A figure of the difference that opens to people."""
    known = BY_CODE.get(code)
    if known is None or not has_people(selection, known):
        raise Http404
    return known


def asked_cell(asked: Mapping[str, str]) -> tuple[CalendarMonth, Outcome, int, Part]:
    """A cell of the cohorts, and which of its lists; what isn't there is not found."""
    try:
        month = CalendarMonth.parse(asked.get("cohort", ""))
        outcome = Outcome(asked.get("outcome", ""))
        part = Part(asked.get("part", Part.GAP))
    except (RuleViolation, ValueError):
        raise Http404 from None
    after = {str(months): months for months in AFTER}.get(asked.get("after", ""))
    if after is None:
        raise Http404
    return month, outcome, after, part


def asked_basis(user: User, line: Line, month: str) -> QuerySet[CoverageMonth]:
    """Whom a line's basis counts in a month; one that it doesn't reckon with is not found."""
    months = {each["month"]: each["id"] for each in line.round.inputs["months"]}
    if month not in months or month not in line.inputs["months"]:
        raise Http404
    return people_of(line, months[month], user).select_related("resident", "team", "revision")
