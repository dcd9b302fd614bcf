"""What people ask of imports: a file from the command line goes in at once, one from a page waits for the worker.

The worker's part stands in `teams.actions.import_work`.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams import cipher
from teams.actions import audit
from teams.imports.engine import Batch, load, open_table
from teams.imports.kinds import Account, Kind
from teams.imports.rejects import Cells, rejects_path, save_rejects
from teams.imports.rows import Totals
from teams.imports.texts import full_reason
from teams.imports.traces import traced
from teams.models import AuditEvent, Import, ImportRound, User
from teams.rules import IMPORT_WORK, RuleViolation, check_can_move_import, check_can_steer_import

LONGEST_NAME = 200
# A file that nobody confirms holds identities for no use.
KEPT_UNCONFIRMED = timedelta(days=7)

Status = Import.Status


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
    with open_table(path, path.name, kind) as table, traced(by, kind=kind.code):
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
    """An import that waits for its check; the one that is under way already when the same file is sent twice.

    The content is kept encrypted until the import is over. Raises RuleViolation.
    """
    check_can_import(kind, by)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # of a double click the second comes after the first
    digest = hashlib.sha256(content).hexdigest()
    open_states = (*IMPORT_WORK, Status.CHECKED)
    same = Import.objects.filter(by=by, kind=kind.code, sha256=digest, status__in=open_states).first()
    if same:
        return same
    imported = Import.objects.create(
        kind=kind.code, filename=filename[-LONGEST_NAME:], content=_encrypted(content), sha256=digest, by=by
    )
    _add_round(imported, 1, filename, digest, by)
    audit.record(kind=AuditEvent.Kind.IMPORT, by=by, what=f"import {imported.pk} {kind.code} sha256:{digest}")
    return imported


@transaction.atomic
def confirm(*, imported: Import, by: User) -> Import:
    """Let the checked rows go in. Raises RuleViolation: import.not_yours, .state."""
    imported = _moved(imported, Status.CONFIRMED, by)
    _restart(imported)
    audit.record(kind=AuditEvent.Kind.IMPORT, by=by, what=f"import {imported.pk} confirmed")
    return imported


@transaction.atomic
def check_again(*, imported: Import, by: User) -> Import:
    """Check the file against what is stored now. Raises RuleViolation: import.not_yours, .state."""
    return _moved(imported, Status.QUEUED, by)


@transaction.atomic
def discard(*, imported: Import, by: User) -> Import:
    """Drop the file, and nothing of it goes in. Raises RuleViolation: import.not_yours, .state."""
    imported = _moved(imported, Status.DISCARDED, by, whole_district=True)
    _drop(imported)
    audit.record(kind=AuditEvent.Kind.IMPORT, by=by, what=f"import {imported.pk} discarded")
    return imported


@transaction.atomic
def correct(*, imported: Import, content: bytes, filename: str, by: User) -> Import:
    """Go on with the import: a file of rows that were refused, corrected. They take the places of the refused ones.

    Raises RuleViolation: import.not_yours, .state, .nothing_rejected.
    """
    imported = _moved(imported, Status.CONFIRMED, by)
    if not imported.rejected:
        raise RuleViolation("import.nothing_rejected", _("No row of this import is left to correct."))
    digest = hashlib.sha256(content).hexdigest()
    imported.content, imported.rows_total = _encrypted(content), None
    imported.save(update_fields=["content", "rows_total"])
    number = imported.rounds.latest("number").number + 1
    _add_round(imported, number, filename, digest, by)
    audit.record(kind=AuditEvent.Kind.IMPORT, by=by, what=f"import {imported.pk} corrected sha256:{digest}")
    return imported


@transaction.atomic
def ask_to_undo(*, imported: Import, by: User) -> Import:
    """Let the worker take the whole import back. Raises RuleViolation: import.not_yours, .state, .nothing_in."""
    imported = _moved(imported, Status.UNDOING, by, whole_district=True)
    if not imported.traces.exists():
        raise RuleViolation("import.nothing_in", _("There is nothing to take back: no record tells what it put in."))
    imported.undone_by, imported.notice = by, ""
    imported.save(update_fields=["undone_by", "notice"])
    audit.record(kind=AuditEvent.Kind.IMPORT, by=by, what=f"import {imported.pk} to be undone")
    return imported


@transaction.atomic
def discard_unconfirmed() -> int:
    """Drop files that were checked long ago and never confirmed; how many."""
    waiting = Import.objects.filter(status=Status.CHECKED, checked_at__lt=timezone.now() - KEPT_UNCONFIRMED)
    stale = list(waiting.select_for_update(skip_locked=True))
    for imported in stale:
        imported.status = Status.DISCARDED
        imported.save(update_fields=["status"])
        _drop(imported)
    return len(stale)


def _moved(imported: Import, to: Import.Status, by: User, *, whole_district: bool = False) -> Import:
    """The import in its next state, locked; somebody who pressed the same button at the same time is refused."""
    imported = Import.objects.select_for_update(of=("self",)).select_related("by").get(pk=imported.pk)
    check_can_steer_import(imported, by, whole_district=whole_district)
    check_can_move_import(imported, to)
    imported.status, imported.attempts, imported.asked_at, imported.finished_at = to, 0, timezone.now(), None
    imported.save(update_fields=["status", "attempts", "asked_at", "finished_at"])
    return imported


def _restart(imported: Import) -> None:
    """From here on the totals count what goes in."""
    imported.rows = imported.created = imported.updated = imported.unchanged = imported.rejected = 0
    imported.save(update_fields=["rows", "created", "updated", "unchanged", "rejected"])
    imported.rejects.all().delete()


def _drop(imported: Import) -> None:
    imported.content = imported.sample = b""
    imported.finished_at = timezone.now()
    imported.save(update_fields=["content", "sample", "finished_at"])
    imported.rejects.all().delete()


def _add_round(imported: Import, number: int, filename: str, digest: str, by: User) -> None:
    ImportRound.objects.create(
        imported=imported, number=number, filename=filename[-LONGEST_NAME:], sha256=digest, by=by
    )


def _encrypted(content: bytes) -> bytes:
    return cipher.encrypt_bytes(content, field="import")
