"""The worker's part of imports: check, put in, take back. Each can be killed and run again."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams import cipher
from teams.actions import audit
from teams.actions.imports import check_can_import
from teams.imports import find_kind
from teams.imports.changes import SAMPLED, Changed, changes_of, pack
from teams.imports.engine import Batch, load, open_table, rehearse
from teams.imports.kinds import Kind, Loader
from teams.imports.notes import Notes
from teams.imports.pace import paced
from teams.imports.rows import Outcome
from teams.imports.texts import kept
from teams.imports.traces import traced
from teams.imports.undo import Undo, keep_context
from teams.locks import alone
from teams.models import AuditEvent, Import
from teams.rules import IMPORT_WORK, RuleViolation
from teams.sheets import SheetError, Table

log = logging.getLogger(__name__)

LOCK_CLASS = 0x5349  # the first key of this project's advisory locks on imports
# A file that brings its worker down so often without getting any further is given up.
MOST_ATTEMPTS = 3
Status = Import.Status

_BROKEN = _("Something went wrong on our side. The rows counted above are in; load the file again for the others.")
_WORN_OUT = _(
    "The work on this file broke off again and again at the same place (tries: {times}), so it was given up. "
    "The rows counted above are in. Split the file in two and send both parts; if one of them breaks off again, "
    "ask the administrator."
)
_MEANWHILE = _("It cannot be taken back: somebody has just entered something that depends on its rows. Try again.")


def run(*, import_id: int) -> None:
    """Do what is to be done for the import and whatever else its account has waiting, in the order of upload.

    Does nothing while another worker is at the account's imports. What a killed one left is gone on with after its
    last whole batch; a check and an undo begin again.
    """
    account = Import.objects.values_list("by_id", flat=True).get(pk=import_id)
    with alone(LOCK_CLASS, account % 2**31) as is_alone:
        while is_alone and (imported := _next(account)):
            _run(imported)


def waiting() -> list[int]:
    """Ids of imports that are to be worked on and that no worker is at: one of each account."""
    unfinished = Import.objects.filter(status__in=IMPORT_WORK).order_by("by_id", "id").distinct("by_id")
    ids = []
    for imported in unfinished.defer("content", "sample"):
        with alone(LOCK_CLASS, imported.by_id % 2**31) as is_alone:
            if is_alone:
                ids.append(imported.pk)
    return ids


def _next(account: int) -> Import | None:
    return Import.objects.filter(by=account, status__in=IMPORT_WORK).order_by("id").select_related("by").first()


def _run(imported: Import) -> None:
    """Do what is next for an import, or note why it cannot be done."""
    try:
        _take_up(imported)
        _STEPS[Status(imported.status)](imported, find_kind(imported.kind))
    except (SheetError, RuleViolation) as error:
        _give_up(imported, kept(error.message))
    except (OperationalError, InterfaceError):
        _not_its_fault(imported)
        raise  # the database was away: it is taken up again
    except Exception:  # whatever it was, nobody waits for the import any longer
        log.exception("import %d failed", imported.pk)
        _give_up(imported, kept(_BROKEN))
        raise


def _take_up(imported: Import) -> None:
    """Count the attempt before the work: whoever is killed cannot count any more. Raises RuleViolation."""
    if imported.attempts >= MOST_ATTEMPTS:
        raise RuleViolation("import.attempts", format_lazy(_WORN_OUT, times=MOST_ATTEMPTS))
    Import.objects.filter(pk=imported.pk).update(attempts=F("attempts") + 1)


def _give_up(imported: Import, why: str) -> None:
    """What cannot be taken back stays as it is; what cannot be read or put in is over."""
    if imported.status == Status.UNDOING:
        _leave_in(imported, why)
    else:
        _finish(imported, Status.FAILED, why)


def _not_its_fault(imported: Import) -> None:
    """When the database is back at once, the attempt does not count."""
    with suppress(OperationalError, InterfaceError):
        Import.objects.filter(pk=imported.pk, attempts__gt=0).update(attempts=F("attempts") - 1)


# Check


def _check(imported: Import, kind: Kind) -> None:
    """Try the whole file and take everything back; keep what came out. Begins from the start each time."""
    check_can_import(kind, imported.by)
    _forget_check(imported)
    sample: list[Changed] = []
    with _opened(imported, kind) as table, traced(imported.by, **{"import": imported.pk}) as context:
        notes = Notes(imported, table)

        def note(batch: Batch, loader: Loader) -> None:
            for row in batch.rows:
                if len(sample) < SAMPLED and row.outcome == Outcome.UPDATED:
                    changed = changes_of(row, loader, kind, context.id)
                    sample.extend([changed] if changed else [])
            with transaction.atomic():
                notes.count(batch)

        for _batch in paced(rehearse(table, kind, by=imported.by, on_batch=note)):
            pass
    Import.objects.filter(pk=imported.pk, status=Status.CHECKING).update(
        status=Status.CHECKED,
        checked_at=timezone.now(),
        sample=pack(sample),
        notice=notes.doubts,
        rows_total=F("rows"),
        attempts=0,
    )


@transaction.atomic
def _forget_check(imported: Import) -> None:
    """What an earlier check, whole or killed, has counted."""
    counts = dict.fromkeys(("rows", "created", "updated", "unchanged", "rejected"), 0)
    fresh = {"rows_total": None, "sample": b"", "notice": ""}
    Import.objects.filter(pk=imported.pk).update(status=Status.CHECKING, **fresh, **counts)
    imported.rejects.all().delete()


# Put in


def _put_in(imported: Import, kind: Kind) -> None:
    """Put the file's rows in, from behind the last batch that is in."""
    check_can_import(kind, imported.by)
    with _opened(imported, kind) as table, traced(imported.by, **{"import": imported.pk}) as context:
        Import.objects.filter(pk=imported.pk).update(status=Status.RUNNING)
        notes = Notes(imported, table, kind.traced, context.id)
        behind, refused = notes.round.rows, frozenset(notes.round.refused)
        for _batch in paced(load(table, kind, by=imported.by, on_batch=notes.take, skip=behind, refused=refused)):
            pass
    _finish(imported, Status.DONE)


