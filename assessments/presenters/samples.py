"""Samples in words: lines of results for the page and its export, and the call sheet."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Sampled
from assessments.queries.samples import Results, Told
from assessments.tables import NO_FIGURE
from contracts.models import Coverage, Service
from contracts.presenters.worklists import person
from residents.categories import category_names
from teams.clock import today
from teams.models import TeamMember
from teams.rates import rate

ADULT = 18
GENERAL = gettext_lazy("general population")
HEADS = (
    *(gettext_lazy("Stratum"), gettext_lazy("Drawn"), gettext_lazy("Done"), gettext_lazy("Confirmed true")),
    *(gettext_lazy("Answers that tell"), gettext_lazy("Authenticity (%)"), gettext_lazy("Interval (%)")),
    *(gettext_lazy("Talked"), gettext_lazy("People who know their team"), gettext_lazy("Awareness (%)")),
    *(gettext_lazy("Satisfied people"), gettext_lazy("Satisfaction (%)"), gettext_lazy("Invalid numbers")),
)


def category_words(codes: Mapping[str, Any], code: str) -> str:
    """The name of a stratum."""
    return str(codes.get(code, GENERAL))


def line(name: str, told: Told) -> list[object]:
    """A stratum's cells below HEADS; no percentage of nobody."""
    interval = told.interval
    return [
        name,
        told.drawn,
        told.done,
        told.confirmed,
        told.telling,
        percent(told.confirmed, told.telling),
        f"{interval[0]}–{interval[1]}" if interval else "",
        told.talked,
        told.knowing,
        percent(told.knowing, told.talked),
        told.satisfied,
        percent(told.satisfied, len(told.ratings)),
        told.invalid,
    ]


def percent(part: int, whole: int) -> str:
    """One place, or nothing of nobody."""
    found = rate(part, whole, places=1)
    return "" if found is None else str(found)


def tables(found: Results) -> list[dict[str, Any]]:
    """The tables of the results page: dicts title, rows."""
    names = category_names()
    together = [line(_("Drawn at random, together"), found.random), line(_("Added for a reason"), found.extra)]
    institutions = [line(name, told) for name, told in found.by_institution.items()]
    groups = [line(category_words(names, code), told) for code, told in sorted(found.by_category.items())]
    return [
        {"title": _("Together"), "rows": together},
        {"title": _("By institution"), "rows": institutions},
        {"title": _("By key population"), "rows": groups},
    ]


def shown_tables(found: Results) -> list[dict[str, Any]]:
    """The same for the page: a row is its name and its cells, pairs of head and text."""
    return [
        {
            "title": table["title"],
            "rows": [
                {
                    "name": name,
                    "cells": [(head, f"{cell}" or NO_FIGURE) for head, cell in zip(HEADS[1:], cells, strict=True)],
                }
                for name, *cells in table["rows"]
            ],
        }
        for table in tables(found)
    ]


def call_sheet(sampled: Sampled) -> dict[str, Any]:
    """Whom to call, what was agreed, and what the records say was given; no ID number."""
    day, resident = today(), sampled.resident
    covered = Coverage.objects.filter(resident=resident, contract__team=sampled.team_id).select_related("contract")
    coverage = covered.prefetch_related("packages__version").order_by("-start_on").first()
    members = (
        TeamMember.objects.on(day).filter(team=sampled.team_id).select_related("staff").order_by("-is_leader", "pk")
    )
    given = Service.objects.filter(resident=resident, performed_on__gt=day - timedelta(days=365), performed_on__lte=day)
    known = person(resident, day) or {}
    return {
        "is_minor": known["age"] < ADULT,
        "person": {name: known[name] for name in ("pk", "name", "sex", "age", "address", "phone")},
        "household": resident.household,
        "village": resident.village,
        "coverage": coverage,
        "packages": [held.version.name for held in coverage.packages.all()] if coverage else [],
        "doctors": [member.staff for member in members[:6]],
        "services": list(given.select_related("item", "staff").order_by("-performed_on")[:8]),
    }
