"""A table of a page as a file."""

from collections.abc import Mapping
from typing import Any

from django.http import FileResponse, Http404

from assessments.exports import table_file
from assessments.tables import Table
from teams.actions import audit
from teams.models import AuditEvent
from teams.permissions import SignedInRequest


def table_of(request: SignedInRequest, subject: str, shown: Mapping[str, Any]) -> FileResponse:
    """The table of a page that its address names, as .xlsx; `subject`: what the page is about, for the file's name."""
    table = shown.get(request.GET.get("table", ""))
    if not isinstance(table, Table):
        raise Http404
    what = f"{subject}-{table.title}"
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=what)
    return FileResponse(table_file(table), as_attachment=True, filename=f"{what}.xlsx")
