"""Cohorts: what became of those who signed in a month, on a page, as a list of people, and as a spreadsheet."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments import tasks
from assessments.exports import table_file
from assessments.forms.people import asked_cell
from assessments.pages import units_below
from assessments.presenters import cohorts as presented
from assessments.presenters.frame import frame, link
from assessments.presenters.people import cohort_rows
from assessments.queries.cohorts import by_month, cohort_people, cohorts, counted_on, of_units
from assessments.queries.units import Selection, select_today
from assessments.tables import count_text
from teams.actions import audit
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.queue import enqueue

PEOPLE_A_PAGE = 50


@require_GET
@require(Permission.FIGURE_READ)
def cohort_table(request: SignedInRequest) -> HttpResponse:
    """The months of signing of the selected unit, and the units below it."""
    selection = select_today(request.user, request.GET)
    found = cohorts(selection)
    months = by_month(found)
    units, breakdowns = units_below(selection, request.GET.get("by", ""), "assessments:cohorts")
    context = _frame(selection, "assessments:cohorts", [(_("cohorts"), "")])
    context |= {
        "counted": counted_on(),
        "months": presented.months_table(
            selection, months, with_people=has_permission(request.user, Permission.PEOPLE_READ)
        ),
        "finding": presented.finding(months),
        "units": presented.units_table(selection, of_units(found, units, selection)),
        "breakdowns": breakdowns,
        "has_rows": bool(months),
        "may_count": has_permission(request.user, Permission.MONTH_COMPUTE),
        "exports": [(_("Cohorts as Excel"), link("assessments:cohort_file", selection))],
    }
    return render(request, "assessments/cohorts.html", context)


@require_GET
@require(Permission.FIGURE_READ)
def cohort_file(request: SignedInRequest) -> FileResponse:
    """The months of signing as .xlsx."""
    selection = select_today(request.user, request.GET)
    table = presented.months_table(selection, by_month(cohorts(selection)), with_people=False)
    file = table_file(table)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"cohorts {selection.unit.name}")
    return FileResponse(file, as_attachment=True, filename=f"{selection.unit.name}-cohorts.xlsx")


@require_GET
@require(Permission.PEOPLE_READ)
def cohort_people_list(request: SignedInRequest) -> HttpResponse:
    """The people of one cell, masked; the look is recorded."""
    selection = select_today(request.user, request.GET)
    month, outcome, after, part = asked_cell(request.GET)
    rows = cohort_people(selection, month, outcome, after, part)
    page: Page[Any] = Paginator(rows, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = cohort_rows(list(page.object_list), selection)
    name = f"{presented.NAMES[outcome]} · {month.label}"
    crumbs = [(_("cohorts"), link("assessments:cohorts", selection)), (name, "")]
    context = _frame(selection, "assessments:cohorts", crumbs)
    cohort = by_month(cohorts(selection)).get(month)
    if cohort is None:
        raise Http404
    after_text = _("%(months)s months after signing") % {"months": after}
    context |= {
        "figure": {"title": f"{name} · {after_text}", "url": link("assessments:cohorts", selection)},
        "tabs": presented.tabs(selection, month, outcome, after, cohort, part),
        "page": page,
        "cohort": True,
        "total_text": count_text(page.paginator.count),
        "remark": _("A line stands for a contract of the person."),
        "exports": [(_("Excel"), presented.people_file(selection, month, outcome, after, part))],
    }
    what = f"cohort {month} {outcome} {after} {part} {selection.unit.name}"
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=what)
    return render(request, "assessments/people.html", context)


@require_POST
@require(Permission.MONTH_COMPUTE)
def cohort_count(request: SignedInRequest) -> HttpResponse:
    """Have the worker count the cohorts at once; a count under way is joined."""
    enqueue(tasks.count_cohorts)
    messages.success(request, _("The cohorts will be counted by the worker; the page shows them when it is done."))
    return redirect("assessments:cohorts")


def _frame(selection: Selection, page: str, crumbs: list[tuple[str, str]]) -> dict[str, Any]:
    """The frame without a month: cohorts are followed up to today."""
    return frame(selection, page, crumbs=crumbs) | {"month": {"label": ""}, "failure": None}
