"""Pages of imports: upload, check, confirmation, progress, result, correction, undo; templates to fill in."""

import io
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from teams import tasks
from teams.actions import audit, imports
from teams.attempts import sent
from teams.forms import ImportFilter, ImportForm, SheetForm
from teams.imports import all_kinds, kinds_for
from teams.imports.refused import download_row, headings_of
from teams.imports.rejects import write_rejects
from teams.models import AuditEvent, Import
from teams.permissions import Permission, SignedInRequest, require
from teams.presenters.imports import import_page, kind_of, may_download
from teams.queue import enqueue
from teams.rules import IMPORT_WORK, RuleViolation
from teams.workbooks import write_template

IMPORTS_A_PAGE = 20


@require_safe
@require(Permission.IMPORT_RUN)
def import_list(request: SignedInRequest) -> HttpResponse:
    """The form to upload a file, the templates, and the imports so far."""
    return _list_page(request, ImportForm(request.user))


@require_POST
@require(Permission.IMPORT_RUN)
def import_create(request: SignedInRequest) -> HttpResponse:
    """Take a file for the worker to check, and go to its page."""
    form = ImportForm(request.user, request.POST, request.FILES)

    def send() -> Import:
        file = form.cleaned_data["file"]
        kind = form.cleaned_data["kind"]
        return imports.request(kind=kind, content=file.read(), filename=file.name, by=request.user)

    return _run(request, form, send) or _list_page(request, form)


@require_safe
@never_cache
@require(Permission.IMPORT_RUN)
def import_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """An import: what its check found, its way in, its result."""
    return render(request, "teams/import_detail.html", import_page(_found(request, pk), request.user, request.GET))


@require_safe
@never_cache
@require(Permission.IMPORT_RUN)
def import_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of an import's page that changes while it is on its way."""
    return render(request, "teams/_import_progress.html", import_page(_found(request, pk), request.user, request.GET))


@require_POST
@require(Permission.IMPORT_RUN)
def import_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the checked rows go in."""
    return _steered(request, pk, imports.confirm)


@require_POST
@require(Permission.IMPORT_RUN)
def import_recheck(request: SignedInRequest, pk: int) -> HttpResponse:
    """Check the file again: other files may have gone in meanwhile."""
    return _steered(request, pk, imports.check_again)


@require_POST
@require(Permission.IMPORT_RUN)
def import_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Drop the file without putting anything in."""
    return _steered(request, pk, imports.discard)


@require_POST
@require(Permission.IMPORT_RUN)
def import_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the whole import back."""
    return _steered(request, pk, imports.ask_to_undo)


@require_POST
@require(Permission.IMPORT_RUN)
def import_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a file of corrected rows to go on in the same import."""
    imported = _found(request, pk)
    form = SheetForm(request.POST, request.FILES)

    def send() -> Import:
        file = form.cleaned_data["file"]
        return imports.correct(imported=imported, content=file.read(), filename=file.name, by=request.user)

    response = _run(request, form, send)
    return response or render(
        request, "teams/import_detail.html", import_page(imported, request.user, request.GET, form)
    )


@require_safe
@never_cache
@require(Permission.IMPORT_RUN)
def import_rejects(request: SignedInRequest, pk: int) -> FileResponse:
    """The refused rows to mend, whole: for whoever uploaded them, and whoever may export whole identities."""
    imported = _found(request, pk)
    if not (may_download(imported, request.user) and imported.rejects.exists()):
        raise Http404
    kind, headings = kind_of(imported), headings_of(imported)
    file = io.BytesIO()
    rows = (download_row(reject, kind, headings) for reject in imported.rejects.iterator(chunk_size=2000))
    write_rejects(file, kind, list(headings), list(headings.values()), rows)
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
    rows = Import.objects.visible_to(request.user).defer("content", "sample").select_related("by")
    chosen = ImportFilter(request.GET, queryset=rows, request=request)
    chosen.form.auto_id = "filter_%s"  # the form for uploads has a field of the same name
    page = Paginator(chosen.qs, IMPORTS_A_PAGE).get_page(request.GET.get("page"))
    titles = {kind.code: kind.title for kind in all_kinds()}
    past = [{"imported": imported, "title": titles.get(imported.kind, imported.kind)} for imported in page]
    context = {"form": form, "kinds": form.kinds.values(), "filter": chosen, "page": page, "past": past}
    return render(request, "teams/import_list.html", context)


def _found(request: SignedInRequest, pk: int) -> Import:
    visible = Import.objects.visible_to(request.user).defer("content").select_related("by", "undone_by")
    return get_object_or_404(visible, pk=pk)


def _run(request: SignedInRequest, form: SheetForm, send: Callable[[], Import]) -> HttpResponse | None:
    """To the import that a valid form makes or goes on with, once; None when the form must be shown again."""

    def do() -> str:
        imported = send()
        enqueue(tasks.run_import, imported.pk)
        return reverse("teams:import_detail", args=[imported.pk])

    return sent(request, form, do)


def _steered(request: SignedInRequest, pk: int, action: Callable[..., Import]) -> HttpResponse:
    """Do what a button asks, hand it to the worker, and go back to the import's page."""
    imported = _found(request, pk)
    try:
        if action(imported=imported, by=request.user).status in IMPORT_WORK:
            enqueue(tasks.run_import, imported.pk)
    except RuleViolation as violation:
        messages.error(request, str(violation.message))
    return redirect("teams:import_detail", imported.pk)
