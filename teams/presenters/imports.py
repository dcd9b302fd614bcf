"""What the page of one import shows, in each of its states."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, QueryDict
from django.utils import timezone, translation

from teams.forms import SheetForm
from teams.imports import Kind, find_kind
from teams.imports.changes import unpack
from teams.imports.columns import Column
from teams.imports.refused import shown_reason, shown_value
from teams.imports.texts import shown
from teams.models import Import, ImportReject, User
from teams.permissions import Permission, has_permission
from teams.rules import IMPORT_MOVES, IMPORT_WORK, RuleViolation, check_can_steer_import

REJECTS_A_PAGE = 50
# After so long somebody should look whether there is a worker.
LONG = timedelta(seconds=20)

Status = Import.Status


def kind_of(imported: Import) -> Kind:
    """The kind of an import's file; 404 for one that no longer exists."""
    try:
        return find_kind(imported.kind)
    except RuleViolation:
        raise Http404 from None


def import_page(imported: Import, user: User, query: QueryDict, form: SheetForm | None = None) -> dict[str, object]:
    """Context of teams/import_detail.html and of the part of it that changes."""
    kind, language = kind_of(imported), translation.get_language() or ""
    return {
        "imported": imported,
        "kind": kind,
        "error": shown(imported.error, language),
        "notice": shown(imported.notice, language),
        "is_working": imported.status in IMPORT_WORK,
        "is_stuck": _is_stuck(imported),
        "may": {move.value: _may(imported, user, move) for move in Status},
        "sample": unpack(imported.sample, kind, language) if imported.status == Status.CHECKED else [],
        "earlier": _same_before(imported, user),
        "rounds": list(imported.rounds.select_related("by")),
        "form": form or SheetForm(),
        "may_download": may_download(imported, user),
    } | _rejects(imported, kind, query, language)


def may_download(imported: Import, user: User) -> bool:
    """Whether the account may have the refused rows whole."""
    return imported.by_id == user.pk or has_permission(user, Permission.EXPORT_WHOLE)


def _rejects(imported: Import, kind: Kind, query: QueryDict, language: str) -> dict[str, object]:
    """The refused rows of a page, and how many there are of each column."""
    found = imported.rejects.order_by()
    columns = found.values("column").annotate(count=Count("id")).order_by("-count", "column")
    problems = [
        {"name": row["column"], "label": _label(kind.column(row["column"]), language), "count": row["count"]}
        for row in columns
    ]
    chosen = query.get("column")
    rows = imported.rejects.all() if chosen is None else imported.rejects.filter(column=chosen)
    page = Paginator(rows, REJECTS_A_PAGE).get_page(query.get("page"))
    rejects = [_reject(reject, kind, language) for reject in page]
    return {"problems": problems, "chosen": chosen, "page": page, "rejects": rejects}


def _reject(reject: ImportReject, kind: Kind, language: str) -> dict[str, object]:
    return {
        "round": reject.round_number,
        "row": reject.row_number,
        "column": _label(kind.column(reject.column), language),
        "value": shown_value(reject, kind),
        "reason": shown_reason(reject, language),
    }


def _label(column: Column | None, language: str) -> str:
    """A column as its reader calls it; '' for a whole row."""
    return "" if column is None else column.name if language == "en" else column.label


def _is_stuck(imported: Import) -> bool:
    """Whether nobody has taken it up for so long that the worker may be down."""
    is_waiting = imported.status in (Status.QUEUED, Status.CONFIRMED, Status.UNDOING) and not imported.attempts
    return is_waiting and imported.asked_at < timezone.now() - LONG


def _may(imported: Import, user: User, move: Import.Status) -> bool:
    """Whether a button for the move makes sense."""
    if move not in IMPORT_MOVES.get(imported.status, ()):
        return False
    if move == Status.UNDOING and not (imported.created or imported.updated):
        return False
    try:
        check_can_steer_import(imported, user, whole_district=move in (Status.UNDOING, Status.DISCARDED))
    except RuleViolation:
        return False
    return True


def _same_before(imported: Import, user: User) -> Import | None:
    """The last import of the very same file, when this one is still to be decided on."""
    if imported.status != Status.CHECKED:
        return None
    same = Import.objects.visible_to(user).filter(kind=imported.kind, sha256=imported.sha256, status=Status.DONE)
    return same.exclude(pk=imported.pk).defer("content", "sample").select_related("by").first()