@contextmanager
def _opened(imported: Import, kind: Kind) -> Iterator[Table]:
    """The table of the file that is next, with its size and sheet noted."""
    content = io.BytesIO(cipher.decrypt_bytes(imported.content, field="import"))
    with open_table(content, imported.filename, kind) as table:
        content.close()
        Import.objects.filter(pk=imported.pk).update(
            rows_total=table.row_count, sheet=table.sheet[:100], other_sheets=[name[:100] for name in table.others]
        )
        yield table


# Take back


def _take_back(imported: Import, kind: Kind) -> None:
    """All of it in one transaction, or nothing when something depends on it."""
    if imported.undone_by is None:
        raise RuleViolation("import.state", _("Nobody asked for it."))
    try:
        with transaction.atomic(), traced(imported.undone_by, undone=imported.pk) as context:
            undo = Undo(imported, kind)
            undo.check()
            undo.run()
            keep_context(imported, context.id)
            _finish(imported, Status.UNDONE)
            Import.objects.filter(pk=imported.pk).update(undone_at=timezone.now())
            audit.record(kind=AuditEvent.Kind.IMPORT, by=imported.undone_by, what=f"import {imported.pk} undone")
    except IntegrityError:
        log.info("import %d cannot be undone: something refers to its rows", imported.pk)
        raise RuleViolation("import.depended_on", _MEANWHILE) from None


def _leave_in(imported: Import, why: str) -> None:
    status = Status.FAILED if imported.error else Status.DONE
    Import.objects.filter(pk=imported.pk).update(
        status=status, notice=why, undone_by=None, attempts=0, finished_at=timezone.now()
    )


def _finish(imported: Import, status: Import.Status, error: str = "") -> None:
    """Note the end. The file's content, which holds identities, is not kept any longer than needed."""
    Import.objects.filter(pk=imported.pk).update(
        status=status,
        error=error,
        finished_at=timezone.now(),
        rows_total=F("rows"),
        content=b"",
        sample=b"",
        attempts=0,
    )


_STEPS = {
    Status.QUEUED: _check,
    Status.CHECKING: _check,
    Status.CONFIRMED: _put_in,
    Status.RUNNING: _put_in,
    Status.UNDOING: _take_back,
}
