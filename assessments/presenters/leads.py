"""Leads in words: lines of the list and its export, and the page of one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.leads import all_signals
from assessments.models import Lead, LeadStep
from assessments.queries.leads import Evidence
from contracts.presenters.worklists import person
from teams.lists import Cell, Column

COLUMNS = (
    Column("signal", _("Signal"), ("kind",), is_fixed=True),
    Column("detail", _("What was found")),
    Column("weight", _("Weight"), ("weight",), is_number=True),
    Column("people", _("People concerned"), ("people",), is_number=True),
    Column("institution", _("Institution"), ("institution__code",)),
    Column("team", _("Team")),
    Column("staff", _("Staff")),
    Column("state", _("State")),
    Column("found_on", _("Found on"), ("found_on",)),
    Column("seen_on", _("Last found on"), ("seen_on",), shown=False),
)
TONES = {
    Lead.State.OPEN: "warn",
    Lead.State.PROPOSED: "info",
    Lead.State.CONFIRMED: "bad",
    Lead.State.CLEARED: "good",
    Lead.State.GONE: "grey",
}
# What a button for a step says.
STEPS = {
    LeadStep.Kind.EXPLAINED: _("Explain"),
    LeadStep.Kind.CLEARED: _("Clear"),
    LeadStep.Kind.PROPOSED: _("Confirm as false"),
    LeadStep.Kind.CONFIRMED: _("Agree: confirmed false"),
    LeadStep.Kind.RETURNED: _("Look into it again"),
}
DANGEROUS = (LeadStep.Kind.PROPOSED, LeadStep.Kind.CONFIRMED)


def loaded() -> QuerySet[Lead, Any]:
    """Leads with everything that a line tells."""
    return Lead.objects.select_related("institution", "team", "staff")


def cells(lead: Lead) -> dict[str, Cell]:
    """The cells of a line by column code."""
    signal = all_signals()[lead.kind]
    return {
        "signal": Cell(str(signal.title)),
        "detail": Cell(signal.said(lead.evidence)),
        "weight": Cell(lead.weight),
        "people": Cell(lead.people or None),
        "institution": Cell(lead.institution.name),
        "team": Cell(lead.team.name if lead.team else ""),
        "staff": Cell(f"{lead.staff.name} {lead.staff.staff_no}" if lead.staff else ""),
        "state": Cell(str(lead.get_state_display()), tone=TONES[Lead.State(lead.state)]),
        "found_on": Cell(lead.found_on),
        "seen_on": Cell(lead.seen_on),
    }


def evidence_page(found: Evidence, day: date) -> dict[str, Any]:
    """The evidence as the page shows it: people masked, with the contract they have or had last."""
    people = [
        {
            "person": person(resident, day),
            "village": resident.village.name if resident.village else "",
            "household": resident.household.number if resident.household else "",
            "coverage": found.coverages.get(resident.pk),
        }
        for resident in found.people
    ]
    seen = {resident.pk for resident in found.people}
    return {
        "people": people,
        "more": found.more,
        "hidden": found.hidden,
        "services": [service for service in found.services if service.resident_id in seen],
        "contracts": found.contracts,
        "staff": found.staff,
    }


def steps_of(allowed: Iterable[str]) -> list[dict[str, Any]]:
    """Buttons for the steps that may be taken: value, label, is_danger."""
    return [{"value": step, "label": STEPS[LeadStep.Kind(step)], "is_danger": step in DANGEROUS} for step in allowed]
