"""Files out: asked for on a page, written by the worker, kept encrypted for a few days, fetched by whoever asked."""

import hashlib
import logging
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from teams import cipher
from teams.actions import audit
from teams.exports import Sheet, find_kind
from teams.imports.texts import both
from teams.locks import alone
from teams.models import AuditEvent, Export, ExportPart, User
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation
from teams.workbooks import Format, WorkbookError, write_rows

log = logging.getLogger(__name__)

LOCK_CLASS = 0x4558  # the first key of this project's advisory locks on exports
UNFINISHED = (Export.Status.QUEUED, Export.Status.RUNNING)
KEPT = timedelta(days=3)
PART_BYTES = 1024 * 1024
ROWS_A_NOTE = 2000
SHORTEST_REASON = 4

_BROKEN = gettext_lazy("Something went wrong on our side. Ask for the file again.")
_GONE = gettext_lazy("What the list was about is not there any more, or not for you. Open the page again.")


@transaction.atomic
def request_export(*, kind: str, query: str, form: str, whole: bool, reason: str, by: User) -> Export:
    """An export that waits for the worker, with a line in the audit trail.

    Raises RuleViolation: export.kind, .not_allowed (the list, or whole identities), .reason (whole needs one).
    """
    found = find_kind(kind)
    if not has_permission(by, found.permission):
        raise RuleViolation("export.not_allowed", gettext_lazy("Your account may not export this list."))
    if whole and not has_permission(by, Permission.EXPORT_WHOLE):
        raise RuleViolation("export.not_allowed", gettext_lazy("Your account may export masked identities only."))
    if whole and len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation("export.reason", gettext_lazy("Say what whole ID numbers and phones are needed for."))
    made = Export.objects.create(
        by=by,
        kind=kind,
        query=query[:1000],
        language=translation.get_language() or "zh-hans",
        form=form,
        whole=whole,
        reason=reason.strip()[:200] if whole else "",
    )
    identities = "whole" if whole else "masked"
    audit.record(
        kind=AuditEvent.Kind.EXPORT, by=by, what=f"export {made.pk} {kind} {form} {identities}", reason=made.reason
    )
    return made


def run(*, export_id: int) -> None:
    """Write the file, from its beginning; in the worker. Does nothing when it is there, or another worker is at it."""
    with alone(LOCK_CLASS, export_id % 2**31) as is_alone:
        export = Export.objects.select_related("by").get(pk=export_id)
        if not is_alone or export.status not in UNFINISHED:
            return
        try:
            with translation.override(export.language):
                _write(export)
        except (RuleViolation, WorkbookError) as error:
            _finish(export, Export.Status.FAILED, error=both(error.message))
        except Http404:  # its page would say the same
            _finish(export, Export.Status.FAILED, error=both(_GONE))
        except (OperationalError, InterfaceError):
            raise  # the database was away: it is taken up again
        except Exception:  # whatever it was, nobody waits for the file any longer
            log.exception("export %d failed", export.pk)
            _finish(export, Export.Status.FAILED, error=both(_BROKEN))
            raise


def waiting() -> list[int]:
    """Ids of exports that are to be written and that no worker is at."""
    ids = []
    for pk in Export.objects.filter(status__in=UNFINISHED).order_by("pk").values_list("pk", flat=True):
        with alone(LOCK_CLASS, pk % 2**31) as is_alone:
            if is_alone:
                ids.append(pk)
    return ids


@transaction.atomic
def forget_exports() -> int:
    """Drop the content of files past their time; how many. What was exported when, and why, stays known."""
    old = Export.objects.filter(status=Export.Status.DONE, expires_at__lt=timezone.now())
    ExportPart.objects.filter(export__in=old).delete()
    return old.update(status=Export.Status.EXPIRED)


def content(export: Export) -> Iterator[bytes]:
    """The file, a part at a time."""
    for number in range(ExportPart.objects.filter(export=export).count()):
        part = ExportPart.objects.get(export=export, number=number)
        yield cipher.decrypt_bytes(part.content, field=_field(export, number))


def _write(export: Export) -> None:
    """Write to a folder that only this process reads, then keep it encrypted, part by part."""
    ExportPart.objects.filter(export=export).delete()
    sheet = find_kind(export.kind).open(export.by, export.query, export.whole)
    Export.objects.filter(pk=export.pk).update(status=Export.Status.RUNNING, rows=0, rows_total=sheet.total)
    with tempfile.TemporaryDirectory(prefix="shouyue-export-") as folder:
        path = Path(folder) / f"list.{export.form}"
        form: Format = "csv" if export.form == Export.Form.CSV else "xlsx"
        write_rows(path, sheet.header, _noted(export, sheet), format=form, text_columns=sheet.text_columns)
        digest, size = _keep(export, path)
    _finish(export, Export.Status.DONE, sha256=digest, size=size)


def _noted(export: Export, sheet: Sheet) -> Iterator[list[object]]:
    """The rows, the progress noted as they go by; after them who had them written, and when."""
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        yield row
        if count % ROWS_A_NOTE == 0:
            Export.objects.filter(pk=export.pk).update(rows=count)
    Export.objects.filter(pk=export.pk).update(rows=count, rows_total=count)
    said = {"account": export.by.get_full_name() or export.by.username, "number": export.pk}
    said["time"] = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    yield [_("Exported by %(account)s at %(time)s, no. %(number)s") % said]


def _keep(export: Export, path: Path) -> tuple[str, int]:
    """Keep the file encrypted; its SHA-256 in hex, and its size."""
    digest, size, number = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        while part := file.read(PART_BYTES):
            digest.update(part)
            size += len(part)
            kept = cipher.encrypt_bytes(part, field=_field(export, number))
            ExportPart.objects.create(export=export, number=number, content=kept)
            number += 1
    return digest.hexdigest(), size


def _field(export: Export, number: int) -> str:
    """What a part is authenticated with: no part stands in for another."""
    return f"export:{export.pk}:{number}"


def _finish(export: Export, status: Export.Status, **fields: object) -> None:
    now = timezone.now()
    Export.objects.filter(pk=export.pk).update(status=status, finished_at=now, expires_at=now + KEPT, **fields)
