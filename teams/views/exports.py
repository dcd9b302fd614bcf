"""Pages of exports: asking for one, its progress, the file."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from teams import tasks
from teams.actions import audit, exports
from teams.actions.submissions import fresh_key
from teams.attempts import sent
from teams.exports import ExportKind, find_kind
from teams.forms import ExportForm
from teams.models import AuditEvent, Export
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.queue import enqueue
from teams.rules import RuleViolation

EXPORTS_A_PAGE = 20
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
@require(Permission.FIGURE_READ)
def export_list(request: SignedInRequest) -> HttpResponse:
    """One's exports, the newest first."""
    page = Paginator(Export.objects.visible_to(request.user), EXPORTS_A_PAGE).get_page(request.GET.get("page"))
    past = [{"export": export, "title": _kind(export.kind).title} for export in page]
    return render(request, "teams/export_list.html", {"page": page, "past": past})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.FIGURE_READ)
def export_new(request: SignedInRequest, kind: str) -> HttpResponse:
    """Ask for a list as a file; the list's filters are the address's query."""
    known = _kind(kind)
    if not has_permission(request.user, known.permission):
        raise PermissionDenied(known.permission)
    may_export_whole = known.has_people and has_permission(request.user, Permission.EXPORT_WHOLE)
    query = request.META.get("QUERY_STRING", "")
    form = ExportForm(may_export_whole, request.POST or None, initial={"submission": fresh_key()})
    response = sent(request, form, partial(_ask, request, kind, query, form), {"export.reason": "reason"}.get)
    return response or render(request, "teams/export_new.html", {"form": form, "kind": known, "query": query})


@require_safe
@never_cache
@require(Permission.FIGURE_READ)
def export_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """An export on its way or done."""
    return render(request, "teams/export_detail.html", _context(request, pk))


@require_safe
@never_cache
@require(Permission.FIGURE_READ)
def export_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of an export's page that changes while it is on its way."""
    return render(request, "teams/_export_progress.html", _context(request, pk))


@require_safe
@never_cache
@require(Permission.FIGURE_READ)
def export_file(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """The file, for whoever asked for it, while it is kept and the right to it lasts."""
    export = get_object_or_404(Export.objects.visible_to(request.user).filter(status=Export.Status.DONE), pk=pk)
    if export.whole and not has_permission(request.user, Permission.EXPORT_WHOLE):
        raise Http404
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"file of export {export.pk}")
    name = f"{export.kind}-{export.pk}.{export.form}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(export.size),
        "Content-Type": CONTENT_TYPES[export.form],
    }
    return StreamingHttpResponse(exports.content(export), headers=headers)


def _ask(request: SignedInRequest, kind: str, query: str, form: ExportForm) -> str:
    data = form.cleaned_data
    export = exports.request_export(
        kind=kind,
        query=query,
        form=str(data["form"]),
        whole=bool(data.get("whole")),
        reason=str(data.get("reason", "")),
        by=request.user,
    )
    enqueue(tasks.run_export, export.pk)
    return reverse("teams:export_detail", args=[export.pk])


def _kind(code: str) -> ExportKind:
    try:
        return find_kind(code)
    except RuleViolation:
        raise Http404 from None


def _context(request: SignedInRequest, pk: int) -> dict[str, object]:
    export = get_object_or_404(Export.objects.visible_to(request.user), pk=pk)
    return {"export": export, "kind": _kind(export.kind), "is_over": export.status not in exports.UNFINISHED}
