"""Fulfilment: what was promised for the year, what became of it, and where the year will end."""

from io import BytesIO
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from assessments.forms.fulfilment import FulfilmentForm
from assessments.presenters import fulfilment as words
from assessments.presenters.frame import breadcrumb
from assessments.queries.fulfilment import outlook, parts, promises_of
from assessments.queries.units import Selection, place
from contracts.queries.fulfilment import By, counted_at, tally
from teams.actions import audit
from teams.models import AuditEvent, Division, Institution
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.workbooks import write_rows


@require_GET
@require(Permission.FIGURE_READ)
def fulfilment(request: SignedInRequest) -> HttpResponse:
    """The six words for a unit, the outlook to the year's end, and what the counts consist of."""
    if request.user.scope.is_district and not Institution.objects.exists():
        return render(request, "assessments/nothing_yet.html")
    form = FulfilmentForm(request.GET)
    selection, village = _place(request, form)
    promises = promises_of(selection, form.as_of, village=village)
    by, query = _by(request, selection), words.kept_query(request)
    found = parts(selection, promises, by)
    whole = tally(promises, by, (part.tally for part in found))
    may_see = has_permission(request.user, Permission.PEOPLE_READ)
    context: dict[str, Any] = {
        "form": form,
        "unit": {"name": selection.unit.name, "breadcrumb": breadcrumb(selection, words.PAGE)},
        "village": village,
        "without_village": words.address(query, village=""),
        "day": form.as_of,
        "year": str(form.as_of.year),
        "counted_at": counted_at(form.as_of),
        "tally": whole,
        "steps": words.steps(whole),
        "outlook": words.outlook_words(outlook(selection, promises, whole)),
        "table": words.table(found, whole, by, query, with_people=may_see),
        "tabs": words.tabs(_choices(selection), by, query),
        "file": words.file_address(query, by),
        "query": query,
    }
    if may_see:
        narrowed = {"village": village.pk} if village else {}
        context["unserved_url"] = words.unserved_url(selection.unit, **narrowed)
    return render(request, "assessments/fulfilment.html", context)


@require_GET
@require(Permission.FIGURE_READ)
def fulfilment_file(request: SignedInRequest) -> FileResponse:
    """The page's table as a spreadsheet; counts, nobody's name."""
    form = FulfilmentForm(request.GET)
    selection, village = _place(request, form)
    promises, by = promises_of(selection, form.as_of, village=village), _by(request, selection)
    found = parts(selection, promises, by)
    table = words.table(found, tally(promises, by, (part.tally for part in found)), by, {})
    header, rows = words.lines(table)
    file = BytesIO()
    write_rows(file, header, rows, format="xlsx")
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"fulfilment {by} {form.as_of}")
    return FileResponse(file, as_attachment=True, filename=f"fulfilment-{by}-{form.as_of}.xlsx")


def _place(request: SignedInRequest, form: FulfilmentForm) -> tuple[Selection, Division | None]:
    """The unit, and the village that narrows it. Raises Http404 for what isn't there for the account."""
    selection = place(request.user, request.GET, form.as_of, category=form.population)
    code = request.GET.get("village", "")
    village = Division.objects.filter(code=code).first() if code else None
    if code and village is None:
        raise Http404
    return selection, village


def _choices(selection: Selection) -> list[By]:
    """What the unit's counts may be told by: a team consists of no teams."""
    unit = selection.unit
    below = [By.INSTITUTION] if not unit.team and selection.tree.below.get(unit.institution.pk) else []
    teams = [] if unit.team else [By.TEAM]
    return [*below, *teams, By.PACKAGE, By.ITEM, By.VILLAGE, By.CATEGORY]


def _by(request: HttpRequest, selection: Selection) -> By:
    choices = _choices(selection)
    asked = request.GET.get("by", "")
    return By(asked) if asked in choices else choices[0]
