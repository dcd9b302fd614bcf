"""Files in: from the command line at once, from a page through the worker."""

import hashlib
import io
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pghistory
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams import cipher
from teams.actions import audit
from teams.imports import find_kind
from teams.imports.engine import Batch, load, open_table
from teams.imports.kinds import Account, Kind
from teams.imports.refused import pack
from teams.imports.rejects import Cells, rejects_path, save_rejects
from teams.imports.rows import Totals
from teams.imports.texts import both, full_reason
from teams.models import AuditEvent, Import, ImportReject, User
from teams.rules import RuleViolation
from teams.sheets import SheetError, Table

log = logging.getLogger(__name__)

LOCK_CLASS = 0x5349  # the first key of this project's advisory locks on imports
UNFINISHED = (Import.Status.QUEUED, Import.Status.RUNNING)
LONGEST_NAME = 200

_BROKEN = _("Something went wrong on our side. The rows counted above are in; load the file again for the others.")


def check_can_import(kind: Kind, by: Account) -> None:
    """Raises RuleViolation `import.not_allowed` for a kind that the account's role or place doesn't let in."""
    if not kind.allows(by):
        raise RuleViolation("import.not_allowed", _("Your account may not import files of this kind."))


# From the command line


def load_file(*, path: Path, kind: Kind, by: Account) -> tuple[Totals, Path | None]:
    """Put a file in now; the totals, and where its refused rows are (None when there is none).

    Raises RuleViolation, and SheetError when the file cannot be read; then nothing went in.
    """
    check_can_import(kind, by)
    totals = Totals()
    with open_table(path, path.name, kind) as table, _traced(by, kind=kind.code):
        audit.record(kind=AuditEvent.Kind.IMPORT, by=by, what=f"{kind.code} sha256:{_sha256(path)}")
        refused = _refused(load(table, kind, by=by), table.header, kind, totals)
        return totals, save_rejects(rejects_path(path), kind, table.header, table.headings, refused)


def _refused(batches: Iterable[Batch], header: list[str], kind: Kind, totals: Totals) -> Iterator[Cells]:
    """Run the import; the cells and reasons of the rows that it refuses, as they come."""
    for batch in batches:
        totals.count(batch.rows)
        for row in batch.refused:
            yield [*(row.cells[name] for name in header), full_reason(row, kind)]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# From a page


@transaction.atomic
def request(*, kind: Kind, content: bytes, filename: str, by: User) -> Import:
    """An import that waits for the worker; the one that waits already when the same file is sent twice.

    The content is kept encrypted until the import is over. Raises RuleViolation.
    """
    check_can_import(kind, by)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # of a double click the second comes after the first
    digest = hashlib.sha256(content).hexdigest()
    waiting = Import.objects.filter(by=by, kind=kind.code, sha256=digest, status__in=UNFINISHED).first()
    if waiting:
        return waiting
    imported = Import.objects.create(
        kind=kind.code,
        filename=filename[-LONGEST_NAME:],
        content=cipher.encrypt_bytes(content, field="import"),
        sha256=digest,
        by=by,
    )
    audit.record(kind=AuditEvent.Kind.IMPORT, by=by, what=f"import {imported.pk} {kind.code} sha256:{digest}")
    return imported


def run(*, import_id: int) -> None:
    """Put in the import and whatever else its account has waiting, in the order of upload; in the worker.

    Does nothing while another worker is at the account's imports. What a killed one left is gone on with after its
    last whole batch.
    """
    account = Import.objects.values_list("by_id", flat=True).get(pk=import_id)
    with _alone(account) as alone:
        while alone and (imported := _next(account)):
            _run(imported)


def waiting() -> list[int]:
    """Ids of imports that are to be put in and that no worker is at: one of each account."""
    unfinished = Import.objects.filter(status__in=UNFINISHED).order_by("by_id", "id").distinct("by_id")
    ids = []
    for imported in unfinished:
        with _alone(imported.by_id) as alone:
            if alone:
                ids.append(imported.pk)
    return ids


def _next(account: int) -> Import | None:
    return Import.objects.filter(by=account, status__in=UNFINISHED).order_by("id").select_related("by").first()


def _run(imported: Import) -> None:
    """Put an import in to its end, or note why not."""
    try:
        kind = find_kind(imported.kind)
        check_can_import(kind, imported.by)
        _put_in(imported, kind)
    except (SheetError, RuleViolation) as error:
        _finish(imported, Import.Status.FAILED, both(error.message))
    except (OperationalError, InterfaceError):
        raise  # the database was away: it is taken up again
    except Exception:
        log.exception("import %d failed", imported.pk)
        _finish(imported, Import.Status.FAILED, both(_BROKEN))
        raise
    else:
        _finish(imported, Import.Status.DONE)


def _put_in(imported: Import, kind: Kind) -> None:
    content = io.BytesIO(cipher.decrypt_bytes(imported.content, field="import"))
    with open_table(content, imported.filename, kind) as table, _traced(imported.by, **{"import": imported.pk}):
        content.close()
        rows = Import.objects.filter(pk=imported.pk)
        rows.update(status=Import.Status.RUNNING, rows_total=table.row_count)
        refused = frozenset(imported.rejects.values_list("row_number", flat=True))
        note = partial(_note, imported, table)
        for _batch in load(table, kind, by=imported.by, on_batch=note, skip=imported.rows, refused=refused):
            pass


def _note(imported: Import, table: Table, batch: Batch) -> None:
    """Keep a batch's totals and refused rows, in the batch's own transaction."""
    totals = Totals()
    totals.count(batch.rows)
    names = ("rows", "created", "updated", "unchanged", "rejected")
    Import.objects.filter(pk=imported.pk).update(**{name: F(name) + getattr(totals, name) for name in names})
    ImportReject.objects.bulk_create(
        ImportReject(
            batch=imported,
            row_number=row.number,
            column=row.column,
            reason=both(row.message),
            cells=pack(row.cells, table.header, table.headings),
        )
        for row in batch.refused
    )


def _finish(imported: Import, status: Import.Status, error: str = "") -> None:
    """Note the end. The file's content, which holds identities, is not kept any longer than needed."""
    Import.objects.filter(pk=imported.pk).update(
        status=status, error=error, finished_at=timezone.now(), rows_total=F("rows"), content=b""
    )


def _traced(by: Account, **details: object) -> pghistory.context:
    """For `with`: the history of the rows names the account and the import."""
    return pghistory.context(user=by.pk, by=str(by), source="import", **details)


@contextmanager
def _alone(account: int) -> Iterator[bool]:
    """One import of an account at a time; the lock goes with the connection when the worker is killed."""
    key = (LOCK_CLASS, account % 2**31)
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", key)
        (got,) = cursor.fetchone()
    try:
        yield got
    finally:
        # Without a connection there is no lock either.
        with suppress(OperationalError, InterfaceError):
            if got:
                with connection.cursor() as cursor:
                    cursor.execute("select pg_advisory_unlock(%s, %s)", key)
