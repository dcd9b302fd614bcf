"""Files in: from the command line at once, from a page through the worker."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pghistory
from django.utils.translation import gettext_lazy as _

from teams.actions import audit
from teams.imports.engine import Batch, load, open_table
from teams.imports.kinds import Account, Kind
from teams.imports.rejects import Cells, rejects_path, save_rejects
from teams.imports.rows import Totals
from teams.imports.texts import full_reason
from teams.models import AuditEvent
from teams.rules import RuleViolation


def check_can_import(kind: Kind, by: Account) -> None:
    """Raises RuleViolation `import.not_allowed` for a kind that the account's role or place doesn't let in."""
    if not kind.allows(by):
        raise RuleViolation("import.not_allowed", _("Your account may not import files of this kind."))


def load_file(*, path: Path, kind: Kind, by: Account) -> tuple[Totals, Path | None]:
    """Put a file in now; the totals, and where its refused rows are (None when there is none).

    Raises RuleViolation, and SheetError when the file cannot be read; then nothing went in.
    """
    check_can_import(kind, by)
    totals = Totals()
    with open_table(path, path.name, kind) as table, pghistory.context(user=by.pk, source="import", kind=kind.code):
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
