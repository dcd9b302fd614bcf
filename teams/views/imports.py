"""Pages of imports: upload, progress, result, refused rows; templates to fill in."""

import io

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from teams import tasks
from teams.actions import audit, imports
from teams.forms import ImportForm
from teams.imports import Kind, all_kinds, find_kind, kinds_for
from teams.imports.refused import download_row, shown_value, unpack
from teams.imports.rejects import write_rejects
from teams.models import AuditEvent, Import
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.queue import enqueue
from teams.rules import RuleViolation
from teams.workbooks import write_template

IMPORTS_A_PAGE = 20
REJECTS_A_PAGE = 50


@require_safe
@require(Permission.IMPORT_RUN)
def import_list(request: SignedInRequest) -> HttpResponse:
    """The form to upload a file, the templates, and the imports so far."""
    return _list_page(request, ImportForm(request.user))


@require_POST
@require(Permission.IMPORT_RUN)
def import_create(request: SignedInRequest) -> HttpResponse:
    """Take a file for the worker, and go to its page."""
    form = ImportForm(request.user, request.POST, request.FILES)
    if not form.is_valid():
        return _list_page(request, form)
    file = form.cleaned_data["file"]
    imported = imports.request(kind=form.cleaned_data["kind"], content=file.read(), filename=file.name, by=request.user)
    enqueue(tasks.run_import, imported.pk)
    return redirect("teams:import_detail", imported.pk)


@require_safe
@never_cache
@require(Permission.IMPORT_RUN)
def import_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """An import on its way or done."""
    return render(request, "teams/import_detail.html", _context(request, pk))


@require_safe
@never_cache
@require(Permission.IMPORT_RUN)
def import_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of an import's page that changes while it is on its way."""
    return render(request, "teams/_import_progress.html", _context(request, pk))


@require_safe
@never_cache
@require(Permission.IMPORT_RUN)
def import_rejects(request: SignedInRequest, pk: int) -> FileResponse:
    """The refused rows to mend, whole: for whoever uploaded them, and whoever may export whole identities."""
    imported = _found(request, pk)
    first = imported.rejects.first()
    if first is None or not _may_download(request, imported):
        raise Http404
    kind, cells = _kind(imported), unpack(first)
    file = io.BytesIO()
    rows = (download_row(reject, kind) for reject in imported.rejects.iterator(chunk_size=2000))
    write_rejects(file, kind, [cell.name for cell in cells], [cell.heading for cell in cells], rows)
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"refused rows of import {imported.pk}")
    return FileResponse(file, as_attachment=True, filename=f"{imported.kind}-{imported.pk}.rejects.xlsx")


@require_safe
@require(Permission.IMPORT_RUN)
def import_template(request: SignedInRequest, kind: str) -> FileResponse:
    """A workbook to fill in, with a sample row."""
    known = next((each for each in kinds_for(request.user) if each.code == kind), None)
    if known is None:
        raise Http404
    columns, sample = known.template()
    file = io.BytesIO()
    write_template(file, columns, sample)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{kind}.xlsx")


def _list_page(request: SignedInRequest, form: ImportForm) -> HttpResponse:
    rows = Import.objects.visible_to(request.user).defer("content").select_related("by")
    page = Paginator(rows, IMPORTS_A_PAGE).get_page(request.GET.get("page"))
    titles = {kind.code: kind.title for kind in all_kinds()}
    past = [{"imported": imported, "title": titles.get(imported.kind, imported.kind)} for imported in page]
    context = {"form": form, "kinds": form.kinds.values(), "page": page, "past": past}
    return render(request, "teams/import_list.html", context)


def _found(request: SignedInRequest, pk: int) -> Import:
    visible = Import.objects.visible_to(request.user).defer("content").select_related("by")
    return get_object_or_404(visible, pk=pk)


def _kind(imported: Import) -> Kind:
    try:
        return find_kind(imported.kind)
    except RuleViolation:
        raise Http404 from None


def _may_download(request: SignedInRequest, imported: Import) -> bool:
    return imported.by_id == request.user.pk or has_permission(request.user, Permission.EXPORT_WHOLE)


def _context(request: SignedInRequest, pk: int) -> dict[str, object]:
    imported = _found(request, pk)
    kind = _kind(imported)
    page = Paginator(imported.rejects.all(), REJECTS_A_PAGE).get_page(request.GET.get("page"))
    rejects = [
        {"row": reject.row_number, "column": kind.column(reject.column), "value": shown_value(reject, kind)}
        | {"reason": reject.reason}
        for reject in page
    ]
    return {
        "imported": imported,
        "kind": kind,
        "is_over": imported.status not in imports.UNFINISHED,
        "page": page,
        "rejects": rejects,
        "may_download": bool(rejects) and _may_download(request, imported),
    }
