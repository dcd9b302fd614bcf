"""The monthly return on a page and as the workbook that is filed."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessments.presenters.frame import frame, link
from assessments.presenters.returns import missing_text, nobody_texts, page_table, paper_tables, workbook
from assessments.queries.returns import monthly_return
from assessments.queries.units import Selection, select
from teams.actions import audit
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, require


@require_GET
@require(Permission.FIGURE_READ)
def return_page(request: SignedInRequest) -> HttpResponse:
    """The return of the selected institution."""
    selection = _selected(request)
    made = monthly_return(selection)
    table = page_table(selection, made)
    context = frame(selection, "assessments:return", crumbs=[(_("monthly return"), "")])
    context |= {
        "table": table,
        "parts": list(paper_tables(table)),
        "missing": missing_text(made),
        "nobody": nobody_texts(selection, made),
        "exports": [(_("Return as Excel"), link("assessments:return_file", selection))],
    }
    return render(request, "assessments/return.html", context)


@require_GET
@require(Permission.FIGURE_READ)
def return_file(request: SignedInRequest) -> FileResponse:
    """The same as .xlsx, in a form that can be filed."""
    selection = _selected(request)
    file = workbook(selection, monthly_return(selection))
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"monthly return {selection.calendar}")
    name = f"{selection.unit.name}-{selection.calendar}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def _selected(request: SignedInRequest) -> Selection:
    selection = select(request.user, request.GET)
    if selection.revision is None or selection.unit.team:
        raise Http404
    return selection
